"""Tokens that only the holder of a key may use: DPoP (RFC 9449).

A client signs a proof for each request with a key of its own. A token given to it is bound to that key by
the key's thumbprint (`jkt`), so whoever steals the token lacks the key. A proof is for one address, one
method and one minute, carries a nonce of ours, and is taken once (A40).
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry

from identity.models import UsedProof
from identity.oauth import addresses, nonces

ALGORITHMS = ["ES256", "PS256", "RS256", "EdDSA"]
OLDEST = timedelta(seconds=60)
AHEAD = timedelta(seconds=30)
LONGEST = 4096
LONGEST_JTI = 255
BOUND = "onestop.dpop_jkt"  # where a request to the token endpoint carries the thumbprint of its proof
_PORTS = {"http": 80, "https": 443}


class ProofRefused(Exception):
    """The proof does not hold for this request. Final; the client is told ``error``."""

    error = "invalid_dpop_proof"


class NonceNeeded(ProofRefused):
    """The proof carries no nonce of ours, or an old one. Signed anew with the answer's it will do."""

    error = "use_dpop_nonce"


@dataclass(frozen=True, slots=True)
class _Proof:
    claims: dict[str, Any]
    jkt: str


def thumbprint(request: HttpRequest, now: datetime, token: str = "") -> str:
    """Return the thumbprint of the key that signed a request's proof, "" where it has none.

    ``token`` is the access token the proof must come with, "" at an endpoint that gives tokens. Uses the
    proof up; raises :class:`ProofRefused`.
    """
    text = request.headers.get("DPoP")
    if text is None:
        return ""
    proof = _opened(text)
    _check(proof.claims, request, now)
    if token and proof.claims.get("ath") != _hash(token):
        raise ProofRefused("ath is not the hash of the token")
    if not nonces.is_good(proof.claims.get("nonce"), now):
        raise NonceNeeded("nonce is not the one of the header DPoP-Nonce")
    _use_up(proof, now)
    return proof.jkt


def offer_nonce(request: HttpRequest, response: HttpResponse, now: datetime) -> None:
    """Give the nonce of the next proof to whoever sent one (section 8.2)."""
    if "DPoP" in request.headers:
        response[nonces.HEADER] = nonces.current(now)


def _opened(text: str) -> _Proof:
    if len(text) > LONGEST:
        raise ProofRefused("the proof is too long")
    try:
        header = jws.extract_compact(text.encode()).headers()
        key = JWKRegistry.import_key(header["jwk"])
        if header.get("typ") != "dpop+jwt":
            raise ProofRefused("typ is not dpop+jwt")
        if key.key_type == "oct" or key.is_private:
            raise ProofRefused("jwk is not a public key")
        claims = jwt.decode(text, key, algorithms=ALGORITHMS).claims
        return _Proof(dict(claims), key.thumbprint())
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ProofRefused("the signature does not hold") from error


def _check(claims: dict[str, Any], request: HttpRequest, now: datetime) -> None:
    if claims.get("htm") != request.method:
        raise ProofRefused("htm is another method")
    address = claims.get("htu")
    if not isinstance(address, str) or _normal(address) != _normal(addresses.here(request)):
        raise ProofRefused("htu is another address")
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        raise ProofRefused("iat is missing")
    if not (now - OLDEST).timestamp() <= issued <= (now + AHEAD).timestamp():
        raise ProofRefused("iat is not now")
    number = claims.get("jti")
    if not isinstance(number, str) or not 0 < len(number) <= LONGEST_JTI or "\x00" in number:
        raise ProofRefused("jti is missing")


def _normal(address: str) -> tuple[str, str, int | None, str]:
    """Scheme, host, port and path (RFC 3986 section 6.2.2 and 6.2.3); the query does not count."""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError as error:
        raise ProofRefused("htu is no address") from error
    return parts.scheme, parts.hostname or "", port, parts.path or "/"


def _hash(token: str) -> str:
    hashed = hashlib.sha256(token.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def _use_up(proof: _Proof, now: datetime) -> None:
    UsedProof.objects.filter(expires_at__lt=now).delete()
    ends = datetime.fromtimestamp(proof.claims["iat"], UTC) + OLDEST + AHEAD
    try:
        with transaction.atomic():
            UsedProof.objects.create(jkt=proof.jkt, jti=proof.claims["jti"], expires_at=ends)
    except IntegrityError as error:
        raise ProofRefused("the proof was used before") from error
