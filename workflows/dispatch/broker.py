"""Celery on RabbitMQ: a message is the key of one job and nothing else, in quorum queues that outlive a node.

A message is acknowledged after its job ran, so that the keys held by a worker that is killed go to another.
There is no date in a message and no result in the broker: when a job is due, how often it failed and what
came of it stand in the table. A broker that is away delays jobs until it is back and loses none.
"""

import logging
import time
from collections.abc import Sequence
from typing import Any

from celery import Celery
from django.conf import settings
from kombu import entity
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
TASK = "onestop.run"
QUIET_SECONDS = 5.0  # how long a broker that did not answer is left alone, so that no page waits for it
CONNECT_SECONDS = 2.0
_silent_until = 0.0


def queue_of() -> Any:
    """The queue of this installation; declared by whoever comes first."""
    arguments = {"x-queue-type": "quorum"}
    queue: Any = entity.Queue
    return queue(settings.BROKER_QUEUE, routing_key=settings.BROKER_QUEUE, queue_arguments=arguments)


def _made() -> Celery:
    made = Celery("onestop", broker=settings.BROKER_URL, fixups=[], set_as_current=False)
    made.conf.update(
        task_queues=[queue_of()],
        task_default_queue=settings.BROKER_QUEUE,
        task_default_queue_type="quorum",
        task_create_missing_queues=False,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_detect_quorum_queues=True,
        worker_consumer="workflows.brokered:Consumer",
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,  # the lease says whose a job is
        broker_connection_timeout=CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        enable_utc=True,
    )
    return made


app = _made()


def publish(keys: Sequence[int]) -> bool:
    """Hand the keys of ready jobs to the broker; False where it did not answer: the keepers do it later."""
    global _silent_until
    if not keys or time.monotonic() < _silent_until:
        return not keys
    try:
        with app.producer_or_acquire() as producer:
            for key in keys:
                app.send_task(TASK, args=[key], producer=producer, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        _silent_until = time.monotonic() + QUIET_SECONDS
        log.warning("the broker does not answer (%s); %d jobs wait for the next look", error, len(keys))
        return False
    return True


def waiting() -> int | None:
    """How many keys lie in the queue; None where the broker does not answer."""
    try:
        with app.connection_for_read(connect_timeout=CONNECT_SECONDS) as connection:
            declared = queue_of()(connection.default_channel).queue_declare(passive=False)
            return int(declared.message_count)
    except (OperationalError, OSError) as error:
        log.warning("the broker does not answer: %s", error)
        return None
