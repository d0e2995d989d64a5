"""A model field for JSON that lies encrypted in the table: what people told us and what agencies answered."""

from onestop.lib.sealed_fields import SealedJSON


class SealedJSONField(SealedJSON):
    """JSON in Python, AES-256-GCM in the database, bound to its model and column; None stays NULL."""
