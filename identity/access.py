"""Who may open a page: signed in, and surely enough. Asked by decorators on views."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from identity import levels, typed

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def session_level(request: HttpRequest) -> str:
    """Return the level of assurance of this session, or "" if nobody is signed in.

    High lasts ``ONESTOP_STEP_UP_SECONDS`` from when the person proved it, then it is substantial (A80).
    """
    if not request.user.is_authenticated:
        return ""
    level = str(request.session.get("acr", ""))
    proven_at = request.session.get("acr_at")
    fresh = isinstance(proven_at, int | float) and time.time() - proven_at <= settings.STEP_UP_SECONDS
    return levels.SUBSTANTIAL if level == levels.HIGH and not fresh else level


class StepUpNeeded(Exception):
    """What was asked for needs a surer session. Raised where it is found, answered by the middleware."""

    def __init__(self, level: str) -> None:
        super().__init__(level)
        self.level = level


def require_level(request: HttpRequest, level: str) -> None:
    """Raise :class:`StepUpNeeded` for a session below ``level``."""
    if not levels.reaches(session_level(request), level):
        raise StepUpNeeded(level)


class StepUp:
    """Middleware: sends a session that is not sure enough to step up, and back to the same page (A101)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as usual."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Turn the exception into the way to the e-ID."""
        return to_sign_in(request, exception.level) if isinstance(exception, StepUpNeeded) else None


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
    """Send the browser to sign in and back.

    htmx follows a redirect inside a fragment, so it is told to leave the whole page instead, and comes back
    to the page the fragment is part of. A program is told by a challenge (RFC 9470). What a form carried is
    kept for the page it came from.
    """
    if _is_program(request):
        return _challenge(request, level)
    is_fragment = request.headers.get("HX-Request") == "true"
    target = request.get_full_path()
    if is_fragment:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        target = f"{page.path}?{page.query}" if page.query else page.path or "/"
    asked = {"next": target, "level": levels.name(level)}
    address = f"{reverse('identity:sign-in')}?{urlencode(asked)}"
    if is_fragment:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    typed.keep(request)
    return HttpResponseRedirect(address)


def _is_program(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return "json" in accepted and "html" not in accepted


def _challenge(request: HttpRequest, level: str) -> HttpResponse:
    """RFC 9470 section 3: which level would do; a person who is not signed in at all is told just that."""
    error = "insufficient_user_authentication" if request.user.is_authenticated else "invalid_token"
    said = f'Bearer error="{error}", acr_values="{level}"'
    return JsonResponse({"error": error, "acr_values": level}, status=401, headers={"WWW-Authenticate": said})
