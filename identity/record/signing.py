"""The key that signs batches of the record: Ed25519, from a secret of its own."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


def sign(digest: str) -> str:
    """Sign a digest (hex); return the signature in hex."""
    return _key(settings.RECORD_SECRET).sign(bytes.fromhex(digest)).hex()


def is_signed(digest: str, signature: str, public: str = "") -> bool:
    """Whether the signature is by ``public`` (hex), or by our own key where it is ""."""
    try:
        known = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public or public_key()))
        known.verify(bytes.fromhex(signature), bytes.fromhex(digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key() -> str:
    """The public key in hex, with which anybody can check an anchor file."""
    return _key(settings.RECORD_SECRET).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


@lru_cache(maxsize=4)
def _key(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(hashes.SHA256(), 32, salt=None, info=b"onestop record").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)
