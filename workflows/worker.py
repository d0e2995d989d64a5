"""`onestop worker`: threads that run due jobs until a signal says stop; what runs then is finished first."""

import argparse
import logging
import signal
import threading
import time
from types import FrameType

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from adapters.delivery import repetition
from adapters.delivery.heartbeat import Heart
from workflows.chores import Chores
from workflows.dispatch import inbox, queue
from workflows.dispatch.run import execute
from workflows.models import Job

log = logging.getLogger(__name__)
TICK = 0.05  # seconds between looks at whether the database changed
RENEW_EVERY = 2.0
SWEEP_EVERY = 1.0
POLL_EVERY = 0.25  # where the database does not say that it changed
LOOK_ANYWAY = 5.0
THREADS = 24  # they wait on sockets: six agencies may hang in all their slots, and the rest go on


class Worker:
    """Threads that run jobs, and a keeper that wakes them, renews leases and takes over from the dead."""

    def __init__(self, threads: int) -> None:
        self._stopping = threading.Event()
        self._news = threading.Condition()
        self._edition = 0
        self._held: dict[tuple[int, int], Job] = {}  # by attempt: a job swept here may be claimed here again
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._serve, name=f"worker-{n}", daemon=True) for n in range(threads)
        ]

    def stop(self, *_: int | FrameType | None) -> None:
        """Take no further job; :meth:`run` returns when those under way are finished."""
        self._stopping.set()

    def run(self) -> None:
        """Run until stopped."""
        heart = Heart()
        heart.start()
        for thread in self._threads:
            thread.start()
        keeper, chores = _Keeper(), Chores()
        chores.start()
        while not self._stopping.is_set():
            self._keep(keeper)
            self._stopping.wait(TICK)
        chores.stop()
        self._wake()
        while any(thread.is_alive() for thread in self._threads):
            self._keep(keeper)
            time.sleep(TICK)
        heart.stop()
        connection.close()

    def _keep(self, keeper: "_Keeper") -> None:
        """Look after the table, and outlive a database that does not answer.

        Leases are renewed first: after a pause of this process the sweep would take its own jobs for lost.
        """
        try:
            self._renew(keeper)
            if not self._stopping.is_set() and keeper.look() and queue.is_anything_ready(timezone.now()):
                self._wake()
        except DatabaseError:
            log.exception("the database does not answer; trying again")
            connection.close()
            self._stopping.wait(1.0)

    def _wake(self) -> None:
        with self._news:
            self._edition += 1
            self._news.notify_all()

    def _renew(self, keeper: "_Keeper") -> None:
        if keeper.is_time("renew", RENEW_EVERY):
            with self._lock:
                held = list(self._held.values())
            for job in held:
                queue.renew(job, timezone.now())

    def _serve(self) -> None:
        read = 0
        while not self._stopping.is_set():
            with self._news:
                while read == self._edition:
                    self._news.wait()
                read = self._edition
            try:
                while not self._stopping.is_set() and self._one():
                    pass
            except Exception:
                log.exception("a worker thread met a fault; it goes on")
                self._stopping.wait(1.0)
            finally:
                close_old_connections()
        connection.close()

    def _one(self) -> bool:
        """Claim and run one job; False when there is none."""
        job = queue.claim(timezone.now())
        if job is None:
            return False
        with self._lock:
            self._held[job.pk, job.attempts] = job
        try:
            execute(job)
        except queue.LeaseLost:
            log.warning("job %s was taken over; what was found out here is discarded", job.dedupe)
        finally:
            with self._lock:
                del self._held[job.pk, job.attempts]
        return True


class _Keeper:
    """Looks after the table: promotes what is due, sweeps, and tells when there may be work."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._seen: object = None

    def is_time(self, what: str, every: float) -> bool:
        """Whether ``every`` seconds have passed since this was last so."""
        now = time.monotonic()
        if now - self._last.get(what, -every) < every:
            return False
        self._last[what] = now
        return True

    def look(self) -> bool:
        """Whether the threads should look for work."""
        work = self.is_time("look", LOOK_ANYWAY) or self._changed()
        if self.is_time("promote", POLL_EVERY):
            work |= bool(queue.promote(timezone.now()))
        if self.is_time("sweep", SWEEP_EVERY):
            repetition.sweep(timezone.now())
            work |= bool(queue.sweep(timezone.now())) | bool(inbox.match_early(timezone.now()))
        return work

    def _changed(self) -> bool:
        """Whether another connection wrote since the last look; where that cannot be known, now and then."""
        if connection.vendor != "sqlite":
            return self.is_time("poll", POLL_EVERY)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version = cursor.fetchone()
        changed: bool = version != self._seen
        self._seen = version
        return changed


def main(arguments: list[str]) -> int:
    """Run a worker until SIGTERM or SIGINT; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="onestop worker", description="Run due steps of cases until stopped."
    )
    parser.add_argument(
        "--threads", type=int, default=THREADS, help=f"how many jobs run at once (default {THREADS})"
    )
    options = parser.parse_args(arguments)
    worker = Worker(max(1, options.threads))
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    log.info("worker started with %s threads", options.threads)
    worker.run()
    log.info("worker stopped")
    return 0
