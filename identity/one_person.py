"""One number, one person: whoever may add a person with a number does so alone.

Two people of the portal may bear one number for a time (two e-IDs that their holder has not linked), so no
constraint forbids it; what must not happen is that two requests add the same person side by side.
"""

import hashlib

from django.db import connection


def alone_with(index: str) -> None:
    """Wait until no other transaction adds a person under this blind index; held until the transaction ends.

    PostgreSQL takes an advisory lock; SQLite's transactions are exclusive from their start.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("alone_with() holds for a transaction, and none is open")
    if connection.vendor == "postgresql" and index:
        digest = hashlib.sha256(b"one-person:" + index.encode()).digest()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
