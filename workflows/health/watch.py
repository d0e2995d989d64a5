"""The scheduled look at every connection, by whichever worker comes first."""

import logging
import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from adapters.health.checking import check
from adapters.models import Connection, Gate
from workflows.health import digest

log = logging.getLogger(__name__)
LOOK_EVERY = 5.0  # seconds between looks at whether a check is due


def claim_due(now: datetime) -> list[str]:
    """Take the connections whose check is due; another worker that asks now gets none of them."""
    every = timedelta(seconds=settings.HEALTH_SECONDS)
    taken = []
    for key in Connection.objects.filter(enabled=True).values_list("key", flat=True):
        Gate.objects.get_or_create(key=key)
        due = Gate.objects.filter(Q(check_due_at=None) | Q(check_due_at__lte=now), key=key)
        if due.update(check_due_at=now + every):
            taken.append(key)
    return taken


def look(now: datetime) -> int:
    """Check what is due and write the digests that are missing; return how many connections were checked."""
    if not settings.HEALTH_SECONDS:
        return 0
    taken = claim_due(now)
    for key in taken:
        try:
            row = check(key)
            if row.findings:
                log.warning("connection %s: %s: %s", key, row.state, "; ".join(row.findings))
        except DatabaseError:
            raise
        except Exception:  # the edge of the thread: the other connections are looked at all the same
            log.exception("the check of %s failed", key)
    digest.write_due(now)
    return len(taken)


class Watch(threading.Thread):
    """Looks now and then until told to stop."""

    def __init__(self) -> None:
        super().__init__(name="health", daemon=True)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Begin no further look."""
        self._stopping.set()

    def run(self) -> None:
        """Look, and outlive a database that does not answer."""
        while not self._stopping.wait(LOOK_EVERY):
            try:
                look(timezone.now())
            except Exception:
                log.exception("looking at the connections failed; trying again")
            finally:
                connection.close()
