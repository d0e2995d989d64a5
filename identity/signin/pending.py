"""Sign-ins begun in a browser and not answered yet, kept in its session; each is answered once."""

import time
from dataclasses import asdict, dataclass

from django.contrib.sessions.backends.base import SessionBase

from identity.signin.errors import AnswerRefused

PENDING = "pending_sign_ins"
SIGN_IN, LINK, TRIAL = "sign-in", "link", "trial"  # what a sign-in is for
_AT_ONCE = 5  # tabs of one browser that may be signing in at the same time
_LIFETIME = 900  # seconds a person may take at the e-ID


@dataclass(frozen=True)
class Pending:
    """A sign-in begun in this browser. In SAML the nonce is the request's ID, and nothing is verified."""

    provider: str
    nonce: str
    verifier: str
    level: str
    next: str
    begun_at: float
    purpose: str = SIGN_IN
    max_age: int | None = None
    afresh: bool = False

    def keep(self, session: SessionBase, state: str) -> None:
        """Note it in the browser's session under ``state``; the oldest of many is forgotten."""
        others = list(session.get(PENDING, {}).items())[-(_AT_ONCE - 1) :]
        session[PENDING] = dict([*others, (state, asdict(self))])


def peek(session: SessionBase, state: str) -> Pending:
    """Return what was begun under ``state``; AnswerRefused where nothing was, or long ago."""
    kept = session.get(PENDING, {}).get(state)
    if kept is None:
        raise AnswerRefused("state")
    pending = Pending(**kept)
    if time.time() - pending.begun_at > _LIFETIME:
        raise AnswerRefused("late")
    return pending


def take(session: SessionBase, state: str) -> Pending:
    """Return what was begun under ``state`` and forget it; raises as :func:`peek`."""
    try:
        return peek(session, state)
    finally:
        waiting = session.get(PENDING, {})
        if waiting.pop(state, None) is not None:
            session[PENDING] = waiting
