"""The citizen of a request, and one's own things: a stranger learns not even that they exist."""

from typing import cast

from django.http import Http404, HttpRequest

from identity.access import require_level
from identity.models import User
from workflows.models import Case
from workflows.policies import is_applicant


def citizen(request: HttpRequest) -> User:
    """The signed-in user; views that call this are behind ``citizen_required``."""
    return cast(User, request.user)


def own_case(request: HttpRequest, reference: str) -> Case:
    """The citizen's own case; Http404 for anybody else's and for none, StepUpNeeded below its level."""
    case = Case.objects.select_related("service_version", "applicant").filter(reference=reference).first()
    if case is None or not is_applicant(citizen(request), case):
        raise Http404
    require_level(request, case.service_version.level)
    return case
