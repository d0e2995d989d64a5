"""One sign-in from the redirect to the e-ID to the person: what is kept, asked and checked on the way."""

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
from identity.models.e_ids import SIGNED, claim_at
from identity.saml import request
from identity.signin import asking, claims, discovery, signed_claims, wire
from identity.signin.errors import (
    AnswerRefused,
    ProviderRefused,
    ProviderSilent,
    SignInError,
    TokenForged,
    word,
)
from identity.signin.pending import SIGN_IN, TRIAL, Pending, peek, take
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
    """Note the sign-in in the browser's session; return where to send the browser at once.

    ``afresh``: the e-ID must ask who it is, whatever session it has. For the level high it must have asked
    a short while ago, since a step-up expires (A80). Raises a :class:`SignInError` where the e-ID is silent
    or refuses the request.
    """
    state = _note(session, provider, level=level, target=target, afresh=afresh, purpose=purpose)
    return go_on(session, state)


def begin_later(
    session: SessionBase, provider: IdentityProvider, *, level: str, target: str, purpose: str
) -> str:
    """Note a sign-in, afresh, that begins when the person follows a link; return the link.

    The e-ID is asked only then: a request pushed to it lasts for seconds, a page stays open for minutes.
    """
    state = _note(session, provider, level=level, target=target, afresh=True, purpose=purpose)
    return reverse("identity:leave", args=[state])


def go_on(session: SessionBase, state: str) -> str:
    """Ask the e-ID of a sign-in that was noted; return where to send the browser.

    Raises a :class:`SignInError` that knows where the person wanted to go and what for.
    """
    pending = peek(session, state)
    try:
        provider = by_key(pending.provider, on_trial=pending.purpose == TRIAL)
        if provider.protocol == IdentityProvider.Protocol.SAML:
            return request.address(provider, pending, state)
        return asking.address(provider, pending, state)
    except SignInError as error:
        error.target, error.purpose = pending.next, pending.purpose
        raise


def _note(
    session: SessionBase, provider: IdentityProvider, *, level: str, target: str, afresh: bool, purpose: str
) -> str:
    """Keep what is begun in the browser's session; return the state it is found by."""
    pending = Pending(
        provider=provider.key,
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        level=level,
        next=target,
        begun_at=time.time(),
        purpose=purpose,
        max_age=settings.STEP_UP_SECONDS if level == levels.HIGH else None,
        afresh=afresh,
    )
    state = secrets.token_urlsafe(24)
    pending.keep(session, state)
    return state


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
        raise ProviderRefused(word(answer.get("error")))
    names_itself = discovery.of(provider.issuer).discovery().names_itself
    if (names_itself and answer.get("iss") is None) or not answer.get("code"):
        raise AnswerRefused("incomplete")
    signed = signed_claims.of(provider)
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
        is_level_later=signed is not None,
        level_of=provider.level_of,
    )
    keys = discovery.of(provider.issuer).keys(claims.key_id(id_token))
    checked = claims.check(id_token, keys, expected)
    attributes = _attributes(provider, tokens["access_token"], checked["sub"])
    for said in (checked, attributes):
        said.pop(SIGNED, None)  # nobody but us says what was signed
    if signed is not None:
        told = signed_claims.read(signed, checked | attributes, checked["sub"], expected.now)
        checked[SIGNED] = told
        claims.reach(provider.level_of(checked), pending.level)
    return SignedIn(provider, checked, checked | attributes, id_token, pending.next, pending.purpose)


def end_session_url(provider: IdentityProvider, id_token: str) -> str | None:
    """Return where to send the browser to sign out at the e-ID too, or None if it offers no such thing."""
    endpoint = discovery.of(provider.issuer).discovery().end_session_endpoint
    if not endpoint:
        return None
    back = f"{settings.PORTAL_URL}{reverse('identity:signed-out')}"
    asked = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "client_id": provider.client_id}
    return f"{endpoint}?{urlencode(asked)}"


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
        raise ProviderRefused(word(answer.get("error")))
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
