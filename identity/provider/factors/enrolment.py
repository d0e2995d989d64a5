"""Adding and removing what one signs in with. Each factor remembers how surely its holder was signed in."""

import base64
import logging
from datetime import datetime

from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from identity.models import AuthenticatorApp, Passkey, Session
from identity.provider import sessions
from identity.provider.factors import app
from identity.record import deeds
from onestop.lib.sealing import SealBroken, seal, unseal

_SECRET = "new_app_secret"  # noqa: S105 - a session key
_LABEL = "new authenticator app"
log = logging.getLogger(__name__)


class WrongCode(Exception):
    """The code is not that of the new app. Trying again may work."""


def set_password(request: HttpRequest, session: Session, password: str) -> None:
    """Set the password of this session's person and end their sessions in other browsers."""
    user = session.user
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        for other in Session.objects.filter(user=user, ended_at=None).exclude(pk=session.pk):
            sessions.end(other)
        deeds.factor_changed(user, "password", timezone.now())
    update_session_auth_hash(request, user)
    log.info("password of %s set", user.subject)


def secret_of(session: SessionBase, *, is_new: bool) -> bytes:
    """Return the key of the app being added, sealed in the session between its page and its code."""
    kept = session.get(_SECRET)
    if kept and not is_new:
        try:
            return unseal(base64.b64decode(kept), label=_LABEL)
        except SealBroken:
            pass
    secret = app.new_secret()
    session[_SECRET] = base64.b64encode(seal(secret, label=_LABEL)).decode()
    return secret


def forget_secret(session: SessionBase) -> None:
    """The app is added: its key is where it belongs."""
    session.pop(_SECRET, None)


def add_app(session: Session, secret: bytes, *, name: str, code: str, now: datetime) -> AuthenticatorApp:
    """Add an app that shows by a code that it has the key; raises :class:`WrongCode`."""
    step = app.step_of(secret, code, now)
    if step is None:
        raise WrongCode
    row = AuthenticatorApp(user=session.user, name=name, bound_level=session.acr, last_step=step)
    row.secret = secret
    with transaction.atomic():
        row.save()
        deeds.factor_changed(session.user, "app-added", now, name)
    log.info("authenticator app of %s added", session.user.subject)
    return row


def remove(factor: AuthenticatorApp | Passkey) -> None:
    """Remove a factor; recovery codes stand for an app and go with the last one."""
    user, kind = factor.user, "app" if isinstance(factor, AuthenticatorApp) else "passkey"
    with transaction.atomic():
        factor.delete()
        if not user.authenticatorapps.exists():
            user.recovery_codes.all().delete()
        deeds.factor_changed(user, f"{kind}-removed", timezone.now(), factor.name)
    log.info("%s of %s removed", type(factor).__name__, user.subject)
