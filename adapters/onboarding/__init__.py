"""Bringing a new agency's system in: its contract's places, the mapping proposed, checked, and verified."""
