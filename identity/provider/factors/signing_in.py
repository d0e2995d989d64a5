"""Signing in with what one knows and has: a password, then a code of the app or a recovery code.

Whoever is unknown costs as much time as somebody known (A137), and hears the same words.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.contrib.sessions.backends.base import SessionBase

from identity import levels
from identity.models import SignInAttempt, User
from identity.provider.factors import app, recovery, throttle
from onestop.lib import personal_number

_HALF = "half_signed_in"
_HALF_SECONDS = 600
_LONGEST = 254


class Wrong(Exception):
    """The name, the password or the code is not right; which of them is not said. Trying again may work."""


@dataclass(frozen=True)
class Proven:
    """Who proved themselves, how surely, and by what (`amr` of RFC 8176, space separated)."""

    user: User
    level: str
    amr: str


def by_password(
    session: SessionBase, *, name: str, password: str, address: str, now: datetime
) -> Proven | None:
    """Check a password; None when a code must follow, else the level low that a password alone gives.

    Raises :class:`Wrong` and :class:`throttle.Blocked`.
    """
    known = _normal(name)
    attempt = throttle.claim(known, address, now)
    user = _find(known)
    if not check_password(password, user.password if user else UNUSABLE_PASSWORD_PREFIX) or user is None:
        raise Wrong
    if user.authenticatorapps.exists():
        session[_HALF] = {"user": user.pk, "name": known, "at": time.time()}
        return None
    throttle.succeeded(attempt)
    return Proven(user, levels.LOW, "pwd")


def by_code(session: SessionBase, *, code: str, address: str, now: datetime) -> Proven:
    """Check the code that follows a password; raises Wrong, Blocked, or :class:`NoPassword`."""
    half = waiting(session)
    if half is None:
        raise NoPassword
    user, known = half
    attempt: SignInAttempt = throttle.claim(known, address, now)
    bound = _bound(user, code, now)
    if bound is None:
        raise Wrong
    del session[_HALF]
    throttle.succeeded(attempt)
    return Proven(user, levels.lowest(bound, levels.SUBSTANTIAL), "pwd otp mfa")


class NoPassword(Exception):
    """No password was given in this browser, or too long ago. The person begins again."""


def waiting(session: SessionBase) -> tuple[User, str] | None:
    """Return whose code is waited for, and the name they typed; None where no password was given lately."""
    half = session.get(_HALF)
    if half is None or time.time() - half["at"] > _HALF_SECONDS:
        return None
    user = User.objects.filter(pk=half["user"], is_active=True).first()
    return (user, str(half["name"])) if user else None


def _bound(user: User, code: str, now: datetime) -> str | None:
    """The level the code's factor was added at, or None for a wrong code."""
    if recovery.looks_like_one(code):
        row = recovery.take(user, code, now)
        return row.bound_level if row else None
    return next((one.bound_level for one in user.authenticatorapps.all() if app.take(one, code, now)), None)


def _normal(name: str) -> str:
    """A personal number without its blanks and hyphens, or an e-mail address in small letters."""
    try:
        return personal_number.parse(name).text
    except personal_number.PersonalNumberError:
        return name.strip().lower()[:_LONGEST]


def _find(name: str) -> User | None:
    """The person with an account here: by personal number, or by an e-mail address that is theirs alone."""
    accounts = User.objects.filter(is_active=True, eid_account__isnull=False)
    found = User.objects.by_identifier(name)
    if found is not None:
        return accounts.filter(pk=found.pk).first()
    by_email = list(User.objects.with_email(name).filter(pk__in=accounts)[:2]) if "@" in name else []
    return by_email[0] if len(by_email) == 1 else None
