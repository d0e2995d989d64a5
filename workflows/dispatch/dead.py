"""Jobs that were given up: each puts a question before the people who connect agencies.

Sending again is not delivering: :func:`fate` says what became of a job after somebody decided.
"""

from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from adapters.delivery import gate, repetition
from workflows.dispatch import queue
from workflows.dispatch.moving import locked, settle_status
from workflows.models import Job, Task

KIND = "dead-job"
UNKNOWN = "outcome-unknown"  # it may have arrived, and the agency can neither be asked nor told twice
KINDS = (KIND, UNKNOWN)
UNIT = "integration"
OUTCOMES = ["resend", "settled", "given-up"]
Fate = Literal["dead", "waiting", "trying", "taken", "delivered", "refused", "settled", "given-up"]


def sendable_at(task: Task) -> datetime:
    """From when a delivery may be sent again: one that may have arrived might still be on its way."""
    if task.kind != UNKNOWN:
        return task.created_at
    return task.created_at + timedelta(seconds=gate.policy(task.unit).settle)


@transaction.atomic
def bury(job: Job, now: datetime, *, kind: str, error: str) -> None:
    """Bury a job and open a task that offers to send it again; raises LeaseLost."""
    case = locked(job.case_id)
    queue.bury(job, now, kind=kind, error=error)
    if case.is_ended:  # nobody is asked, so it must not hold those behind it
        Job.objects.filter(pk=job.pk).update(order_key="")
        return
    question = UNKNOWN if kind == "OutcomeUnknown" else KIND
    Task.objects.create(
        case=case,
        token=f"{job.token}!{question}.{job.pk}.{job.attempts}",
        unit=job.payload.get("connection", UNIT),
        kind=question,
        question=error,
        value={
            **{"job": job.pk, "connection": job.payload.get("connection", ""), "error": kind},
            **{"operation": job.payload.get("operation", ""), "of": job.token},
        },
        outcomes=OUTCOMES if job.kind in (Job.Kind.CALL, Job.Kind.CHECK) else OUTCOMES[:1],
        created_at=now,
    )
    settle_status(case)
    case.save(update_fields=["status"])


def resend(job: Job, actor: str, now: datetime) -> bool:
    """Bring a dead job back; that it may have arrived before is from now on the actor's to answer for."""
    payload = job.payload
    if job.kind == Job.Kind.CALL and "connection" in payload:
        key = f"{job.case.reference}:{job.token}"
        repetition.settle(payload["connection"], payload["operation"], key, f"sent again by {actor}")
    return queue.resend(job, now)


def fate(task: Task) -> Fate | None:
    """What became of the job that a task is about; None where the task is about no job."""
    job = Job.objects.filter(pk=task.value.get("job")).first() if task.kind in KINDS else None
    if job is None:
        return None
    if task.decision in ("settled", "given-up"):
        return "settled" if task.decision == "settled" else "given-up"
    if job.state == Job.State.DEAD:
        return "dead"
    if job.state != Job.State.DONE:
        return "trying" if job.failures or job.state == Job.State.RUNNING else "waiting"
    outcome = (job.result or {}).get("outcome", "accepted")
    fates: dict[str, Fate] = {"accepted": "delivered", "pending": "taken", "rejected": "refused"}
    return fates[outcome]
