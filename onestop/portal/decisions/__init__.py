"""Checking a decision that somebody holds: open to anybody, nothing is kept."""
