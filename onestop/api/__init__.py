"""JSON for other systems: what agencies' systems call."""
