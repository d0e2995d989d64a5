"""Tests of the adapters: the port, the log, contracts, mapping and each kind."""
