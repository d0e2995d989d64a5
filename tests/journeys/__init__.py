"""Journeys of people through the running product, in a real browser."""
