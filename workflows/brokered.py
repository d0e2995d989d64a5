"""`onestop worker` with ``ONESTOP_DISPATCH=celery``: Celery takes keys of jobs from RabbitMQ and runs them.

Around it stands what every worker has: the heart, the chores, and a keeper that renews leases, promotes what
is due and announces jobs whose key was lost.
"""

import logging
import threading
import time

from celery.exceptions import WorkerShutdown, WorkerTerminate
from celery.worker import consumer
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from adapters.delivery.heartbeat import Heart
from onestop.lib.owner import this_process
from workflows.chores import Chores
from workflows.dispatch import broker, queue, together
from workflows.dispatch.holding import Holding
from workflows.keeper import Keeper

log = logging.getLogger(__name__)
TICK = 0.05
GO_ON = 30.0  # seconds for which one message may go on with its lane; RabbitMQ waits half an hour for it
_holding = Holding()


class Consumer(consumer.Consumer):  # type: ignore[misc]
    """Celery's consumer without the exchanges and queues for dates in messages, which none of ours has."""

    class Blueprint(consumer.Consumer.Blueprint):  # type: ignore[misc]
        """The same steps, one less."""

        default_steps = [
            step
            for step in consumer.Consumer.Blueprint.default_steps
            if not str(step).endswith("DelayedDelivery")
        ]


@broker.app.task(name=broker.TASK, ignore_result=True)  # type: ignore[untyped-decorator]
def run(key: int) -> None:
    """Run the job of this key, then what waits in its lane: its messages may have come while it was full."""
    until = time.monotonic() + GO_ON
    close_old_connections()
    try:
        while together.take_in_ready(timezone.now()):
            pass
        job = queue.claim_key(key, timezone.now())
        while job is not None:
            _holding.run(job)
            job = queue.claim_in(job.lane, timezone.now()) if time.monotonic() < until else None
    finally:
        close_old_connections()


class _Keeping(threading.Thread):
    """Looks after the table until stopped, and outlives a database that does not answer."""

    def __init__(self) -> None:
        super().__init__(name="keeper", daemon=True)
        self._stopping = threading.Event()
        self._keeper = Keeper(_holding)

    def stop(self) -> None:
        """Keep nothing more; call it when all jobs have ended."""
        self._stopping.set()
        self.join()

    def run(self) -> None:
        """Keep."""
        while not self._stopping.wait(TICK):
            try:
                self._keeper.renew()
                self._keeper.look()
                self._keeper.announce_overlooked()
            except DatabaseError:
                log.exception("the database does not answer; trying again")
                connection.close()
                self._stopping.wait(1.0)
        connection.close()


def serve(threads: int) -> int:
    """Run until SIGTERM or SIGINT; what runs then is finished first. Returns the exit code."""
    heart, keeping, chores = Heart(), _Keeping(), Chores()
    heart.start()
    keeping.start()
    chores.start()
    worker = broker.app.Worker(
        pool="threads",
        concurrency=threads,
        hostname=this_process().replace("/", "."),
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    log.info("worker started with %s threads, jobs come over %s", threads, broker.queue_of().name)
    try:
        worker.start()
    except (WorkerShutdown, WorkerTerminate, SystemExit) as ended:
        log.info("the broker's consumer ended: %s", type(ended).__name__)
    chores.stop()
    keeping.stop()
    heart.stop()
    log.info("worker stopped")
    return int(worker.exitcode or 0)
