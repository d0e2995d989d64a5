"""One sign-in from the redirect to the e-ID to the person: what is kept, asked and checked on the way."""

import base64
import hashlib
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict
from django.urls import reverse

from identity import levels
from identity.models import IdentityProvider
from identity.models.e_ids import claim_at
from identity.saml import request
from identity.signin import claims, discovery, wire
from identity.signin.errors import AnswerRefused, ProviderRefused, ProviderSilent, SignInError, TokenForged
from identity.signin.pending import SIGN_IN, TRIAL, Pending, take
from identity.signin.providers import by_key, proof


@dataclass(frozen=True)
class SignedIn:
    """A person the e-ID vouches for: checked ID token claims and the attributes that came with them."""

    provider: IdentityProvider
    claims: dict[str, Any]
    attributes: dict[str, Any]
    id_token: str
    next: str
    purpose: str

    @property
    def subject(self) -> str:
        """The person's name at the e-ID: from the signed token, never from userinfo."""
        found = claim_at(self.claims, self.provider.paths.get("subject") or "sub")
        if not isinstance(found, str) or not 0 < len(found) <= 255 or "\x00" in found:
            raise TokenForged("sub")
        return found

    @property
    def level(self) -> str:
        """The eIDAS level that was proven."""
        return self.provider.level_of(self.claims)


def begin(
    session: SessionBase,
    provider: IdentityProvider,
    *,
    level: str,
    target: str,
    afresh: bool = False,
    purpose: str = SIGN_IN,
) -> str:
    """Note the sign-in in the browser's session; return the address at the e-ID to go to.

    ``afresh``: the e-ID must ask who it is, whatever session it has. For the level high it must have asked
    a short while ago, since a step-up expires (A80). Raises ProviderSilent; for SAML also AnswerRefused.
    """
    pending = Pending(
        provider=provider.key,
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        level=level,
        next=target,
        begun_at=time.time(),
        purpose=purpose,
        max_age=settings.STEP_UP_SECONDS if level == levels.HIGH else None,
    )
    state = secrets.token_urlsafe(24)
    if provider.protocol == IdentityProvider.Protocol.SAML:
        address = request.address(provider, pending, state, afresh=afresh)
    else:
        address = _address(provider, pending, state, afresh)
    pending.keep(session, state)
    return address


def _address(provider: IdentityProvider, pending: Pending, state: str, afresh: bool) -> str:
    """Return the authorization request (OpenID Connect Core 3.1.2.1)."""
    endpoint = discovery.of(provider.issuer).discovery().authorization_endpoint
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": provider.callback_url,
        "scope": provider.scopes,
        "state": state,
        "nonce": pending.nonce,
        "code_challenge": _challenge(pending.verifier),
        "code_challenge_method": "S256",
        **provider.wish(pending.level),
    }
    if pending.max_age is not None:
        asked["max_age"] = str(pending.max_age)
    if afresh:
        asked["prompt"] = "login"
    return f"{endpoint}?{urlencode(asked)}"


def finish(session: SessionBase, answer: QueryDict, key: str) -> SignedIn:
    """Check the answer that came to the address of the e-ID ``key``, and fetch the person.

    The state is taken out of the session before anything else, so an answer works once (A68, A70). Raises a
    :class:`SignInError` that knows where the person wanted to go and what for.
    """
    pending = take(session, answer.get("state", ""))
    try:
        if pending.provider != key:
            raise AnswerRefused("mix-up")  # RFC 9700 section 4.4.2.2, A69
        return _checked(pending, by_key(key, on_trial=pending.purpose == TRIAL), answer)
    except SignInError as error:
        error.target, error.purpose = pending.next, pending.purpose
        raise


def _checked(pending: Pending, provider: IdentityProvider, answer: QueryDict) -> SignedIn:
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise AnswerRefused("mix-up")  # RFC 9207, A69
    if "error" in answer:
        raise ProviderRefused(_word(answer.get("error")))
    names_itself = discovery.of(provider.issuer).discovery().names_itself
    if (names_itself and answer.get("iss") is None) or not answer.get("code"):
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
        algorithms=tuple(provider.algorithms.split()),
        max_age=pending.max_age,
        needs_at_hash=provider.needs_at_hash,
        level_of=provider.level_of,
    )
    keys = discovery.of(provider.issuer).keys(claims.key_id(id_token))
    checked = claims.check(id_token, keys, expected)
    attributes = _attributes(provider, tokens["access_token"], checked["sub"])
    return SignedIn(provider, checked, checked | attributes, id_token, pending.next, pending.purpose)


def end_session_url(provider: IdentityProvider, id_token: str) -> str | None:
    """Return where to send the browser to sign out at the e-ID too, or None if it offers no such thing."""
    endpoint = discovery.of(provider.issuer).discovery().end_session_endpoint
    if not endpoint:
        return None
    back = f"{settings.PORTAL_URL}{reverse('identity:signed-out')}"
    asked = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "client_id": provider.client_id}
    return f"{endpoint}?{urlencode(asked)}"


def _word(error: object) -> str:
    """Return an OAuth error code; what is none could write lines of its own into our log."""
    return error if isinstance(error, str) and re.fullmatch("[a-z_]{1,60}", error) else "unknown_error"


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _redeem(provider: IdentityProvider, code: str, verifier: str) -> dict[str, str]:
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": provider.callback_url,
        "code_verifier": verifier,
    }
    endpoint = discovery.of(provider.issuer).discovery().token_endpoint
    ours = proof(provider, endpoint)
    status, answer = wire.call("POST", endpoint, data=asked | ours.pop("form", {}), **ours)
    if status != 200:
        raise ProviderRefused(_word(answer.get("error")))
    tokens = {name: answer.get(name) for name in ("access_token", "id_token")}
    if not all(isinstance(token, str) and token for token in tokens.values()):
        raise ProviderSilent("the token endpoint answered without tokens")
    return {name: str(token) for name, token in tokens.items()}


def _attributes(provider: IdentityProvider, access_token: str, subject: str) -> dict[str, Any]:
    endpoint = discovery.of(provider.issuer).discovery().userinfo_endpoint
    if not endpoint:
        return {}
    bearer = {"Authorization": f"Bearer {access_token}"}
    status, answer = wire.call("GET", endpoint, headers=bearer)
    if status != 200:
        raise ProviderSilent(f"userinfo answered {status}")
    if answer.get("sub") != subject:
        raise TokenForged("userinfo")  # A74
    return answer
