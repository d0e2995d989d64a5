"""Clients that sign what they are: `private_key_jwt` (RFC 7523 section 2.2, OpenID Connect Core section 9).

A client with `token_endpoint_auth_method = private_key_jwt` has a key set and no secret. Its assertion names
itself twice, us as the audience, an end within five minutes, and a number that is taken once.
"""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from joserfc import jwt
from joserfc.errors import JoseError

from identity.models import Application, UsedAssertion
from identity.oauth import addresses
from onestop.lib.key_sets import public_keys

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["ES256", "PS256", "RS256", "EdDSA"]
LONGEST = timedelta(minutes=5)
SKEW = timedelta(seconds=30)
LONGEST_JTI = 255


class AssertionRefused(Exception):
    """The assertion does not prove the client. Final; the client is told `invalid_client`.

    ``code`` is a word for the client's own page, ``found`` what the assertion said there.
    """

    def __init__(self, code: str, why: str, **found: object) -> None:
        super().__init__(why)
        self.code = code
        self.found = found


def client_of(assertion: str, kind: str, named: str, now: datetime) -> Application:
    """Return the client that an assertion proves, and use the assertion up; raises AssertionRefused.

    ``named`` is the ``client_id`` of the request, "" where it has none.
    """
    if kind != TYPE:
        raise AssertionRefused("type", "the type of the assertion is not known")
    subject = _unproven(assertion).get("sub")
    if not isinstance(subject, str) or not subject.isprintable() or (named and named != subject):
        raise AssertionRefused("subject", "the assertion is not the client's")
    client: Application | None = Application.objects.filter(client_id=subject, is_active=True).first()
    if client is None or not client.signs_assertions:
        raise AssertionRefused("method", "the client does not sign assertions")
    claims = _proven(assertion, client, now)
    ends = _check(claims, client, now)
    _use_up(client, claims["jti"], ends, now)
    return client


def audiences() -> list[str]:
    """What an assertion may name as its audience: this issuer, its token endpoint, where requests are pushed.

    RFC 7523 section 3 and RFC 9126 section 2.
    """
    pushed = [] if settings.IS_PORTAL else [addresses.at("par")]
    return [addresses.issuer(), addresses.at("token"), *pushed]


def methods(*endpoints: str, public: bool) -> dict[str, list[str]]:
    """How clients prove themselves at endpoints, as metadata has it (RFC 8414 section 2)."""
    ways = ["client_secret_basic", "client_secret_post", "private_key_jwt", *(["none"] if public else [])]
    said = {f"{endpoint}_endpoint_auth_methods_supported": ways for endpoint in endpoints}
    return said | {
        f"{endpoint}_endpoint_auth_signing_alg_values_supported": ALGORITHMS for endpoint in endpoints
    }


def named(assertion: str) -> str:
    """Return the client that an assertion claims to be of, unproven; "" where it is none."""
    try:
        subject = _unproven(assertion).get("sub")
    except AssertionRefused:
        return ""
    return subject if isinstance(subject, str) else ""


def _unproven(assertion: str) -> dict[str, Any]:
    """The claims as they stand, for finding whose key to check them with."""
    return _part(assertion, 1)


def _part(assertion: str, place: int) -> dict[str, Any]:
    """The header (0) or the claims (1) of a token, as they stand."""
    try:
        part = json.loads(_decoded(assertion.split(".")[place]))
    except (IndexError, ValueError, RecursionError) as error:
        raise AssertionRefused("form", "not a signed token") from error
    if not isinstance(part, dict):
        raise AssertionRefused("form", "not a signed token")
    return part


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part.encode("ascii", "replace") + b"=" * (-len(part) % 4))


def _proven(assertion: str, client: Application, now: datetime) -> dict[str, Any]:
    header = _part(assertion, 0)
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise AssertionRefused("alg", "the algorithm is not taken", alg=str(algorithm)[:40])
    try:
        keys = public_keys(client.client_jwks, at=now)
    except ValueError as error:
        raise AssertionRefused("keys", "the client has no key that is still believed") from error
    known = [key.kid or "" for key in keys.keys]
    if kid is not None and kid not in known:
        raise AssertionRefused("kid", "no key of the client has this kid", kid=str(kid)[:100], known=known)
    try:
        return dict(jwt.decode(assertion, keys, algorithms=ALGORITHMS).claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise AssertionRefused("signature", f"the signature does not hold: {type(error).__name__}") from error


def _check(claims: dict[str, Any], client: Application, now: datetime) -> datetime:
    if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
        raise AssertionRefused(
            "issuer", "iss and sub must both be the client", iss=str(claims.get("iss"))[:100]
        )
    if not _texts(claims.get("aud")) & set(audiences()):
        said = sorted(_texts(claims.get("aud")))
        raise AssertionRefused("audience", "the assertion is for somebody else", aud=str(said)[:300])
    ends = _moment(claims, "exp")
    if ends is None:
        raise AssertionRefused("no-end", "the assertion has no end")
    late = int((ends - now).total_seconds())
    if ends <= now - SKEW:
        raise AssertionRefused("ended", "the assertion has ended", seconds=-late)
    if ends > now + LONGEST + SKEW:
        raise AssertionRefused("long", "the assertion lives for longer than five minutes", seconds=late)
    begins = _moment(claims, "nbf") or _moment(claims, "iat")
    if begins is not None and begins > now + SKEW:
        early = int((begins - now).total_seconds())
        raise AssertionRefused("early", "the assertion is not valid yet", seconds=early)
    number = claims.get("jti")
    if not isinstance(number, str) or not 0 < len(number) <= LONGEST_JTI or "\x00" in number:
        raise AssertionRefused("number", "the assertion has no number (jti)")
    return ends


def _texts(value: object) -> set[str]:
    """One text or a list of them (RFC 7519 section 4.1.3), anything else as none."""
    several = value if isinstance(value, list) else [value]
    return {one for one in several if isinstance(one, str)}


def _moment(claims: dict[str, Any], name: str) -> datetime | None:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _use_up(client: Application, number: str, ends: datetime, now: datetime) -> None:
    UsedAssertion.objects.filter(application=client, expires_at__lt=now - SKEW).delete()
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(application=client, jti=number, expires_at=ends + SKEW)
    except IntegrityError as error:
        raise AssertionRefused("replayed", "the assertion was used before") from error
