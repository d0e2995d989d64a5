"""`onestop worker`: threads that run due jobs until a signal says stop; what runs then is finished first."""

import argparse
import logging
import signal
import threading
import time
from collections import deque
from types import FrameType

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from adapters.delivery.heartbeat import Heart
from workflows.chores import Chores
from workflows.dispatch import announcing, queue, together
from workflows.dispatch.holding import Holding
from workflows.keeper import Keeper
from workflows.listening import Listener
from workflows.models import Job

log = logging.getLogger(__name__)
TICK = 0.01  # seconds between looks at whether the database changed
THREADS = 24  # they wait on sockets: six agencies may hang in all their slots, and the rest go on


class Worker:
    """Threads that run jobs, and a keeper that wakes them, renews leases and takes over from the dead."""

    def __init__(self, threads: int) -> None:
        self._stopping = threading.Event()
        self._news = threading.Condition()
        self._wanted = 0  # threads that are to look for work
        self._told = threading.Event()
        self._holding = Holding()
        self._inside = threading.Lock()  # held by the thread that hands events to cases
        self._claiming = threading.Lock()
        self._claimed: deque[Job] = deque()  # taken from the table, for the next thread that is free
        self._busy = 0
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
        keeper, chores = Keeper(self._holding), Chores()
        chores.start()
        listener = self._listener()
        while not self._stopping.is_set():
            self._keep(keeper)
            self._told.wait(TICK)
        chores.stop()
        if listener is not None:
            listener.stop()
        self._wake(len(self._threads))
        while any(thread.is_alive() for thread in self._threads):
            self._keep(keeper)
            time.sleep(TICK)
        queue.give_back(self._claimed)
        heart.stop()
        connection.close()

    def _listener(self) -> Listener | None:
        if connection.vendor != "postgresql":
            return None
        listener = Listener(self._told.set)
        listener.start()
        return listener

    def _keep(self, keeper: Keeper) -> None:
        """Look after the table, and outlive a database that does not answer."""
        told = self._told.is_set()
        self._told.clear()
        try:
            keeper.renew()
            if self._stopping.is_set():
                return
            if keeper.look(told=told) and queue.is_anything_ready(timezone.now()):
                self._wake()
        except DatabaseError:
            log.exception("the database does not answer; trying again")
            connection.close()
            self._stopping.wait(1.0)

    def _wake(self, count: int = 1) -> None:
        """Have threads look for work. One is enough: who finds some wakes the next before beginning."""
        with self._news:
            self._wanted = min(self._wanted + count, len(self._threads))
            self._news.notify(count)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            with self._news:
                while not self._wanted:
                    self._news.wait()
                self._wanted -= 1
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
        """Do what is ready, or some of it; False when there is nothing."""
        is_mine = self._inside.acquire(blocking=False)
        if is_mine:
            try:
                if together.take_in_ready(timezone.now()):
                    self._wake()
                    return True
            finally:
                self._inside.release()
        with self._claiming:
            if not self._claimed:
                self._claim(with_internal=is_mine)
            if not self._claimed:
                return False
            job = self._claimed.popleft()
            self._busy += 1
            if self._claimed or self._busy < len(self._threads):
                self._wake()
        try:
            self._holding.run(job)
        finally:
            with self._claiming:
                self._busy -= 1
        return True

    def _claim(self, *, with_internal: bool) -> None:
        """Take as many jobs as threads are free, so that each of them need not ask."""
        most = len(self._threads) - self._busy
        taken = queue.claim_many(timezone.now(), most, with_internal=with_internal)
        self._holding.keep(*taken)
        self._claimed.extend(taken)


def main(arguments: list[str]) -> int:
    """Run a worker until SIGTERM or SIGINT; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="onestop worker", description="Run due steps of cases until stopped."
    )
    parser.add_argument(
        "--threads", type=int, default=THREADS, help=f"how many jobs run at once (default {THREADS})"
    )
    options = parser.parse_args(arguments)
    if announcing.is_brokered():
        from workflows import brokered  # Celery is loaded only where it is used

        return brokered.serve(max(1, options.threads))
    worker = Worker(max(1, options.threads))
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    log.info("worker started with %s threads", options.threads)
    worker.run()
    log.info("worker stopped")
    return 0
