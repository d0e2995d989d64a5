"""Telling clients that a sign-in session has ended (OpenID Connect Back-Channel Logout 1.0).

The session and its tokens are dead before anybody is told. Each client that was given a token in the session
and registered an address gets a signed logout token; a client that does not answer is named in the log, and
its own session ends when it next asks or runs out.
"""

import logging
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import requests
from django.conf import settings
from django.db import transaction

from identity import reaching
from identity.models import Application, IDToken, Session
from identity.provider import keys, subjects

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFETIME = 120  # seconds
TIMEOUTS = (2.0, 5.0)
log = logging.getLogger(__name__)
_tellers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="back-channel")


def tell_clients(session: Session) -> None:
    """Tell every client of a session, once the transaction that ended it is committed, without waiting."""
    told = IDToken.objects.filter(session=session).values("application")
    for client in Application.objects.filter(pk__in=told, is_active=True).exclude(backchannel_logout_uri=""):
        transaction.on_commit(partial(_submit, client, logout_token(client, session)))


def logout_token(client: Application, session: Session) -> str:
    """The signed token (section 2.4)."""
    now = int(time.time())
    claims = {
        "iss": settings.EID_URL,
        "aud": client.client_id,
        "sub": subjects.of(session.user, client),
        "sid": str(session.sid),
        "iat": now,
        "exp": now + LIFETIME,
        "jti": str(uuid.uuid4()),
        "events": {EVENT: {}},
    }
    return keys.sign(claims, client.algorithm or keys.DEFAULT, kind="logout+jwt")


def _submit(client: Application, token: str) -> None:
    _tellers.submit(_tell, client.client_id, client.backchannel_logout_uri, token)


def _tell(client_id: str, uri: str, token: str) -> None:
    try:
        with reaching.session() as session:
            answer = session.post(uri, data={"logout_token": token}, timeout=TIMEOUTS, allow_redirects=False)
    except requests.RequestException as error:
        log.warning("client %s was not told that a session ended: %s", client_id, type(error).__name__)
        return
    if answer.status_code not in {200, 204}:
        log.warning("client %s did not take the end of a session: %s", client_id, answer.status_code)
