"""Who may change what the portal is made of: administrators, who have just proved it at the level high."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from identity import levels
from identity.access import citizen_required, require_level
from identity.models import User
from identity.policies import is_administrator

ManageView = Callable[..., HttpResponse]


def administrator_required(view: ManageView) -> ManageView:
    """Decorate a view: others get 403, and an administrator whose session is not high steps up."""

    @wraps(view)
    @citizen_required()
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_administrator(request.user):
            raise PermissionDenied
        require_level(request, levels.HIGH)
        return view(request, *args, **kwargs)

    return guarded


def administrator(request: HttpRequest) -> User:
    """The administrator of a request behind ``administrator_required``."""
    return cast(User, request.user)
