"""The jobs that this process runs at present, so that their leases are prolonged while an agency thinks."""

import logging
import threading
from datetime import datetime

from workflows.dispatch import queue
from workflows.dispatch.run import execute
from workflows.models import Job

log = logging.getLogger(__name__)


class Holding:
    """Claimed jobs under way in all threads of a process."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], Job] = {}  # by attempt: a job swept here may be claimed here again
        self._lock = threading.Lock()

    def keep(self, *jobs: Job) -> None:
        """Renew the leases of claimed jobs until each has run."""
        with self._lock:
            self._held.update({(job.pk, job.attempts): job for job in jobs})

    def run(self, job: Job) -> None:
        """Run a claimed job to its end, its lease renewed meanwhile."""
        self.keep(job)
        try:
            execute(job)
        except queue.LeaseLost:
            log.warning("job %s was taken over; what was found out here is discarded", job.dedupe)
        finally:
            with self._lock:
                del self._held[job.pk, job.attempts]

    def renew(self, now: datetime) -> None:
        """Prolong the leases of all."""
        with self._lock:
            held = list(self._held.values())
        for job in held:
            queue.renew(job, now)

    def __len__(self) -> int:
        return len(self._held)
