"""Messages of agencies and the cases they belong to, whichever of the two is known first."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction

from workflows.dispatch.claiming import INTERNAL_LANE
from workflows.dispatch.moving import is_waiting, locked
from workflows.dispatch.queue import insert
from workflows.models import Case, CaseReference, Inbox, Job


def keep_reference(case: Case, job: Job) -> None:
    """Keep the number an agency gave to a step, so that its message finds the case."""
    CaseReference.objects.get_or_create(
        connection=job.payload["connection"],
        reference=job.result["reference"],
        defaults={"case": case, "token": job.token},
    )


def hand_over(message: Inbox, found: CaseReference, now: datetime) -> None:
    """Make a job of a message whose case is known, or note that it came too late; the caller saves."""
    case = locked(found.case_id)
    if not is_waiting(case, found.token):
        message.outcome = Inbox.Outcome.LATE
        return
    message.outcome = Inbox.Outcome.RECORDED
    insert(
        [
            Job(
                case=case,
                kind=Job.Kind.STATUS,
                lane=INTERNAL_LANE,
                token=found.token,
                payload={**message.message, "agency": message.agency},
                dedupe=f"{case.reference}:{found.token}:status:{message.message_id}",
                run_at=now,
                created_at=now,
            )
        ]
    )


def match_early(now: datetime) -> int:
    """Hand over messages that came before their reference was written; return how many."""
    early = Inbox.objects.filter(outcome=Inbox.Outcome.UNKNOWN)
    agencies = early.values("agency")
    known = CaseReference.objects.filter(connection__in=agencies, reference__in=early.values("reference"))
    count = 0
    for found in known:
        with transaction.atomic():
            mine = early.filter(agency=found.connection, reference=found.reference)
            for message in mine.select_for_update().order_by("pk"):
                hand_over(message, found, now)
                message.save(update_fields=["outcome"])
                count += 1
    return count


def keep_once(message: Inbox, then: Callable[[], None] = lambda: None) -> bool:
    """Keep a message and do what follows from it, together; False where it came before, by its identifier."""
    try:
        with transaction.atomic():
            message.save(force_insert=True)
            then()
    except IntegrityError:
        if Inbox.objects.filter(agency=message.agency, message_id=message.message_id).exists():
            return False
        raise
    return True
