"""Running one claimed job: an outside call without a transaction, then one transaction for all that follows.

The agency's answer is kept on the job before it is used. A worker killed between the call and the keeping
leaves it to the exchange whether the call may be made again; one killed later finds the answer and goes on.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from adapters.delivery import gate
from adapters.delivery.policy import Retry
from adapters.errors import AdapterError, Held, NotUnderstood
from workflows import record
from workflows.dispatch import queue
from workflows.dispatch.backoff import back_at, pause
from workflows.dispatch.calling import AskedToWait, answer_of
from workflows.dispatch.consenting import may_send
from workflows.dispatch.dead import bury
from workflows.dispatch.inbox import keep_reference
from workflows.dispatch.moving import as_it_is, collect, is_waiting, locked
from workflows.dispatch.payloads import close_answered, event_of
from workflows.dispatch.performing import perform
from workflows.dispatch.turns import turn
from workflows.dispatch.writing import Writing
from workflows.engine import Answered
from workflows.models import Case, Job

log = logging.getLogger(__name__)
OUTSIDE = (Job.Kind.CALL, Job.Kind.CHECK, Job.Kind.OPEN)
ACTOR = "worker"
OWN_FAULT_TRIES = 5  # a fault of this program or of a definition
Clock = Callable[[], datetime]


def execute(job: Job, clock: Clock = timezone.now) -> None:
    """Run one claimed job to its end: done, put back for later, or buried. Raises nothing but LeaseLost."""
    try:
        if job.kind in OUTSIDE and job.result is None and not _ask(job, clock):
            return
        with turn():
            _advance(job, clock())
    except queue.LeaseLost:
        raise
    except AskedToWait as asked:
        retry = _retry(job)
        _put_back(job, clock(), kind="retry", error=asked.reason, tries=retry.tries, after=asked.after)
    except AdapterError as error:
        _failed_call(job, error, clock())
    except Exception as error:
        log.exception("job %s failed", job.dedupe)
        _put_back(job, clock(), kind="fault", error=f"{type(error).__name__}: {error}", tries=OWN_FAULT_TRIES)


def _ask(job: Job, clock: Clock) -> bool:
    """Make the outside call and keep its answer; False when the case no longer waits for it."""
    case = as_it_is(job.case_id)
    if case.paused_at is not None:
        queue.hold(job)
        return False
    if not is_waiting(case, job.token) and job.payload.get("kind") != "mail":
        queue.finish(job, clock())
        return False
    if not may_send(job, case):  # the consent was taken back
        queue.finish(job, clock())
        return False
    job.result = perform(job, case) if job.kind == Job.Kind.OPEN else answer_of(job, case)
    queue.keep_result(job)
    return True


@transaction.atomic
def _advance(job: Job, now: datetime) -> None:
    case = locked(job.case_id)
    if case.paused_at is not None:
        queue.hold(job)
        return
    writing = Writing()
    take_in(case, job, writing, now)
    writing.write()
    queue.finish(job, now)


def take_in(case: Case, job: Job, writing: Writing, now: datetime) -> None:
    """Hand what a job stands for to its locked case; the caller writes and finishes the job with it."""
    event = event_of(job, now)
    if isinstance(event, Answered):
        close_answered(job, event, now)
    if job.result and job.kind != Job.Kind.OPEN:
        record.exchanged(case, job, now)
    if job.result and job.result["outcome"] == "pending" and job.result["reference"]:
        keep_reference(case, job)
    if event is not None:
        collect(case, event, writing, actor=_actor(job), now=now)


def _actor(job: Job) -> str:
    connection = job.payload.get("connection") or job.payload.get("agency")
    return f"agency:{connection}" if connection else ACTOR


def _failed_call(job: Job, error: AdapterError, now: datetime) -> None:
    kind = type(error).__name__
    log.warning("job %s: %s: %s", job.dedupe, kind, error)
    if isinstance(error, Held):
        queue.put_off(job, now + back_at(error.after), kind=kind, error=str(error))
    elif not error.retryable:
        bury(job, now, kind=kind, error=str(error))
    elif isinstance(error, NotUnderstood):
        _put_back(job, now, kind=kind, error=str(error), tries=_retry(job).unreadable_tries)
    else:
        _put_back(job, now, kind=kind, error=str(error), tries=_retry(job).tries)


def _retry(job: Job) -> Retry:
    return gate.policy(job.lane).retry


def _put_back(
    job: Job, now: datetime, *, kind: str, error: str, tries: int, after: timedelta | None = None
) -> None:
    if job.failures + 1 >= tries:
        bury(job, now, kind=kind, error=error)
    else:
        wait = pause(job.failures + 1, after, _retry(job))
        queue.retry(job, now + wait, kind=kind, error=error)
