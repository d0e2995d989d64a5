"""XSD 1.0 as a typed model, and what is compiled from it: readers and writers of whole messages."""
