"""Delivery that is kept: what a connection declares, what holds a call back, and what may be sent again."""
