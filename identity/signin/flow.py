"""One sign-in from the redirect to the e-ID to the person: what is kept, asked and checked on the way."""

import base64
import hashlib
import re
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict
from django.urls import reverse

from identity.signin import claims, discovery, wire
from identity.signin.errors import AnswerRefused, ProviderRefused, ProviderSilent, SignInError, TokenForged
from identity.signin.providers import Provider, by_key

PENDING = "pending_sign_ins"
_AT_ONCE = 5  # tabs of one browser that may be signing in at the same time
_LIFETIME = 900  # seconds a person may take at the e-ID


@dataclass(frozen=True)
class Pending:
    """A sign-in begun in this browser; answered once, then forgotten."""

    provider: str
    nonce: str
    verifier: str
    level: str
    next: str
    begun_at: float


@dataclass(frozen=True)
class SignedIn:
    """A person the e-ID vouches for: checked ID token claims and the attributes that came with them."""

    provider: Provider
    claims: dict[str, Any]
    attributes: dict[str, Any]
    id_token: str
    next: str


def callback_url() -> str:
    """Return the address the e-ID answers to, as registered there."""
    return f"{settings.PORTAL_URL}{reverse('identity:callback')}"


def begin(session: SessionBase, provider: Provider, *, level: str, target: str, afresh: bool = False) -> str:
    """Note the sign-in in the browser's session; return the address at the e-ID to go to.

    ``afresh``: the e-ID must ask who it is, whatever session it has. Raises ProviderSilent.
    """
    endpoint = discovery.of(provider.issuer).discovery().authorization_endpoint
    state = secrets.token_urlsafe(24)
    pending = Pending(
        provider=provider.key,
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        level=level,
        next=target,
        begun_at=time.time(),
    )
    others = list(session.get(PENDING, {}).items())[-(_AT_ONCE - 1) :]
    session[PENDING] = dict([*others, (state, asdict(pending))])
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": callback_url(),
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": pending.nonce,
        "code_challenge": _challenge(pending.verifier),
        "code_challenge_method": "S256",
        "acr_values": level,
    }
    if afresh:
        asked["prompt"] = "login"
    return f"{endpoint}?{urlencode(asked)}"


def finish(session: SessionBase, answer: QueryDict) -> SignedIn:
    """Check the e-ID's answer and fetch the person; raises a :class:`SignInError`.

    The state is taken out of the session before anything else, so an answer works once (A68, A70).
    """
    pending = _take(session, answer.get("state", ""))
    try:
        return _checked(pending, by_key(pending.provider), answer)
    except SignInError as error:
        error.target = pending.next
        raise


def _checked(pending: Pending, provider: Provider, answer: QueryDict) -> SignedIn:
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise AnswerRefused("mix-up")  # RFC 9207, A69
    if "error" in answer:
        raise ProviderRefused(_word(answer.get("error")))
    if answer.get("iss") is None or not answer.get("code"):
        raise AnswerRefused("incomplete")
    tokens = _redeem(provider, answer.get("code", ""), pending.verifier)
    id_token = tokens["id_token"]
    expected = claims.Expected(
        issuer=provider.issuer,
        client_id=provider.client_id,
        nonce=pending.nonce,
        access_token=tokens["access_token"],
        level=pending.level,
        now=time.time(),
        algorithms=provider.algorithms,
    )
    keys = discovery.of(provider.issuer).keys(claims.key_id(id_token))
    checked = claims.check(id_token, keys, expected)
    attributes = _attributes(provider, tokens["access_token"], checked["sub"])
    return SignedIn(provider, checked, attributes, id_token, pending.next)


def end_session_url(provider: Provider, id_token: str) -> str | None:
    """Return where to send the browser to sign out at the e-ID too, or None if it offers no such thing."""
    endpoint = discovery.of(provider.issuer).discovery().end_session_endpoint
    if not endpoint:
        return None
    back = f"{settings.PORTAL_URL}{reverse('identity:signed-out')}"
    asked = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "client_id": provider.client_id}
    return f"{endpoint}?{urlencode(asked)}"


def _take(session: SessionBase, state: str) -> Pending:
    waiting = session.get(PENDING, {})
    kept = waiting.pop(state, None)
    session[PENDING] = waiting
    if kept is None:
        raise AnswerRefused("state")
    pending = Pending(**kept)
    if time.time() - pending.begun_at > _LIFETIME:
        raise AnswerRefused("late")
    return pending


def _word(error: object) -> str:
    """Return an OAuth error code; what is none could write lines of its own into our log."""
    return error if isinstance(error, str) and re.fullmatch("[a-z_]{1,60}", error) else "unknown_error"


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _redeem(provider: Provider, code: str, verifier: str) -> dict[str, str]:
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_url(),
        "code_verifier": verifier,
    }
    endpoint = discovery.of(provider.issuer).discovery().token_endpoint
    basic = (provider.client_id, provider.client_secret)
    status, answer = wire.call("POST", endpoint, data=asked, auth=basic)
    if status != 200:
        raise ProviderRefused(_word(answer.get("error")))
    tokens = {name: answer.get(name) for name in ("access_token", "id_token")}
    if not all(isinstance(token, str) and token for token in tokens.values()):
        raise ProviderSilent("the token endpoint answered without tokens")
    return {name: str(token) for name, token in tokens.items()}


def _attributes(provider: Provider, access_token: str, subject: str) -> dict[str, Any]:
    endpoint = discovery.of(provider.issuer).discovery().userinfo_endpoint
    bearer = {"Authorization": f"Bearer {access_token}"}
    status, answer = wire.call("GET", endpoint, headers=bearer)
    if status != 200:
        raise ProviderSilent(f"userinfo answered {status}")
    if answer.get("sub") != subject:
        raise TokenForged("userinfo")  # A74
    return answer
