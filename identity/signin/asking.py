"""The authorization request to an OpenID Provider: pushed to it, or carried by the browser.

A pushed request (PAR, RFC 9126) goes from server to server with the portal's proof of itself; the browser
carries a reference that nobody can read or change. Where one must be pushed, nothing falls back to the open
way: a refusal or a silence ends the sign-in.
"""

import base64
import hashlib
import json
from urllib.parse import urlencode

from identity.models import IdentityProvider
from identity.signin import discovery, signed_claims, wire
from identity.signin.discovery import Discovery
from identity.signin.errors import ProviderRefused, ProviderSilent, word
from identity.signin.pending import Pending
from identity.signin.providers import proof

Pushing = IdentityProvider.Pushing
_LONGEST = 2048


def address(provider: IdentityProvider, pending: Pending, state: str) -> str:
    """Return where to send the browser; raises ProviderSilent, ProviderRefused, AnswerRefused (our key)."""
    found = discovery.of(provider.issuer).discovery()
    asked = _request(provider, pending, state)
    if is_pushed(provider, found):
        asked = {"client_id": provider.client_id, "request_uri": _push(provider, found, asked)}
    joint = "&" if "?" in found.authorization_endpoint else "?"
    return f"{found.authorization_endpoint}{joint}{urlencode(asked)}"


def _request(provider: IdentityProvider, pending: Pending, state: str) -> dict[str, str]:
    """The authorization request (OpenID Connect Core 3.1.2.1)."""
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
    wish = signed_claims.wish(signed_claims.of(provider))
    if wish:
        asked["claims"] = json.dumps(wish)
    if pending.max_age is not None:
        asked["max_age"] = str(pending.max_age)
    if pending.afresh:
        asked["prompt"] = "login"
    return asked


def is_pushed(provider: IdentityProvider, found: Discovery) -> bool:
    """Whether a request goes from server to server, by the e-ID's row and by what it says of itself."""
    if found.needs_pushing or provider.pushing == Pushing.ALWAYS:
        return True
    offers = bool(found.pushed_authorization_request_endpoint)
    return offers and provider.pushing == Pushing.OFFERED


def _push(provider: IdentityProvider, found: Discovery, asked: dict[str, str]) -> str:
    """Return the reference to a request (RFC 9126 section 2, which has assertions name the issuer)."""
    endpoint = found.pushed_authorization_request_endpoint
    if not endpoint:
        raise ProviderSilent(f"discovery of {provider.issuer} offers no place to push requests to")
    ours = proof(provider, provider.issuer)
    status, answer = wire.call("POST", endpoint, data=asked | ours.pop("form", {}), **ours)
    if status not in {200, 201}:
        raise ProviderRefused(word(answer.get("error")))
    reference = answer.get("request_uri")
    if not isinstance(reference, str) or not 0 < len(reference) <= _LONGEST or not reference.isprintable():
        raise ProviderSilent(f"{endpoint} answered {status} without a request_uri")
    return reference


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
