"""Which further questions wait for a person, as pages and lists show them."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext as from_data  # a text that is data, not for collecting

from identity.models import Mandate, User
from workflows.models import Case, Request
from workflows.texts import filled, in_language

MOST = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """Questions that wait: a heading, until when, and where they are answered."""

    title: str
    due_at: datetime | None
    address: str


def waiting(user: User, mandate: Mandate | None = None) -> list[Turn]:
    """What a person is asked in cases and has not answered, the newest first."""
    found = Request.objects.for_person(user).waiting()
    if mandate is not None and mandate.services:
        found = found.filter(case__service_version__service__in=mandate.services)
    return [turn(request) for request in found[:MOST]]


def waiting_in(case: Case, person: User) -> list[Turn]:
    """The same, of one case."""
    return [turn(request) for request in Request.objects.for_person(person).waiting().filter(case=case)]


def turn(request: Request) -> Turn:
    """One request in words."""
    return Turn(heading(request), request.due_at, reverse("portal:questions", args=[request.public_id]))


def heading(request: Request) -> str:
    """What the definition says to the person, or that something is asked and by which service."""
    texts = request.value.get("texts")
    if texts:
        said = in_language(texts, get_language() or "en")
        return filled(said["title"], request.value.get("data", {}))
    service = from_data(request.case.service_version.title)
    return _("We need to know more from you: %(service)s") % {"service": service}
