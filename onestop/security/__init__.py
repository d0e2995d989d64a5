"""The security scoreboard: which attacks are refused, as shown by the tests that carry their numbers."""
