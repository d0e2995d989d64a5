"""Is a connection well, and does its contract still mean what it meant."""
