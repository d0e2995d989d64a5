"""Taking turns at SQLite's one pen: threads of a process wait for each other awake, not in its pauses.

A writer that finds the database locked sleeps for milliseconds and tries again; a lock of the process hands
the turn on at once. Other processes are waited for by SQLite itself, as ever.
"""

import threading
from contextlib import AbstractContextManager, nullcontext

from django.db import connection

_pen = threading.RLock()


def turn() -> AbstractContextManager[object]:
    """Hold it around a short transaction that writes. Where many may write at once it is nothing."""
    return _pen if connection.vendor == "sqlite" else nullcontext()
