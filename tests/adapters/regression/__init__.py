"""Recorded exchanges made into tests."""
