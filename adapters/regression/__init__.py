"""Recorded exchanges as regression tests, with personal data replaced."""
