"""The jobs table as a queue: insert once, claim, renew, finish behind a fence, retry, bury, sweep.

A claim (:mod:`workflows.dispatch.claiming`) raises ``attempts``; every later write of the claimer names the
attempt it made, and touches no row if the job has meanwhile been taken over.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from adapters.delivery import gate
from onestop.lib.owner import is_surely_gone
from onestop.lib.statements import Statement
from workflows.dispatch import announcing, claiming
from workflows.dispatch.claiming import INTERNAL_LANE
from workflows.models import Case, Job, Slot

LEASE = timedelta(seconds=8)
ERROR_LENGTH = 1000
PROMOTED_AT_ONCE = 2000
_FINISH = Statement(
    "UPDATE workflows_job SET state = 'done', finished_at = %s, owner = '', lease_until = NULL"
    " WHERE id = %s AND attempts = %s AND state = 'running'",
    (datetime, int, int),
)
_INSERT = Statement(
    "INSERT INTO workflows_job (case_id, lane, order_key, kind, token, dedupe, payload, state, priority,"
    " run_at, created_at, attempts, failures, owner, error_kind, error)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, '', '', %s)"
    " ON CONFLICT (dedupe) DO NOTHING",
    (int, str, str, str, str, str, bytes, str, int, datetime, datetime, bytes),
)
_PAYLOAD: Any = Job._meta.get_field("payload")
_FREE = Statement("UPDATE workflows_slot SET job_id = NULL WHERE job_id = %s", (int,))


class LeaseLost(Exception):
    """The job was taken over by another worker: whatever this one found out is discarded."""


def job_of(
    case: Case,
    kind: Job.Kind,
    token: str,
    payload: Any,
    now: datetime,
    mark: str = "",
    *,
    at: datetime | None = None,
) -> Job:
    """A job of a case in the engine's own lane, ready or scheduled, once for its token and mark."""
    at = at or now
    return Job(
        case=case,
        kind=kind,
        token=token,
        lane=INTERNAL_LANE,
        payload=payload,
        run_at=at,
        dedupe=f"{case.reference}:{token}{mark}",
        state=Job.State.READY if at <= now else Job.State.SCHEDULED,
        created_at=now,
    )


def insert(jobs: Iterable[Job]) -> None:
    """Add jobs; one whose ``dedupe`` is there already is left out. Call inside the case's transaction."""
    rows = list(jobs)
    if not rows:
        return
    ensure_slots({job.lane for job in rows})
    _INSERT.change_each([_row(job) for job in rows])
    announcing.inserted(rows)


def _row(job: Job) -> tuple[Any, ...]:
    """The values of :data:`_INSERT`; what it leaves out begins empty or at nought."""
    payload = _PAYLOAD.get_db_prep_value(job.payload, connection)
    what = (job.case_id, job.lane, job.order_key, str(job.kind), job.token, job.dedupe, payload)
    return (*what, str(job.state), job.priority, job.run_at, job.created_at, b"")


def ensure_slots(lanes: Iterable[str]) -> None:
    """Give each lane as many slots as its connection allows calls at once; slots too many go when free."""
    wanted = {lane: gate.policy(lane).concurrency for lane in lanes if lane != INTERNAL_LANE}
    if not wanted:
        return
    known = set(Slot.objects.filter(lane__in=wanted).values_list("lane", "n"))
    missing = [
        Slot(lane=lane, n=n)
        for lane, count in sorted(wanted.items())
        for n in range(count)
        if (lane, n) not in known
    ]
    if missing:
        Slot.objects.bulk_create(missing, ignore_conflicts=True)
    for lane in {lane for lane, n in known if n >= wanted[lane]}:
        Slot.objects.filter(lane=lane, n__gte=wanted[lane], job=None).delete()


def is_anything_ready(now: datetime) -> bool:
    """Whether a claim could find something: one plain read, so that idle workers hold no lock."""
    return claiming.is_anything_ready(now)


def claim(now: datetime, lease: timedelta = LEASE) -> Job | None:
    """Take the most urgent ready job of a lane with a free slot, or None."""
    return next(iter(claim_many(now, 1, lease)), None)


def claim_many(
    now: datetime, most: int, lease: timedelta = LEASE, *, with_internal: bool = True
) -> list[Job]:
    """Take up to ``most`` ready jobs, the most urgent first; no lane gets more than it has free slots.

    Without ``with_internal`` those of the engine's own lane are left to :mod:`workflows.dispatch.together`.
    """
    if not claiming.ready_keys(now, 1, with_internal=with_internal):
        return []
    return claiming.take(now, lease, most=most, with_internal=with_internal)


def claim_key(key: int, now: datetime, lease: timedelta = LEASE) -> Job | None:
    """Take this job; None where it is not ready, not yet its turn, or its lane is full."""
    return next(iter(claiming.take(now, lease, key=key)), None)


def claim_in(lane: str, now: datetime, lease: timedelta = LEASE) -> Job | None:
    """Take the most urgent ready job of one lane, or None."""
    if not is_anything_ready(now):
        return None
    return next(iter(claiming.take(now, lease, lane=lane)), None)


