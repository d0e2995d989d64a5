"""The scheduled look at every connection, by whichever worker comes first."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q

from adapters.health.checking import check
from adapters.models import Connection, Gate
from workflows.health import digest

log = logging.getLogger(__name__)


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
