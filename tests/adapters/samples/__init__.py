"""Samples made from contracts."""
