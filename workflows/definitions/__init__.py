"""Definitions of services: versioned JSON documents, their schema, and how they are read and checked."""
