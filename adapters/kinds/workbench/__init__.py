"""Units that work inside this portal: a delivery is an item in their queue (ADR 5)."""
