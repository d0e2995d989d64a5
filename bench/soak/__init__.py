"""The soak: thousands of exchanges with faults, killed workers and an outage, counted at the agencies."""
