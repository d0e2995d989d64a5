"""A case that a step of another case begins."""

import uuid
from datetime import datetime

from identity.models import User
from workflows.models import Case, Request, ServiceVersion
from workflows.services.people import known_person
from workflows.services.submission import open_case

NAMES = uuid.UUID("0d5cb1a6-6d3f-5c7e-8b5e-2f6f0f2f9a11")  # of this module's ids: one case a step


def begin(request: Request, *, now: datetime) -> Case:
    """Begin the case that a request asks for, in the caller's transaction; the same request, the same case.

    Raises ServiceVersion.DoesNotExist, and NobodyKnown for an applicant without a personal number.
    """
    parent, asked = request.case, request.value
    version = ServiceVersion.objects.current(asked["service"])
    who = asked.get("applicant")
    applicant: User = known_person(who) if who else parent.applicant
    return open_case(
        version=version,
        answers=asked["answers"],
        once=uuid.uuid5(NAMES, f"{parent.correlation_id}:{request.token}"),
        applicant=applicant,
        actor=applicant,
        now=now,
        more={**asked["data"], "parent": {"reference": parent.reference}},
        begun_by="case",
    )
