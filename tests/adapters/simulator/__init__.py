"""Agencies made from contracts."""
