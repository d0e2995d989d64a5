"""Who sees which client: those who keep the agency's, and nobody else learns that it exists."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from identity.models import AgencyClient, User
from identity.policies import client_agencies
from onestop.agency.access import member, staff_required


def keeper_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view of clients; members of staff who keep none get 403."""

    @wraps(view)
    @staff_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if client_agencies(member(request)) == set():
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def found(user: User, public_id: uuid.UUID) -> AgencyClient:
    """A client of an agency whose clients this person keeps; raises Http404."""
    rows = AgencyClient.objects.of_agencies(client_agencies(user))
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row
