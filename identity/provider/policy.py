"""What an authorization request asks of the sign-in, and whether a session meets it: the one policy."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.http import QueryDict

from identity import levels
from identity.models import Session

PROMPTS = {"none", "login", "consent", "select_account"}


class BadWish(Exception):
    """The request asks for what is not understood or not offered. Final; the client is told ``error``."""

    def __init__(self, why: str, error: str = "invalid_request") -> None:
        super().__init__(why)
        self.error = error


class Verdict(Enum):
    """What must happen next; the value is the error when nobody may be asked (prompt=none)."""

    ISSUE = ""
    SIGN_IN = "login_required"
    STEP_UP = "unmet_authentication_requirements"
    CONSENT = "consent_required"


@dataclass(frozen=True)
class Wish:
    """The part of an authorization request that concerns how a person signs in."""

    prompt: frozenset[str]
    max_age: int | None
    acr: str | None
    digest: str

    @property
    def silent(self) -> bool:
        """Whether the client forbids asking the person anything."""
        return "none" in self.prompt


def read(query: QueryDict) -> Wish:
    """Return the wish of an authorization request; raises :class:`BadWish`."""
    for name in ("request", "registration"):  # OpenID Connect Core 3.1.2.6: not offered, and said so
        if name in query:
            raise BadWish(f"{name} is not supported", f"{name}_not_supported")
    prompt = frozenset(query.get("prompt", "").split())
    if not prompt <= PROMPTS or ("none" in prompt and len(prompt) > 1):
        raise BadWish("prompt is not understood")
    max_age = query.get("max_age")
    if max_age is not None and not (max_age.isascii() and max_age.isdigit() and len(max_age) < 10):
        raise BadWish("max_age is not a number of seconds")
    requested = query.get("acr_values", "").split()
    acr = levels.least_acceptable(requested)
    if requested and acr is None:
        raise BadWish("acr_values names no level we know")
    seal = hashlib.sha256(query.urlencode().encode()).hexdigest()
    return Wish(prompt, int(max_age) if max_age is not None else None, acr, seal)


def judge(wish: Wish, session: Session | None, *, answered: str, consented: bool, now: datetime) -> Verdict:
    """Return what must happen next.

    ``answered`` is the digest of the request a person has just signed in for, which meets `prompt=login`
    once (A27); ``consented`` says that the client needs no consent or has it.
    """
    if session is None or not session.user.is_active:
        return Verdict.SIGN_IN
    if answered != wish.digest:
        if wish.prompt & {"login", "select_account"}:
            return Verdict.SIGN_IN
        age = (now - session.authenticated_at).total_seconds()
        if wish.max_age is not None and age > wish.max_age:
            return Verdict.SIGN_IN
    if wish.acr is not None and not levels.reaches(session.acr, wish.acr):
        return Verdict.STEP_UP
    return Verdict.ISSUE if consented else Verdict.CONSENT
