"""The engine's event that a job stands for."""

from datetime import datetime

from workflows.engine import Answered, CallFinished, Event, Started, StatusReceived, TimerFired
from workflows.models import Job, Request


def event_of(job: Job, now: datetime) -> Event | None:
    """The event to hand to the engine when the job has run; None where there is nothing to tell it yet."""
    payload, result = job.payload, job.result
    if job.kind == Job.Kind.START:
        return Started(now)
    if job.kind == Job.Kind.TIMER:
        return TimerFired(now, job.token, payload["name"])
    if job.kind == Job.Kind.ANSWER:
        return Answered(now, job.token, payload["outcome"], payload["value"])
    if job.kind == Job.Kind.STATUS:
        told = {name: payload[name] for name in ("status", "reason", "reason_code", "decided_at")}
        return StatusReceived(now, job.token, **told)
    if result is None:
        raise ValueError(f"{job.dedupe} has no answer to go on with")
    if job.kind == Job.Kind.OPEN:
        if result["outcome"] != "answered":
            return None
        return Answered(now, job.token, result["answer"], result["value"])
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


def close_answered(job: Job, event: Answered, now: datetime) -> None:
    """Note on the request what its job found out; call it inside the transaction of the event."""
    waiting = Request.objects.waiting().filter(pk=job.payload.get("request"))
    for request in waiting:
        request.state, request.outcome, request.answer = Request.State.ANSWERED, event.outcome, event.value
        request.answered_at, request.answered_by = now, "worker"
        request.save(update_fields=["state", "outcome", "answer", "answered_at", "answered_by"])
