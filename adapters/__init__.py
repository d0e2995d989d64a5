"""The outside world: the common data standard, contracts, mapping, transports and the exchange log."""
