"""What every worker does for the jobs table between jobs: promote what is due, sweep, and notice news."""

import logging
import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from adapters.delivery import repetition
from workflows.dispatch import announcing, inbox, queue
from workflows.dispatch.holding import Holding

log = logging.getLogger(__name__)
RENEW_EVERY = 2.0
SWEEP_EVERY = 1.0
POLL_EVERY = 0.25  # how often scheduled jobs are looked at, and the table where nothing tells of changes
LOOK_ANYWAY = 5.0
OVERLOOKED = timedelta(seconds=2)  # a ready job that nobody took for so long is announced again
AT_ONCE = 500  # of them


class Keeper:
    """Looks after the table. One a process; several processes do it at once without harm."""

    def __init__(self, holding: Holding) -> None:
        self._holding = holding
        self._last: dict[str, float] = {}
        self._seen: object = None

    def is_time(self, what: str, every: float) -> bool:
        """Whether ``every`` seconds have passed since this was last so."""
        now = time.monotonic()
        if now - self._last.get(what, -every) < every:
            return False
        self._last[what] = now
        return True

    def renew(self) -> None:
        """Prolong the leases of this process's jobs, now and then.

        It comes before :meth:`look`: after a pause the sweep would take this process's own jobs for lost.
        """
        if self.is_time("renew", RENEW_EVERY):
            self._holding.renew(timezone.now())

    def look(self, *, told: bool = False) -> bool:
        """Whether there may be work; ``told`` says that somebody announced some."""
        work = self.is_time("look", LOOK_ANYWAY) or told or self._changed()
        if self.is_time("promote", POLL_EVERY):
            work |= bool(queue.promote(timezone.now()))
        if self.is_time("sweep", SWEEP_EVERY):
            repetition.sweep(timezone.now())
            work |= bool(queue.sweep(timezone.now())) | bool(inbox.match_early(timezone.now()))
        return work

    def announce_overlooked(self) -> None:
        """Hand jobs to the broker again whose key was lost, or came while their lane was full."""
        if not self.is_time("overlooked", SWEEP_EVERY):
            return
        keys = queue.overlooked(timezone.now() - OVERLOOKED, AT_ONCE)
        if not keys:
            return
        from workflows.dispatch import broker

        if broker.waiting() == 0:  # else they only stand in line
            broker.publish(keys)

    def _changed(self) -> bool:
        """Whether another connection wrote since the last look; where that cannot be known, now and then."""
        if announcing.is_brokered():
            return False
        if connection.vendor != "sqlite":
            return self.is_time("poll", POLL_EVERY)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version = cursor.fetchone()
        changed: bool = version != self._seen
        self._seen = version
        return changed
