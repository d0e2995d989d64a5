"""HTTP message signatures (RFC 9421) over a request, with its content digest (RFC 9530).

``[authentication]``: ``algorithm`` (hmac-sha256, ecdsa-p256-sha256, rsa-pss-sha512, rsa-v1_5-sha256, ed25519)
and ``components``, by default method, address, content type and digest. Credentials: ``key_id`` and
``hmac_secret`` or ``signing_key`` (PEM).
"""

import hashlib
import hmac
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.connection_spec import ConnectionSpec

COMPONENTS = ("@method", "@target-uri", "content-type", "content-digest")
LABEL = "onestop"
Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class MessageSignature:
    """A key, and what of a request it signs."""

    key_id: str
    algorithm: str
    sign: Sign = field(repr=False)
    components: tuple[str, ...] = COMPONENTS
    clock: Callable[[], float] = time.time

    @classmethod
    def of(cls, spec: ConnectionSpec, table: dict[str, Any]) -> "MessageSignature":
        """From a connection; raises Misconfigured and ValueError."""
        algorithm = str(table.get("algorithm", "hmac-sha256"))
        components = tuple(str(name).lower() for name in table.get("components", COMPONENTS))
        sign = _signing(spec, algorithm)
        key_id = spec.credential("key_id")
        if '"' in key_id or "\\" in key_id or not key_id.isascii():
            raise ValueError("key_id is ASCII without quotes")
        return cls(key_id, algorithm, sign, components)

    def headers(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """Content-Digest, Signature-Input and Signature (sections 2.5 and 3.1)."""
        digest = f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"
        fields = {name.lower(): value for name, value in headers.items()}
        if body:
            fields["content-digest"] = digest
        lines, named = [], []
        for name in self.components:
            value = derived(name, method, url) if name.startswith("@") else fields.get(name)
            if value is not None:
                lines.append(f'"{name}": {value.strip()}')
                named.append(f'"{name}"')
        parameters = (
            f'({" ".join(named)});created={int(self.clock())};keyid="{self.key_id}"'
            f';alg="{self.algorithm}";nonce="{uuid.uuid4().hex}"'
        )
        base = "\n".join([*lines, f'"@signature-params": {parameters}'])
        signed = b64encode(self.sign(base.encode())).decode()
        added = {"Signature-Input": f"{LABEL}={parameters}", "Signature": f"{LABEL}=:{signed}:"}
        return {**added, "Content-Digest": digest} if body else added


def derived(name: str, method: str, url: str) -> str:
    """A derived component (section 2.2); raises ValueError for one that is not known."""
    parts = urlsplit(url)
    values = {
        "@method": method.upper(),
        "@target-uri": url,
        "@authority": parts.netloc.lower(),
        "@scheme": parts.scheme,
        "@path": parts.path or "/",
        "@query": f"?{parts.query}",
    }
    if name not in values:
        raise ValueError(f"the component {name} is not known")
    return values[name]


def _signing(spec: ConnectionSpec, algorithm: str) -> Sign:
    if algorithm == "hmac-sha256":
        secret = spec.credential("hmac_secret").encode()
        return lambda base: hmac.new(secret, base, hashlib.sha256).digest()
    key = load_pem_private_key(spec.credential("signing_key").encode(), None)
    if algorithm == "ed25519" and isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign
    if algorithm == "ecdsa-p256-sha256" and isinstance(key, ec.EllipticCurvePrivateKey):
        return lambda base: _raw(key, base)
    if algorithm == "rsa-pss-sha512" and isinstance(key, rsa.RSAPrivateKey):
        return lambda base: key.sign(base, padding.PSS(padding.MGF1(SHA512()), 64), SHA512())
    if algorithm == "rsa-v1_5-sha256" and isinstance(key, rsa.RSAPrivateKey):
        return lambda base: key.sign(base, padding.PKCS1v15(), SHA256())
    raise ValueError(f"the key cannot sign by {algorithm!r}")


def _raw(key: ec.EllipticCurvePrivateKey, base: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(base, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
