"""HTTP message signatures (RFC 9421) on requests that agencies make to this portal.

One signature a request. It covers the method, the address and, where there is a body, its digest (RFC 9530),
and says when it was made; components with parameters are not known here. Keys are a JSON Web Key Set, found
by ``keyid``, or the secret that both share.
"""

import hashlib
import hmac
import re
import time
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from joserfc.jwk import KeySet

from adapters.authentication.message_signatures import derived

WINDOW = 300  # seconds that a signature may be old, or our clocks may differ
DIGESTS = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
ADDRESSES = ({"@target-uri"}, {"@authority", "@path", "@query"}, {"@authority", "@path"})
_INPUT = re.compile(r'([a-z*][a-z0-9_.*-]*)=(\(((?:"[^"\\]*")(?: "[^"\\]*")*)\)((?:;[^,]*)?))')
_SIGNATURE = re.compile(r"([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]+={0,2}):")
_PARAMETER = re.compile(r';([a-z][a-z0-9_]*)=("[^"\\]*"|[0-9]+)')
_DIGEST = re.compile(r"(sha-256|sha-512)=:([A-Za-z0-9+/]+={0,2}):")


class SignatureRefused(Exception):
    """The signature does not prove who sent this request, now. Final for this request."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a request says of its signature. ``parameters`` is the inner list as it was written."""

    components: tuple[str, ...]
    parameters: str
    values: Mapping[str, str]
    signature: bytes


def insist(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    verify: Callable[[str, str, bytes, bytes], None],
    clock: Callable[[], float] = time.time,
) -> None:
    """Raise SignatureRefused unless the request is signed, whole and of now.

    ``headers`` compare without case; ``verify`` is one of :func:`by_keys` and :func:`by_secret`.
    """
    said = read(headers)
    _insist_on_cover(said, url, body)
    _insist_on_time(said, clock())
    if body:
        _insist_on_digest(headers.get("Content-Digest", ""), body)
    base = signature_base(said, method, url, headers)
    verify(said.values.get("keyid", ""), said.values.get("alg", ""), base, said.signature)


def read(headers: Mapping[str, str]) -> Said:
    """The one signature of a request (sections 4.1 and 4.2); raises SignatureRefused."""
    found = _INPUT.fullmatch(headers.get("Signature-Input", "").strip())
    signed = _SIGNATURE.fullmatch(headers.get("Signature", "").strip())
    if found is None or signed is None:
        raise SignatureRefused("the request does not carry one signature (Signature-Input and Signature)")
    if found[1] != signed[1]:
        raise SignatureRefused("Signature-Input and Signature are of different labels")
    parameters = _PARAMETER.findall(found[4])
    if "".join(f";{name}={value}" for name, value in parameters) != found[4]:
        raise SignatureRefused("the signature has parameters that are not known here")
    components = tuple(one.strip('"') for one in found[3].split(" "))
    if len(set(components)) != len(components) or len(dict(parameters)) != len(parameters):
        raise SignatureRefused("the signature names something twice")
    values = {name: value.strip('"') for name, value in parameters}
    return Said(components, found[2], values, b64decode(signed[2]))


def signature_base(said: Said, method: str, url: str, headers: Mapping[str, str]) -> bytes:
    """What was signed (section 2.5); raises SignatureRefused for a component that the request lacks."""
    lines = []
    for name in said.components:
        try:
            value = derived(name, method, url) if name.startswith("@") else headers.get(name)
        except ValueError as error:
            raise SignatureRefused(str(error)) from error
        if value is None:
            raise SignatureRefused(f"the signature covers {name}, which the request lacks")
        lines.append(f'"{name}": {value.strip()}')
    return "\n".join([*lines, f'"@signature-params": {said.parameters}']).encode()


def _insist_on_cover(said: Said, url: str, body: bytes) -> None:
    covered = set(said.components)
    needed = ADDRESSES if "?" not in url else ADDRESSES[:2]
    if "@method" not in covered or not any(address <= covered for address in needed):
        raise SignatureRefused("the signature must cover @method and @target-uri")
    if body and "content-digest" not in covered:
        raise SignatureRefused("the signature must cover content-digest")


def _insist_on_time(said: Said, now: float) -> None:
    created, expires = said.values.get("created", ""), said.values.get("expires", "")
    if not created.isdecimal() or len(created) > 12:
        raise SignatureRefused("the signature does not say when it was made (created)")
    if abs(now - int(created)) > WINDOW:
        raise SignatureRefused(f"the signature was made more than {WINDOW // 60} minutes before or after now")
    if expires and (not expires.isdecimal() or int(expires[:12]) < now):
        raise SignatureRefused("the signature has expired")


def _insist_on_digest(text: str, body: bytes) -> None:
    found = [_DIGEST.fullmatch(one.strip()) for one in text.split(",")]
    known = [one for one in found if one is not None]
    if not known:
        raise SignatureRefused("Content-Digest has no sha-256 or sha-512")
    if any(b64decode(one[2]) != DIGESTS[one[1]](body).digest() for one in known):
        raise SignatureRefused("the body is not the one that was signed")


def by_secret(key_id: str, secret: bytes) -> Callable[[str, str, bytes, bytes], None]:
    """Verifies hmac-sha256 under the secret of that name."""

    def verify(named: str, algorithm: str, base: bytes, signature: bytes) -> None:
        if named != key_id or algorithm not in ("", "hmac-sha256"):
            raise SignatureRefused("the signature names another key or algorithm")
        if not hmac.compare_digest(hmac.new(secret, base, hashlib.sha256).digest(), signature):
            raise SignatureRefused("the request is not signed by this key, or was changed")

    return verify


def by_keys(keys: KeySet) -> Callable[[str, str, bytes, bytes], None]:
    """Verifies by the public key of that ``kid``, which decides the algorithm; RSA takes PSS unless said."""

    def verify(named: str, algorithm: str, base: bytes, signature: bytes) -> None:
        key = next((one.raw_value for one in keys.keys if named and one.kid == named), None)
        if key is None:
            raise SignatureRefused("the signature names a key that is not known")
        try:
            _verify(key, algorithm, base, signature)
        except InvalidSignature as error:
            raise SignatureRefused("the request is not signed by this key, or was changed") from error

    return verify


def _verify(key: object, algorithm: str, base: bytes, signature: bytes) -> None:
    if isinstance(key, ed25519.Ed25519PublicKey) and algorithm in ("", "ed25519"):
        key.verify(signature, base)
    elif _is_p256(key) and algorithm in ("", "ecdsa-p256-sha256"):
        if len(signature) != 64:
            raise InvalidSignature
        pair = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        key.verify(encode_dss_signature(*pair), base, ec.ECDSA(SHA256()))  # type: ignore[attr-defined]
    elif isinstance(key, rsa.RSAPublicKey) and algorithm in ("", "rsa-pss-sha512"):
        key.verify(signature, base, padding.PSS(padding.MGF1(SHA512()), 64), SHA512())
    elif isinstance(key, rsa.RSAPublicKey) and algorithm == "rsa-v1_5-sha256":
        key.verify(signature, base, padding.PKCS1v15(), SHA256())
    else:
        raise SignatureRefused("the key is not for this algorithm")


def _is_p256(key: object) -> bool:
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