def renew(job: Job, now: datetime, lease: timedelta = LEASE) -> bool:
    """Prolong the lease of a running job; False when it was lost."""
    return bool(_held(job).update(lease_until=now + lease))


def keep_result(job: Job) -> None:
    """Keep the agency's answer before it is used, so that it is never asked for twice; raises LeaseLost."""
    if not _held(job).update(result=job.result):
        raise LeaseLost(job.dedupe)


def finish(job: Job, now: datetime) -> None:
    """Mark as done, inside the transaction of its effects; raises LeaseLost, which undoes them."""
    if not _FINISH.change((now, job.pk, job.attempts)):
        raise LeaseLost(job.dedupe)
    _free(job)


@transaction.atomic
def give_back(jobs: Iterable[Job]) -> None:
    """Let others have jobs that were claimed and not begun."""
    for job in jobs:
        if _held(job).update(state=Job.State.READY, owner="", lease_until=None):
            _free(job)
            announcing.ready([job.pk])


def retry(job: Job, run_at: datetime, *, kind: str, error: str) -> None:
    """Put back for a later time; raises LeaseLost."""
    _leave(
        job,
        **{"state": Job.State.SCHEDULED, "run_at": run_at, "failures": job.failures + 1},
        **{"error_kind": kind, "error": _storable(error)},
    )


def put_off(job: Job, run_at: datetime, *, kind: str, error: str) -> None:
    """Put back for a later time without counting a failure: nothing was sent; raises LeaseLost."""
    held: dict[str, object] = {"state": Job.State.SCHEDULED, "run_at": run_at}
    _leave(job, **held, error_kind=kind, error=_storable(error))


def hold(job: Job) -> None:
    """Put aside until the case goes on; what the agency answered is kept; raises LeaseLost."""
    _leave(job, state=Job.State.HELD)


def release(case_id: int) -> int:
    """Bring back the jobs of a case that were held, each for its time; return how many."""
    return Job.objects.filter(case=case_id, state=Job.State.HELD).update(state=Job.State.SCHEDULED)


def bury(job: Job, now: datetime, *, kind: str, error: str) -> None:
    """Give up until a person resends it; raises LeaseLost."""
    _leave(
        job,
        **{"state": Job.State.DEAD, "finished_at": now, "failures": job.failures + 1},
        **{"error_kind": kind, "error": _storable(error)},
    )


def resend(job: Job, now: datetime) -> bool:
    """Bring a dead job back with its counter reset; False when it is not dead."""
    dead = Job.objects.filter(pk=job.pk, state=Job.State.DEAD)
    if not dead.update(state=Job.State.READY, run_at=now, failures=0, finished_at=None):
        return False
    announcing.ready([job.pk])
    return True


def close(job: Job, now: datetime) -> bool:
    """Take a dead job as dealt with by other means; False when it is not dead."""
    dead = Job.objects.filter(pk=job.pk, state=Job.State.DEAD)
    return bool(dead.update(state=Job.State.DONE, finished_at=now))


def promote(now: datetime) -> int:
    """Make scheduled jobs ready whose time has come, the earliest first; return how many."""
    due = Job.objects.filter(state=Job.State.SCHEDULED, run_at__lte=now)
    keys = list(due.order_by("run_at").values_list("pk", flat=True)[:PROMOTED_AT_ONCE])
    if not keys:
        return 0
    with transaction.atomic():
        count = due.filter(pk__in=keys).update(state=Job.State.READY)
        announcing.ready(keys)
    return count


def overlooked(since: datetime, most: int) -> list[int]:
    """Keys of jobs that could run and were ready before ``since``, the most urgent first."""
    return claiming.ready_keys(since, most)


def next_due() -> datetime | None:
    """When the next scheduled job is due."""
    scheduled = Job.objects.filter(state=Job.State.SCHEDULED).order_by("run_at")
    return scheduled.values_list("run_at", flat=True).first()


def sweep(now: datetime) -> int:
    """Give back jobs whose lease has run out or whose worker is gone; return how many."""
    running = Job.objects.filter(state=Job.State.RUNNING)
    gone = [owner for owner in running.values_list("owner", flat=True).distinct() if is_surely_gone(owner)]
    lost = Q(lease_until__lt=now) | Q(owner__in=gone)
    back = []
    for pk, attempts in running.filter(lost).values_list("pk", "attempts"):
        with transaction.atomic():
            held = running.filter(lost, pk=pk, attempts=attempts)
            if held.update(state=Job.State.READY, owner="", lease_until=None):
                Slot.objects.filter(job_id=pk).update(job=None)
                back.append(pk)
                announcing.ready([pk])
    return len(back)


def _held(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, attempts=job.attempts, state=Job.State.RUNNING)


@transaction.atomic
def _leave(job: Job, **fields: object) -> None:
    if not _held(job).update(owner="", lease_until=None, **fields):
        raise LeaseLost(job.dedupe)
    _free(job)


def _free(job: Job) -> None:
    if job.lane != INTERNAL_LANE:
        _FREE.change((job.pk,))


def _storable(error: str) -> str:
    return error.replace("\0", "")[:ERROR_LENGTH]
