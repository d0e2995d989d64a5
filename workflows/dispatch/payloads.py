"""The engine's event that a job stands for."""

from datetime import datetime

from workflows.engine import CallFinished, Event, Started, StatusReceived, TimerFired
from workflows.models import Job


def event_of(job: Job, now: datetime) -> Event:
    """The event to hand to the engine when the job has run."""
    payload, result = job.payload, job.result
    if job.kind == Job.Kind.START:
        return Started(now)
    if job.kind == Job.Kind.TIMER:
        return TimerFired(now, job.token, payload["name"])
    if job.kind == Job.Kind.STATUS:
        told = {name: payload[name] for name in ("status", "reason", "reason_code", "decided_at")}
        return StatusReceived(now, job.token, **told)
    if result is None:
        raise ValueError(f"{job.dedupe} has no answer to go on with")
    return CallFinished(
        now,
        job.token,
        result["outcome"],
        value=result["value"],
        reference=result["reference"],
        code=result.get("code", ""),
        reason=result.get("reason", ""),
        check_after=result.get("check_after"),
    )
