"""The health of connections as services feel it: which services a change touches, and the daily digest."""
