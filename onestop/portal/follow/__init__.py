"""The pages on which a citizen follows cases: my cases, one case, co-signing, messages."""
