"""The citizen of a request, and one's own things: a stranger learns not even that they exist."""

from typing import cast

from django.http import Http404, HttpRequest

from identity.access import require_level
from identity.mandates.acting import acting
from identity.models import Mandate, User
from workflows.models import Case
from workflows.policies import acts_as_applicant


def citizen(request: HttpRequest) -> User:
    """The signed-in user; views that call this are behind ``citizen_required``."""
    return cast(User, request.user)


def principal(request: HttpRequest) -> User:
    """Whose matter it is: the citizen's, or that of the person they act for."""
    found = acting(request)
    return found.principal if found is not None else citizen(request)


def mandate_of(request: HttpRequest) -> Mandate | None:
    """The mandate under which this request acts, None for oneself."""
    found = acting(request)
    return found.mandate if found is not None else None


def own_case(request: HttpRequest, reference: str) -> Case:
    """A case of the citizen's, or of one they act for.

    Raises Http404 for anybody else's and for none, StepUpNeeded below its level.
    """
    case = Case.objects.select_related("service_version", "applicant").filter(reference=reference).first()
    if case is None or not acts_as_applicant(citizen(request), case):
        raise Http404
    require_level(request, case.service_version.level)
    return case
