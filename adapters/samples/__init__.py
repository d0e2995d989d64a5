"""Examples of messages, made from a contract: valid, readable, and the same for the same seed."""
