"""How due jobs run: the queue, one job's execution, and how a case takes in an event."""
