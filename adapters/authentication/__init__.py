"""How this portal proves itself to agencies over HTTP: one table of connection.toml for every kind."""
