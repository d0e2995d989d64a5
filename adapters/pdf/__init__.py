"""Documents that archives take: PDF/A (ISO 19005) with the data they were made from attached."""
