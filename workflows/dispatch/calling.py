"""The outside call of a job, and its answer as JSON to be kept."""

from datetime import timedelta
from typing import Any

from adapters import exchange
from adapters.ports import Accepted, Context, Pending, Rejected, Result, Retry
from workflows.models import Case, Job


class AskedToWait(Exception):
    """The agency asks to be tried again. Retry, not before ``after``."""

    def __init__(self, reason: str, after: timedelta | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


def answer_of(job: Job, case: Case) -> dict[str, Any]:
    """Make the call; return its answer. Raises AdapterError and AskedToWait."""
    payload, block = job.payload, case.service_version.definition.block_of(job.token)
    context = Context(
        correlation_id=str(case.correlation_id),
        idempotency_key=f"{case.reference}:{job.token}",
        case=case.reference,
        step=job.token,
        actor="worker",
        purpose=case.service_version.purpose(block),
    )
    connection, operation = payload["connection"], payload["operation"]
    if job.kind == Job.Kind.CHECK:
        result = exchange.check(connection, operation, payload["reference"], context)
    else:
        result = exchange.perform(connection, operation, payload["value"], context)
    return _as_json(result)


def _as_json(result: Result) -> dict[str, Any]:
    match result:
        case Retry(reason, after):
            raise AskedToWait(reason, after)
        case Accepted(value, reference):
            return {"outcome": "accepted", "value": value, "reference": reference}
        case Pending(reference, check_after, value):
            seconds = None if check_after is None else check_after.total_seconds()
            return {"outcome": "pending", "value": value, "reference": reference, "check_after": seconds}
        case Rejected(code, reason, field, value):
            told = {"value": value, "code": code, "reason": reason, "field": field}
            return {"outcome": "rejected", "reference": "", **told}
