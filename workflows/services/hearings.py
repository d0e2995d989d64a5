"""Hearing what a unit of the workbench decides: asking the citizen, the answer, and the signed decision."""

import hashlib
from datetime import datetime

from django.db import transaction

from adapters.models import Inquiry, Ruling, WorkbenchItem
from identity.models import User
from workflows import rulings
from workflows.models import Case, CaseEvent, Notification
from workflows.policies import acts_as_applicant, can_hear, can_rule
from workflows.services import overturned
from workflows.services.errors import NotAllowed, NotPossible
from workflows.services.statuses import receive_status


def rule(*, item: WorkbenchItem, actor: User, outcome: str, reasons: str, law: str, now: datetime) -> Ruling:
    """Decide an item for good, with a signed document, and tell its case.

    Raises NotAllowed; NotPossible("already-decided", "unknown-outcome", "reason-missing" or "law-missing");
    Misconfigured where the unit has no key to sign with.
    """
    case = _case(item, actor)
    if outcome not in Ruling.Outcome.values:
        raise NotPossible("unknown-outcome")
    if not reasons.strip():
        raise NotPossible("reason-missing")
    if not law.strip():
        raise NotPossible("law-missing")
    ruling = Ruling(item=item, outcome=outcome, decided_at=now)
    ruling.told = {"reasons": reasons.strip(), "law": law.strip(), "decidedBy": actor.get_full_name()}
    document = rulings.signed(ruling, case)
    ruling.document, ruling.digest = document, hashlib.sha256(document).hexdigest()
    with transaction.atomic():
        current = _locked(item)
        if not can_rule(actor, current, case):
            raise NotPossible("already-decided")
        ruling.save(force_insert=True)
        current.close(actor=f"staff:{actor.subject}", now=now)
        receive_status(
            agency=item.connection,
            message_id=f"ruling-{item.public_id}",
            reference=item.reference,
            status=outcome,
            reason=ruling.told["reasons"],
            reason_code=ruling.told["law"],
            decided_at=now.isoformat(),
            now=now,
        )
        overturned.enter(ruling=ruling, case=case, now=now)
    return ruling


@transaction.atomic
def ask(*, item: WorkbenchItem, actor: User, question: str, now: datetime) -> Inquiry:
    """Ask the citizen for more before deciding; raises NotAllowed, NotPossible("already-asked", …)."""
    case = _case(item, actor)
    current = _locked(item)
    if not can_rule(actor, current, case):
        raise NotPossible("already-decided")
    if not question.strip():
        raise NotPossible("reason-missing")
    if current.inquiries.filter(answered_at=None).exists():
        raise NotPossible("already-asked")
    inquiry = Inquiry(item=current, asked_at=now)
    inquiry.said = {"question": question.strip(), "askedBy": actor.get_full_name(), "answer": ""}
    inquiry.save(force_insert=True)
    Notification.objects.create(
        user=case.applicant,
        case=case,
        token=f"inquiry-{inquiry.public_id}",
        kind="court-asks",
        created_at=now,
    )
    _note(case, f"staff:{actor.subject}", "asked", "The court has asked you something", now)
    return inquiry


@transaction.atomic
def answer(*, inquiry: Inquiry, actor: User, text: str, now: datetime) -> Inquiry:
    """Answer what was asked; raises NotAllowed, NotPossible("already-answered" or "already-decided")."""
    item = _locked(inquiry.item)
    case = Case.objects.get(reference=item.case_reference)
    if not acts_as_applicant(actor, case):
        raise NotAllowed(f"inquiry {inquiry.public_id}")
    current = Inquiry.objects.get(pk=inquiry.pk)
    if current.answered_at is not None:
        raise NotPossible("already-answered")
    if item.state != WorkbenchItem.State.OPEN:
        raise NotPossible("already-decided")
    current.said, current.answered_at = {**current.said, "answer": text.strip()}, now
    current.save(update_fields=["said_sealed", "answered_at"])
    _note(case, "applicant", "answer-given", "You answered the court", now)
    return current


def _case(item: WorkbenchItem, actor: User) -> Case:
    """The item's case, for somebody who may decide it or could have; raises NotAllowed."""
    cases = Case.objects.select_related("applicant", "service_version")
    case = cases.filter(reference=item.case_reference).first()
    if case is None or not can_hear(actor, item, case):
        raise NotAllowed(f"item {item.reference}")
    return case


def _locked(item: WorkbenchItem) -> WorkbenchItem:
    return WorkbenchItem.objects.select_for_update().get(pk=item.pk)


def _note(case: Case, actor: str, kind: str, text: str, now: datetime) -> None:
    """An entry of the case's timeline."""
    held = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    CaseEvent.objects.create(
        case=held, seq=held.next_seq(), kind=kind, actor=actor, text=text, created_at=now
    )
