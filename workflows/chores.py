"""What the worker does besides jobs: look at connections, seal the record, delete what is past its day."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from identity.onboarding import running
from identity.record import batches
from workflows import retention
from workflows.health import watch
from workflows.uploads import keeping

log = logging.getLogger(__name__)
LOOK_EVERY = 5.0  # seconds


@dataclass(slots=True)
class Chore:
    """One thing to do every so many seconds; several workers may do it at once without harm."""

    name: str
    every: float
    do: Callable[[datetime], int]
    last: float = float("-inf")


def chores() -> list[Chore]:
    """All of them, none done yet."""
    return [
        Chore("looking at the connections", LOOK_EVERY, watch.look),
        Chore("sealing the record", 30.0, batches.seal),
        Chore("scanning files that were held back", 30.0, keeping.scan_again),
        Chore("reading the keys of agencies' clients", 60.0, running.read_due_keys),
        Chore("deleting what is past its day", 3600.0, retention.delete_due),
    ]


class Chores(threading.Thread):
    """Does the chores until told to stop."""

    def __init__(self) -> None:
        super().__init__(name="chores", daemon=True)
        self._stopping = threading.Event()
        self._chores = chores()

    def stop(self) -> None:
        """Begin no further chore."""
        self._stopping.set()

    def run(self) -> None:
        """Do what is due, and outlive a database that does not answer."""
        while not self._stopping.wait(LOOK_EVERY):
            for chore in self._chores:
                if time.monotonic() - chore.last >= chore.every:
                    chore.last = time.monotonic()
                    self._do(chore)
            connection.close()

    def _do(self, chore: Chore) -> None:
        try:
            chore.do(timezone.now())
        except Exception:  # the edge of the thread: the other chores are done all the same
            log.exception("%s failed; trying again", chore.name)
            connection.close()
