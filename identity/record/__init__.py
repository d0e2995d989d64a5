"""The record: who did what with whose data; added to and never changed, and read by those it is about.

Each entry is encrypted with a key of the person it is about. Batches of entries are chained, signed and
anchored in a file outside the database, so that a changed, removed or swapped entry is found (`onestop audit
verify`), and a person's entries become unreadable, without breaking the chain, when the key is destroyed.
"""
