"""What a court decided about a refused case: told to its citizen, and to the agency that must decide again.

The agency gets it as an item of its queue in this portal, with the signed decision; what it decides then is
told in the case. Where a unit has no caseworkers here, those who connect agencies pass it on.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from adapters.models import Ruling, WorkbenchItem
from identity.models import User
from workflows import record
from workflows.models import Case, CaseEvent, Notification
from workflows.policies import can_decide_again
from workflows.services.errors import NotAllowed, NotPossible

OPERATION = WorkbenchItem.COURT_DECISION
SAID_NO = ("answered", "rejected", "person-decided")  # kinds of entries by which an agency decides
LONGEST = 2000
TEXTS = {
    "court-granted": "The court has granted the appeal",
    "court-refused": "The court has refused the appeal",
    "court-told": "The court's decision was passed on",
    "decided-again": "Decided again after the court's decision",
}
JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Anew:
    """Which agency must decide again; ``decision`` is "" until it has, and ``at`` is None."""

    connection: str
    decision: str = ""
    at: datetime | None = None


def enter(*, ruling: Ruling, case: Case, now: datetime) -> WorkbenchItem | None:
    """Write a ruling into the case that its appeal is about; an item for the agency where it was granted.

    Call it within the transaction that decides, with ``about`` loaded.
    """
    if case.about_id is None:
        return None
    refused = Case.objects.select_for_update(of=("self",)).select_related("applicant").get(pk=case.about_id)
    court = ruling.item.connection
    _note(refused, f"court-{ruling.outcome}", f"agency:{court}", court, now)
    if ruling.outcome != Ruling.Outcome.GRANTED:
        return None
    agency = decided_by(refused)
    item = WorkbenchItem(
        connection=agency,
        operation=OPERATION,
        idempotency_key=f"ruling:{ruling.item.public_id}",
        reference=f"{ruling.item.reference}-{agency.upper()}"[:60],
        case_reference=refused.reference,
        created_at=now,
    )
    item.value = _told(ruling, refused)
    item.save(force_insert=True)
    _note(refused, "court-told", f"agency:{court}", agency, now)
    record.overturned(refused, agency, now)
    return item


def decide_again(*, item: WorkbenchItem, actor: User, decision: str, now: datetime) -> None:
    """Keep what an agency has decided after a court; raises NotAllowed, NotPossible("already-decided", …)."""
    with transaction.atomic():
        current = WorkbenchItem.objects.select_for_update().get(pk=item.pk)
        case = Case.objects.select_for_update(of=("self",)).get(reference=current.case_reference)
        if not can_decide_again(actor, current, case):
            raise NotAllowed(f"item {current.reference}")
        if current.state != WorkbenchItem.State.OPEN:
            raise NotPossible("already-decided")
        if not decision.strip():
            raise NotPossible("reason-missing")
        current.value = {
            **current.value,
            "decidedAgain": decision.strip(),
            "decidedBy": actor.get_full_name(),
        }
        current.save(update_fields=["value_sealed"])
        current.close(actor=f"staff:{actor.subject}", now=now)
        _note(case, "decided-again", f"staff:{actor.subject}", current.connection, now)
        Notification.objects.create(
            user=case.applicant,
            case=case,
            token=f"decided-again-{current.public_id}",
            kind="decided-again",
            created_at=now,
        )


def anew(case: Case) -> Anew | None:
    """What became of a refusal that a court has overturned; None where no court has."""
    item = WorkbenchItem.objects.filter(case_reference=case.reference, operation=OPERATION).first()
    if item is None:
        return None
    return Anew(item.connection, str(item.value.get("decidedAgain", "")), item.closed_at)


def decided_by(case: Case) -> str:
    """The agency whose officer or system said no, the last to decide anything; "" where nobody did."""
    for event in CaseEvent.objects.filter(case=case, kind__in=SAID_NO).order_by("-seq"):
        task = case.tasks.filter(token=event.token).order_by("-created_at", "-pk").first()
        if event.kind == "person-decided" and task is not None:
            return task.unit
        if connection := str(event.data.get("connection", "")):
            return connection
    return ""


def _told(ruling: Ruling, refused: Case) -> JSON:
    decided = refused.state.get("data", {}).get("decision", {})
    return {
        "of": str(ruling.item.public_id),
        "court": ruling.item.connection,
        "courtReference": ruling.item.reference,
        "decidedAt": ruling.decided_at.isoformat(),
        "reasons": ruling.told["reasons"],
        "law": ruling.told["law"],
        "overturned": str(decided.get("reason") or ""),
    }


def _note(case: Case, kind: str, actor: str, connection: str, now: datetime) -> None:
    """An entry of the timeline of a case that is locked."""
    data = {"connection": connection} if connection else {}
    CaseEvent.objects.create(
        case=case,
        seq=case.next_seq(),
        kind=kind,
        actor=actor,
        text=TEXTS[kind],
        data=data,
        created_at=now,
    )
