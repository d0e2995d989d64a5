"""Sign-ins of a person at the portal: noted, listed, ended one by one, and cut off at an absolute limit."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from identity.browser_sessions import stored_key
from identity.models import SignIn, User

SINCE, SIGN_IN = "signed_in_at", "sign_in"
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux|X11", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A sign-in as its person sees it. ``seen_at`` is when it was last used."""

    sign_in: SignIn
    seen_at: datetime
    is_this: bool


def note(request: HttpRequest, user: User, *, issuer: str, claims: dict[str, Any], now: datetime) -> SignIn:
    """Note a sign-in just made; the session has its new key, and an older sign-in here has ended."""
    before = request.session.get(SIGN_IN)
    if before:
        SignIn.objects.living().filter(public_id=before).update(ended_at=now)
    agent = request.headers.get("User-Agent", "")
    if not request.session.session_key:
        request.session.save()
    sign_in: SignIn = SignIn.objects.create(
        user=user,
        issuer=issuer,
        subject=claims["sub"],
        sid=_text(claims.get("sid")),
        name_id=_text(claims.get("NameID")),
        session_key=stored_key(request.session.session_key or ""),
        acr=claims["acr"],
        browser=_first(_BROWSERS, agent),
        system=_first(_SYSTEMS, agent),
        started_at=now,
    )
    request.session[SINCE], request.session[SIGN_IN] = now.isoformat(), str(sign_in.public_id)
    return sign_in


def listed(user: User, request: HttpRequest, now: datetime) -> list[Listed]:
    """The person's sign-ins that still open something, this browser's own first."""
    rows = {row.session_key: row for row in SignIn.objects.of(user).living()}
    alive = Session.objects.filter(session_key__in=rows, expire_date__gt=now)
    idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    own = request.session.get(SIGN_IN)
    found = [
        Listed(row, max(session.expire_date - idle, row.started_at), str(row.public_id) == own)
        for session in alive
        if not _is_over((row := rows[session.session_key]).started_at, now)
    ]
    return sorted(found, key=lambda one: (not one.is_this, -one.seen_at.timestamp()))


def end(sign_ins: "list[SignIn]", now: datetime) -> int:
    """End sign-ins and the browser sessions behind them, at once; return how many were living."""
    keys = [row.session_key for row in sign_ins]
    ended = SignIn.objects.living().filter(pk__in=[row.pk for row in sign_ins])
    count = ended.update(ended_at=now, is_revoked=True)
    Session.objects.filter(session_key__in=keys).delete()
    return count


def must_prove_again(issuer: str, claims: dict[str, Any]) -> bool:
    """Whether the e-ID's session was revoked here: a browser ended from elsewhere does not slip back in."""
    sid = _text(claims.get("sid"))
    return bool(sid) and SignIn.objects.filter(issuer=issuer, sid=sid, is_revoked=True).exists()


def end_this(request: HttpRequest, now: datetime) -> None:
    """Sign out this browser, and say so in the list."""
    own = request.session.get(SIGN_IN)
    if own:
        SignIn.objects.living().filter(public_id=own).update(ended_at=now)
    logout(request)


def forget_if_ended(request: HttpRequest) -> None:
    """Let go of this browser's session where its sign-in has ended meanwhile: it must not be saved again."""
    own = request.session.get(SIGN_IN)
    if own and not SignIn.objects.living().filter(public_id=own).exists():
        logout(request)


class AbsoluteLimit:
    """Middleware: however busy a session is kept, it ends after ``ONESTOP_SESSION_LONGEST_SECONDS`` (A79)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End what is over before the view sees it."""
        since = request.session.get(SINCE)
        if since and _is_over(datetime.fromisoformat(since), timezone.now()):
            end_this(request, timezone.now())
        return self.get_response(request)


def _is_over(since: datetime, now: datetime) -> bool:
    return now - since > timedelta(seconds=settings.SESSION_LONGEST_SECONDS)


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    """Which of the known names a User-Agent carries; it is shown to its own person and believed by nobody."""
    return next((name for pattern, name in known if re.search(pattern, agent)), "")


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 255 and "\x00" not in value else ""
