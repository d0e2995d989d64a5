"""Agencies that only call us: there is nothing to send them, and their events come in over the API."""
