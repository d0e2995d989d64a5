"""Signing and verifying octets by the algorithms of XML Signature. ECDSA values are r and s in turn."""

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import HashAlgorithm

from adapters.wss.names import METHOD_NAMES, METHODS
from adapters.wss.refused import SecurityRefused

SMALLEST_RSA = 2048  # bits


def default_method(key: Any) -> str:
    """The method of a private or public key where none is said."""
    return "ecdsa-sha256" if isinstance(key, ec.EllipticCurvePrivateKey) else "rsa-sha256"


def sign(key: Any, method: str, octets: bytes) -> bytes:
    """The signature value of ``octets``; raises TypeError where the key is of another kind."""
    _, kind, digest = METHODS[method]
    if kind == "ecdsa" and isinstance(key, ec.EllipticCurvePrivateKey):
        size = (key.curve.key_size + 7) // 8
        r, s = decode_dss_signature(key.sign(octets, ec.ECDSA(digest)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    if kind != "ecdsa" and isinstance(key, rsa.RSAPrivateKey):
        return key.sign(octets, _padding(kind, digest), digest)
    raise TypeError(f"a {type(key).__name__} cannot sign by {method}")


def verify(key: Any, identifier: str, octets: bytes, value: bytes) -> None:
    """Raise SecurityRefused unless ``value`` is the key's signature of ``octets`` by that method."""
    name = METHOD_NAMES.get(identifier)
    if name is None:
        raise SecurityRefused("UnsupportedAlgorithm", f"signatures by {identifier} are not accepted")
    _, kind, digest = METHODS[name]
    try:
        if kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_der(value, (key.curve.key_size + 7) // 8), octets, ec.ECDSA(digest))
        elif kind != "ecdsa" and isinstance(key, rsa.RSAPublicKey):
            if key.key_size < SMALLEST_RSA:
                raise SecurityRefused("InvalidSecurityToken", f"an RSA key has {SMALLEST_RSA} bits or more")
            key.verify(value, octets, _padding(kind, digest), digest)
        else:
            raise SecurityRefused("FailedCheck", f"the key cannot have signed by {name}")
    except InvalidSignature as error:
        raise SecurityRefused(
            "FailedCheck", "the signature is not of this key or not of this text"
        ) from error


def _der(value: bytes, size: int) -> bytes:
    if len(value) != 2 * size:
        raise SecurityRefused("FailedCheck", f"the signature value has {len(value)} bytes, not {2 * size}")
    return encode_dss_signature(int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big"))


def _padding(kind: str, digest: HashAlgorithm) -> padding.AsymmetricPadding:
    if kind == "rsa-pss":
        return padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
    return padding.PKCS1v15()
