"""When the session of a request ends if nothing is done, and whether doing something moves that moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from identity.browser_sessions import stored_key
from identity.sign_ins import SINCE

WARN_SECONDS = 120  # before the end; WCAG 2.2 asks for 20 at least (2.2.1)


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a session: when, and whether another request would put it off."""

    at: datetime
    can_extend: bool
    seconds: int
    warn_seconds: int


def ending(request: HttpRequest, now: datetime) -> Ending | None:
    """Return the end as it is after this request, or None where nobody is signed in."""
    since = request.session.get(SINCE)
    if not request.user.is_authenticated or not since:
        return None
    idle = (
        _stored(request) if is_background(request) else now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    )
    last = datetime.fromisoformat(since) + timedelta(seconds=settings.SESSION_LONGEST_SECONDS)
    seconds = max(0, int((min(idle, last) - now).total_seconds()))
    return Ending(min(idle, last), idle < last, seconds, min(WARN_SECONDS, settings.SESSION_COOKIE_AGE // 3))


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``session_end`` for the foot of every page and the dialog."""
    is_known = hasattr(request, "session") and hasattr(request, "user")  # not where a middleware failed
    return {"session_end": ending(request, timezone.now()) if is_known else None}


def is_background(request: HttpRequest) -> bool:
    """Whether a page asks by itself, without its person: that keeps no session alive (A79)."""
    return request.headers.get("X-Background") == "1"


def _stored(request: HttpRequest) -> datetime:
    key = stored_key(request.session.session_key or "")
    row = Session.objects.filter(session_key=key).only("expire_date").first()
    return row.expire_date if row else timezone.now()


class IdleSessions(SessionMiddleware):
    """Django's sessions, put off by every request but those that a page makes by itself."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save and put off, unless it was a page that asked and nothing changed."""
        if is_background(request) and not request.session.modified:
            return response
        return super().process_response(request, response)


@never_cache
@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Say until when one stays signed in; opening this page puts the end off, for every tab."""
    found = ending(request, timezone.now())
    if request.headers.get("Accept") == "application/json":
        if found is None:
            return JsonResponse({"error": "signed-out"}, status=401)
        return JsonResponse(
            {"seconds": found.seconds, "can_extend": found.can_extend, "at": found.at.isoformat()}
        )
    return render(request, "identity/session.html", {"found": found})
