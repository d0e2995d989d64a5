"""Delivery that is kept: policies, gates, and what may be sent again."""
