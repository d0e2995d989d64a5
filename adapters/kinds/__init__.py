"""The kinds of connection: one folder each, unknown to one another."""
