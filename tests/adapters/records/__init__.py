"""Record files: layouts, batches, and what real ones look like."""
