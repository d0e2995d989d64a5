"""Sign-in sessions at the e-ID: starting, recognising and ending them."""

from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from identity import levels
from identity.models import AccessToken, EIDAccount, RefreshToken, Session, User
from identity.provider import back_channel

_SID = "sid"


class LevelRefused(Exception):
    """The account was not proofed up to the level asked for. Final for this account."""


def current(request: HttpRequest) -> Session | None:
    """Return the living session of this browser, with its person, or None."""
    if not isinstance(request.user, User) or _SID not in request.session:
        return None
    return (
        Session.objects.select_related("user")
        .filter(sid=request.session[_SID], user=request.user, ended_at=None)
        .first()
    )


def start(request: HttpRequest, account: EIDAccount, level: str, *, amr: str) -> Session:
    """Sign the holder of an account in at ``level``, proven by ``amr``; the browser gets a new session id.

    Raises :class:`LevelRefused` for a level above the account's.
    """
    if not levels.reaches(account.highest_level, level):
        raise LevelRefused(level)
    before = current(request)
    if before is not None:  # the same person, more surely: clients keep their sessions and step up
        end(before, tell=before.user != account.user)
    login(request, account.user)
    session = Session.objects.create(user=account.user, acr=level, amr=amr)
    request.session[_SID] = str(session.sid)
    return session


@transaction.atomic
def end(session: Session, *, tell: bool = True) -> None:
    """End one session and the tokens made in it; other devices of the person stay signed in (A22)."""
    if Session.objects.filter(pk=session.pk, ended_at=None).update(ended_at=timezone.now()):
        RefreshToken.objects.filter(session=session).delete()
        AccessToken.objects.filter(session=session).delete()
        if tell:
            back_channel.tell_clients(session)


def sign_out(request: HttpRequest) -> None:
    """End this browser's session, if it has one, and forget it."""
    session = current(request)
    if session is not None:
        end(session)
    logout(request)
