"""What the provider signs with, for each algorithm one key; :mod:`identity.provider.key_ring` keeps them.

A ring is read again when its file has changed, so a rotation takes effect everywhere without a restart.
"""

import threading
from typing import Any

from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from identity.provider import key_ring
from identity.provider.key_ring import ALGORITHMS, Ring

__all__ = ["ALGORITHMS", "DEFAULT", "BadHint", "ensure", "public_keys", "read_hint", "ring", "sign"]
DEFAULT = "ES256"
_lock = threading.Lock()
_read: dict[str, tuple[tuple[int, int], Ring]] = {}


class BadHint(Exception):
    """A token that should have been signed by us was not. Final."""


def ensure() -> None:
    """Make the first keys if there are none."""
    key_ring.ensure(key_ring.path())


def ring() -> Ring:
    """The keys as the file has them now; reading them costs more than a signature, so that is done once."""
    where = key_ring.path()
    key_ring.ensure(where)
    status = where.stat()
    edition = (status.st_mtime_ns, status.st_ino)
    known = _read.get(str(where))
    if known is None or known[0] != edition:
        with _lock:
            known = _read[str(where)] = (edition, key_ring.read(where))
    return known[1]


def public_keys() -> dict[str, Any]:
    """The JSON Web Key Set (RFC 7517); the next keys are in it, so that none comes as a surprise."""
    return {"keys": [one.public() for one in ring().published()]}


def sign(claims: dict[str, Any], algorithm: str = DEFAULT, kind: str = "JWT") -> str:
    """Return the claims as a compact JWS of the given ``typ``."""
    key = ring().active(algorithm)
    return jwt.encode(
        {"alg": algorithm, "kid": key.kid, "typ": kind}, claims, key.key, algorithms=[algorithm]
    )


def read_hint(token: str) -> dict[str, Any]:
    """Return the claims of an ID token of ours, however old, also of a retired key (A25); raises BadHint."""
    held = KeySet([one.key for one in ring().keys])
    try:
        decoded = jwt.decode(token, held, algorithms=list(ALGORITHMS))
    except (JoseError, ValueError) as error:
        raise BadHint("not one of our tokens") from error
    if decoded.claims.get("iss") != settings.EID_URL:
        raise BadHint("another issuer")
    if decoded.header.get("typ", "JWT") != "JWT":  # a logout token is no ID token (A17)
        raise BadHint("a token of another kind")
    return dict(decoded.claims)
