"""Who may open a page: signed in, and surely enough. Asked by decorators on views."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from identity import levels

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def session_level(request: HttpRequest) -> str:
    """Return the level of assurance of this session, or "" if nobody is signed in."""
    return str(request.session.get("acr", "")) if request.user.is_authenticated else ""


def citizen_required(level: str = levels.SUBSTANTIAL) -> Callable[[View], View]:
    """Decorate a view: a session below ``level`` is sent to the e-ID and comes back to the same page.

    Use it with parentheses: ``@citizen_required()`` or ``@citizen_required(levels.HIGH)``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if levels.reaches(session_level(request), level):
                return view(request, *args, **kwargs)
            return to_sign_in(request, level)

        return guarded  # type: ignore[return-value]

    return decorate


def to_sign_in(request: HttpRequest, level: str = levels.SUBSTANTIAL) -> HttpResponse:
    """Send the browser to sign in and back. htmx follows a redirect inside a fragment, so it is told to

    leave the whole page instead, and comes back to the page the fragment is part of.
    """
    is_fragment = request.headers.get("HX-Request") == "true"
    target = request.get_full_path()
    if is_fragment:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        target = f"{page.path}?{page.query}" if page.query else page.path or "/"
    asked = {"next": target, "level": levels.name(level)}
    address = f"{reverse('identity:sign-in')}?{urlencode(asked)}"
    if is_fragment:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
