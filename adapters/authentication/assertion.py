"""A JSON web token by which a client proves itself (RFC 7523 section 3, RFC 7518): ``private_key_jwt``."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, RSAKey

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured

LIFETIME = 120  # seconds; agencies commonly refuse more than five minutes
ALGORITHMS: dict[str, type[ECKey] | type[RSAKey]] = {
    **dict.fromkeys(("ES256", "ES384", "ES512"), ECKey),
    **dict.fromkeys(("RS256", "PS256"), RSAKey),
}


@dataclass(frozen=True, slots=True)
class Assertion:
    """A client's key, loaded once, and whom its assertions are for."""

    client_id: str
    audience: str
    header: dict[str, str]
    key: ECKey | RSAKey | OctKey = field(repr=False)
    clock: Callable[[], float] = time.time

    @classmethod
    def of(cls, spec: ConnectionSpec, table: dict[str, Any], audience: str) -> "Assertion":
        """From a connection's ``client_id`` and ``assertion_key``; raises Misconfigured."""
        algorithm = str(table.get("algorithm", "ES256"))
        kind = ALGORITHMS.get(algorithm)
        if kind is None:
            raise Misconfigured(spec.key, f"assertions are signed by {', '.join(ALGORITHMS)}")
        header = {"alg": algorithm, "typ": "JWT"}
        if table.get("key_id"):
            header["kid"] = str(table["key_id"])
        try:
            key = kind.import_key(spec.credential("assertion_key"))
            found = cls(spec.credential("client_id"), audience, header, key)
            found.write()
        except (JoseError, ValueError, TypeError) as error:
            raise Misconfigured(spec.key, f"assertion_key cannot sign by {algorithm}: {error}") from error
        return found

    def write(self) -> str:
        """A new assertion; its ``jti`` is never used again."""
        now = int(self.clock())
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": self.audience, "jti": uuid.uuid4().hex}
        claims |= {"iat": now, "nbf": now, "exp": now + LIFETIME}  # type: ignore[dict-item]
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])
