"""Detached JSON Web Signatures over a request's body (RFC 7515 appendix F, RFC 7797): events of agencies.

The header ``X-JWS-Signature`` holds ``BASE64URL(protected)..BASE64URL(signature)``; the protected header
names ``alg``, ``kid``, ``b64: false`` (critical) and ``iat``, the second at which it was signed.
"""

import time
from collections.abc import Callable
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from joserfc.jws import JWSRegistry

HEADER = "X-JWS-Signature"
ALGORITHMS = ["ES256", "ES384", "PS256", "RS256", "EdDSA"]
WINDOW = 300  # seconds that a signature may be old, or our clocks may differ
LONGEST = 4096
_REGISTRY = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)


class JwsRefused(Exception):
    """The signature does not prove who sent this body, now. Final for this request."""


def insist(signature: str, body: bytes, keys: KeySet, clock: Callable[[], float] = time.time) -> None:
    """Raise JwsRefused unless ``signature`` is one of ``keys`` over exactly this body, made just now."""
    if not signature:
        raise JwsRefused(f"the header {HEADER} is missing")
    protected, _, rest = signature.partition(".")
    payload, _, _ = rest.partition(".")
    if len(signature) > LONGEST or not signature.isascii() or payload or rest.count(".") != 1:
        raise JwsRefused("the signature is not a detached one")
    try:
        opened = jws.deserialize_compact(signature.encode(), keys, payload=body, registry=_REGISTRY)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise JwsRefused(f"the signature does not hold: {type(error).__name__}") from error
    header = opened.headers()
    if header.get("b64") is not False or header.get("crit") != ["b64"]:
        raise JwsRefused("the signature is not over the bytes themselves (b64: false, critical)")
    _insist_on_time(header.get("iat"), clock())


def _insist_on_time(signed_at: Any, now: float) -> None:
    if isinstance(signed_at, bool) or not isinstance(signed_at, int | float):
        raise JwsRefused("the protected header does not say when it was signed (iat)")
    if abs(now - signed_at) > WINDOW:
        raise JwsRefused(f"the signature was made more than {WINDOW // 60} minutes before or after now")


def sign(body: bytes, key: ECKey, signed_at: float) -> str:
    """The header's value for a body, signed by an elliptic key (ES256)."""
    header = {"alg": "ES256", "kid": key.kid, "b64": False, "crit": ["b64"], "iat": int(signed_at)}
    return jws.serialize_compact(header, body, key, registry=_REGISTRY)
