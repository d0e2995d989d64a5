"""Jobs that were given up: each puts a question before the people who connect agencies."""

from datetime import datetime

from django.db import transaction

from workflows.dispatch import queue
from workflows.dispatch.moving import locked, settle_status
from workflows.models import Job, Task

KIND = "dead-job"
UNIT = "integration"


@transaction.atomic
def bury(job: Job, now: datetime, *, kind: str, error: str) -> None:
    """Bury a job and open a task that offers to send it again; raises LeaseLost."""
    case = locked(job.case_id)
    queue.bury(job, now, kind=kind, error=error)
    if case.is_ended:
        return
    Task.objects.create(
        case=case,
        token=f"{job.token}!{KIND}.{job.pk}.{job.attempts}",
        unit=job.payload.get("connection", UNIT),
        kind=KIND,
        question=error,
        value={"job": job.pk, "connection": job.payload.get("connection", ""), "error": kind},
        outcomes=["resend"],
        created_at=now,
    )
    settle_status(case)
    case.save(update_fields=["status"])
