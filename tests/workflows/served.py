"""Cases of small services made for a test: published, begun for a person, run until nothing is due."""

import uuid
from typing import Any

from django.utils import timezone

from identity.models import User
from tests.workflows.world import Clock, run_due
from workflows.models import Case, ServiceVersion
from workflows.publishing import publish
from workflows.services.submission import open_case

JSON = dict[str, Any]
LEVEL = "http://eidas.europa.eu/LoA/substantial"


def document(*steps: JSON, service: str = "trial", version: int = 1, **more: Any) -> JSON:
    """A whole definition of these steps."""
    begins = {} if "begins" in more else {"begins": "service"}
    facts: JSON = {
        "service": service,
        "version": version,
        "title": "Trial",
        "level": LEVEL,
        "legalBasis": "Act, s. 1",
    }
    return {**facts, **begins, **more, "steps": list(steps)}


def published(found: JSON) -> ServiceVersion:
    """Publish a definition, at the real time: it is part of what made-ready definitions are known by."""
    return publish(found, now=timezone.now())


def opened(found: JSON, applicant: User, clock: Clock, answers: JSON | None = None) -> Case:
    """Publish a definition and begin a case of it."""
    version = published(found)
    case = open_case(
        version=version,
        answers=answers or {},
        once=uuid.uuid4(),
        applicant=applicant,
        actor=applicant,
        now=clock(),
        begun_by="test",
    )
    run_due(clock)
    return Case.objects.get(pk=case.pk)


def seen(case: Case) -> JSON:
    """What the case's steps see now."""
    state: JSON = Case.objects.get(pk=case.pk).state
    data: JSON = state["data"]
    return data
