"""Finding an e-ID among those that are configured, and the proof with which the portal speaks to it."""

import json
import secrets
import time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from identity.models import IdentityProvider, User
from identity.signin.errors import AnswerRefused

EMBEDDED = "eid"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 120
KEY_KINDS = {"ES256": "EC", "RS256": "RSA"}


def by_key(key: str, *, on_trial: bool = False) -> IdentityProvider:
    """Return the provider with this key, one that is switched off only ``on_trial``; or AnswerRefused."""
    row = IdentityProvider.objects.filter(key=key).first()
    if row is None or not (row.is_active or on_trial):
        raise AnswerRefused("provider", key)
    return row


def offered_to(user: User | AnonymousUser, level: str) -> list[IdentityProvider]:
    """Return the e-IDs to choose from; whoever is signed in steps up with their own, if one of them can."""
    offered = IdentityProvider.objects.offered(level)
    if isinstance(user, User):
        known = set(user.federated_identities.values_list("issuer", flat=True))
        return [row for row in offered if row.issuer in known] or offered
    return offered


def by_issuer(issuer: str) -> IdentityProvider:
    """Return the provider whose tokens name ``issuer``; raises AnswerRefused."""
    row = IdentityProvider.objects.filter(issuer=issuer, is_active=True).first()
    if row is None:
        raise AnswerRefused("provider", "unknown issuer")
    return row


def ensure_embedded() -> IdentityProvider:
    """Enter the embedded e-ID as a row, with the issuer and the secret of the settings."""
    row = IdentityProvider.objects.filter(key=EMBEDDED).first()
    if row is None:
        row = IdentityProvider(key=EMBEDDED, client_id="portal", is_active=True)
        row.names = {"en": "Aurelia e-ID", "ar": "هوية أوريليا الإلكترونية"}
        row.scopes = "openid profile eidas email phone"
    if (row.issuer, row.secret) != (settings.EID_URL, settings.EID_CLIENT_SECRET):
        row.issuer, row.secret = settings.EID_URL, settings.EID_CLIENT_SECRET
        row.save()
    return row


def new_key(algorithm: str) -> str:
    """Make a private key for signed assertions; returns it as a JWK."""
    if KEY_KINDS[algorithm] == "RSA":
        key: ECKey | RSAKey = RSAKey.generate_key(2048, private=True, auto_kid=True)
    else:
        key = ECKey.generate_key("P-256", private=True, auto_kid=True)
    return json.dumps(key.as_dict(private=True) | {"alg": algorithm, "use": "sig"})


def public_keys(provider: IdentityProvider) -> dict[str, list[dict[str, Any]]]:
    """The public half of the portal's key for this provider, as a key set (RFC 7517)."""
    if provider.auth_method != IdentityProvider.Proof.SIGNED or not provider.secret:
        return {"keys": []}
    held = json.loads(provider.secret)
    public = JWKRegistry.import_key(held).as_dict(private=False)
    return {"keys": [{**public, "alg": held["alg"], "use": "sig"}]}


def proof(provider: IdentityProvider, endpoint: str) -> dict[str, Any]:
    """Return the arguments of a token request that prove who we are: ``auth``, or more form fields.

    A signed assertion (RFC 7523) lives two minutes and names the endpoint it is for.
    """
    method, secret = provider.auth_method, provider.secret
    if method == IdentityProvider.Proof.BASIC:
        return {"auth": (provider.client_id, secret)}
    if method == IdentityProvider.Proof.POST:
        return {"form": {"client_id": provider.client_id, "client_secret": secret}}
    try:
        held = json.loads(secret)
        key, algorithm = JWKRegistry.import_key(held), str(held["alg"])
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise AnswerRefused("key", f"{provider.key} has no usable signing key") from error
    now = int(time.time())
    said: dict[str, object] = {"iss": provider.client_id, "sub": provider.client_id, "aud": endpoint}
    said |= {"iat": now, "exp": now + ASSERTION_SECONDS, "jti": secrets.token_urlsafe(24)}
    signed = jwt.encode({"alg": algorithm, "kid": key.kid}, said, key, algorithms=[algorithm])
    form = {"client_id": provider.client_id, "client_assertion_type": ASSERTION, "client_assertion": signed}
    return {"form": form}
