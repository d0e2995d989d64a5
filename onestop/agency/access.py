"""Who may enter the staff's rooms: signed in, surely enough, and with a role."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from adapters.models import WorkbenchItem
from identity.access import citizen_required
from identity.models import User
from identity.policies import is_administrator, is_integrator, is_staff, is_steward, roles, staffed_units

StaffView = Callable[..., HttpResponse]


def staff_required(view: StaffView) -> StaffView:
    """Decorate a view of the staff's rooms; others get 403."""

    @wraps(view)
    @citizen_required()
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_staff(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def member(request: HttpRequest) -> User:
    """The member of staff of a request behind ``staff_required``."""
    return cast(User, request.user)


def units(user: User) -> set[str]:
    """The units whose cases this person decides."""
    return {unit for role, unit in roles(user) if role == "caseworker"}


def items(user: User) -> QuerySet[WorkbenchItem]:
    """What units of this person were told.

    For those who connect agencies, also what courts decided about agencies without caseworkers here.
    """
    mine = Q(connection__in=units(user))
    if is_steward(user):
        mine |= Q(operation=WorkbenchItem.COURT_DECISION) & ~Q(connection__in=staffed_units())
    return WorkbenchItem.objects.filter(mine)


def readable_connections(user: User) -> set[str] | None:
    """The connections whose exchanges this person may read; None for all."""
    return None if is_integrator(user) or is_administrator(user) else units(user)
