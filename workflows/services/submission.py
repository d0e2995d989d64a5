"""Submitting a draft: one transaction, whatever agency is down, and a signed receipt at once."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from identity.models import User
from workflows import receipts
from workflows.applicant import person_of
from workflows.dispatch.claiming import INTERNAL_LANE
from workflows.dispatch.queue import insert
from workflows.models import Case, CaseEvent, Draft, Job, ServiceVersion, Upload
from workflows.policies import may_apply_for
from workflows.references import new_reference
from workflows.services.consents import insist_known, keep
from workflows.services.errors import DraftIncomplete, NotAllowed


@transaction.atomic
def submit_case(*, draft: Draft, actor: User, now: datetime, consents: Iterable[str] = ()) -> Case:
    """Turn a draft into a case; submitting the same draft again returns the same case.

    The actor is the applicant, or holds a mandate for the service: the case then names both. ``consents`` are
    the steps that may be told although no law says so. Raises NotAllowed, DraftIncomplete and
    NotPossible("no-such-consent").
    """
    if not may_apply_for(actor, draft.applicant, draft.service_version.service):
        raise NotAllowed(f"draft {draft.public_id}")
    current = Draft.objects.select_for_update(of=("self",)).filter(public_id=draft.public_id).first()
    if current is None:  # submitted a moment ago, by the other of two clicks
        return Case.objects.get(draft_id=draft.public_id, applicant=draft.applicant)
    document = current.service_version.document
    missing = [page["id"] for page in document["pages"] if page["id"] not in current.pages_done]
    if missing:
        raise DraftIncomplete(missing)
    agreed = insist_known(current.service_version, consents)
    case = open_case(
        version=current.service_version,
        answers=current.answers,
        once=current.public_id,
        applicant=current.applicant,
        actor=actor,
        now=now,
        more={"consents": dict.fromkeys(agreed, "given")} if agreed else None,
    )
    keep(case=case, steps=agreed, actor=actor, now=now)
    Upload.objects.of_draft(current.public_id).update(case=case)
    current.delete()
    return case


def open_case(
    *,
    version: ServiceVersion,
    answers: dict[str, Any],
    once: uuid.UUID,
    applicant: User,
    actor: User,
    now: datetime,
    about: Case | None = None,
    more: dict[str, Any] | None = None,
    begun_by: str = "",
) -> Case:
    """Make the case with its receipt and first job, in the caller's transaction.

    ``once`` is what it came from, of which there is one case; ``more`` is what its steps can see besides;
    ``begun_by`` says what began it where nobody applied.
    """
    case = Case(
        reference=_free_reference(version.service),
        service_version=version,
        applicant=applicant,
        submitted_by=None if actor.pk == applicant.pk else actor,
        about=about,
        correlation_id=uuid.uuid4(),
        draft_id=once,
        answers=answers,
        state={"data": {**_data(answers, applicant), **(more or {})}},
        submitted_at=now,
    )
    case.receipt = receipts.issue(case)
    case.save(force_insert=True)
    _first_entry(case, actor, begun_by)
    insert(
        [
            Job(
                case=case,
                kind=Job.Kind.START,
                lane=INTERNAL_LANE,
                dedupe=f"{case.reference}:start",
                run_at=now,
                created_at=now,
            )
        ]
    )
    return case


def _first_entry(case: Case, actor: User, begun_by: str) -> None:
    is_own = actor.pk == case.applicant_id
    who, text, data = "applicant", "You submitted the application", {}
    if begun_by:
        who, text = begun_by, "The case began without an application"
    elif not is_own:
        who, text = f"representative:{actor.subject}", "Your representative submitted the application"
        data = {"representative": actor.get_full_name()}
    kind = "begun" if begun_by else "submitted"
    CaseEvent.objects.create(
        case=case, seq=1, kind=kind, actor=who, text=text, data=data, created_at=case.submitted_at
    )


def _data(answers: dict[str, Any], citizen: User) -> dict[str, Any]:
    """What the steps of the case can see: the applicant with the contact given, the answers, the portal."""
    applicant = person_of(citizen)
    contact = answers.get("contact")
    if contact:
        applicant["contactPoint"] = contact
    agencies = f"{settings.PORTAL_URL}/api/v1/agencies"
    return {"applicant": applicant, "answers": answers, "portal": {"agencies": agencies}}


def _free_reference(service: str) -> str:
    while True:
        reference = new_reference(service)
        if not Case.objects.filter(reference=reference).exists():
            return reference
