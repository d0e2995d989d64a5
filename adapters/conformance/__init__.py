"""The checks that every adapter must pass, shipped for those who make one: see :mod:`.contract`."""
