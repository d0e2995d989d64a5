"""Taking in what an agency tells by itself about something it was asked for, or that there is news."""

from datetime import datetime

from workflows.dispatch.inbox import hand_over, keep_once
from workflows.models import CaseReference, Inbox, Job

DUPLICATE = "duplicate"


def receive_status(
    *,
    agency: str,
    message_id: str,
    reference: str,
    status: str,
    reason: str,
    reason_code: str,
    decided_at: str,
    now: datetime,
) -> str:
    """Keep a status and hand it to its case; returns recorded, duplicate, unknown-reference or late.

    One whose reference is not known yet is kept, and handed over when the worker has written the reference.
    """
    told = {"status": status, "reason": reason, "reason_code": reason_code, "decided_at": decided_at}
    message = Inbox(
        agency=agency,
        message_id=message_id,
        reference=reference,
        message=told,
        outcome=Inbox.Outcome.UNKNOWN,
        received_at=now,
    )

    def handed_over() -> None:
        found = CaseReference.objects.filter(connection=agency, reference=reference).first()
        if found is not None:
            hand_over(message, found, now)
            message.save(update_fields=["outcome"])

    return str(message.outcome) if keep_once(message, handed_over) else DUPLICATE


def hasten_check(*, agency: str, reference: str, now: datetime) -> bool:
    """Ask an agency now what it would have been asked later; False where no question is planned."""
    found = CaseReference.objects.filter(connection=agency, reference=reference).first()
    if found is None:
        return False
    planned = Job.objects.filter(
        case=found.case_id, token=found.token, kind=Job.Kind.CHECK, state=Job.State.SCHEDULED
    )
    return planned.update(run_at=now, state=Job.State.READY) > 0
