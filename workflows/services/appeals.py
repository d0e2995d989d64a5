"""Appealing a refusal: a case of its own, about the one that was refused."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from identity.models import User
from workflows.answers import Asked, clean_page, place
from workflows.dispatch.moving import locked
from workflows.local_time import local_day
from workflows.models import Case, ServiceVersion
from workflows.policies import acts_as_applicant, can_appeal
from workflows.services.errors import NotAllowed, NotPossible
from workflows.services.submission import open_case

JSON = dict[str, Any]
NAMES = uuid.UUID("5b0f2e57-1f4b-5a0e-9c7f-6d3e1b9a4c20")  # of this module's ids: one appeal a case


@transaction.atomic
def appeal(*, case: Case, actor: User, answers: JSON, now: datetime) -> Case:
    """Begin the appeal that the case's service names; answering twice returns the same case.

    Raises NotAllowed, AnswersInvalid, and NotPossible("too-late") where it cannot be appealed (any more).
    """
    refused = locked(case.pk)
    if not acts_as_applicant(actor, refused):
        raise NotAllowed(f"case {case.reference}")
    once = uuid.uuid5(NAMES, str(refused.correlation_id))
    known = Case.objects.filter(draft_id=once).first()
    if known is not None:
        return known
    if not can_appeal(actor, refused, now):
        raise NotPossible("too-late")
    version = ServiceVersion.objects.current(refused.service_version.document["appeal"]["service"])
    given: JSON = {}
    for page in version.document["pages"]:
        given = place(given, page, clean_page(page, answers, Asked(local_day(now))))
    more = {"about": evidence(refused)}
    return open_case(
        version=version,
        answers=given,
        once=once,
        applicant=refused.applicant,
        actor=actor,
        now=now,
        about=refused,
        more=more,
    )


def evidence(case: Case) -> JSON:
    """What the court needs to know of the refused case: what was asked for, and what was decided and why."""
    data = case.state.get("data", {})
    decided = case.completed_at.isoformat() if case.completed_at else ""
    return {
        "reference": case.reference,
        "service": case.service_version.title,
        "submittedAt": case.submitted_at.isoformat(),
        "decidedAt": decided,
        "decision": data.get("decision", {}),
        "answers": case.answers,
    }
