"""Is a connection well: reachable, let in, its certificate in date, its contract as it was."""
