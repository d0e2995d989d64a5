"""Encryption at rest: sealed bytes, sealed text, and blind indexes for exact look-up.

Sealed form: one byte of key number, 12 bytes of nonce, AES-256-GCM ciphertext with its tag. The newest
key seals; every listed key opens, so keys rotate by adding one in front and re-sealing at leisure.
"""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class SealBroken(Exception):
    """Sealed bytes do not open: another key, or they were changed. Final."""


@lru_cache(maxsize=16)
def _key(secret: str) -> tuple[bytes, AESGCM]:
    """The number of a key, one byte, and its cipher."""
    number = hashlib.sha256(b"onestop number " + secret.encode()).digest()[:1]
    return number, AESGCM(hashlib.sha256(b"onestop seal " + secret.encode()).digest())


def seal(plain: bytes, *, label: str = "") -> bytes:
    """Encrypt ``plain`` under the newest key; ``label`` binds it to its place and must match on opening."""
    number, cipher = _key(settings.ONESTOP_SEALING_KEYS[0])
    nonce = os.urandom(12)
    return number + nonce + cipher.encrypt(nonce, plain, label.encode())


def unseal(sealed: bytes, *, label: str = "") -> bytes:
    """Decrypt what :func:`seal` made; raises :class:`SealBroken`."""
    sealed = bytes(sealed)
    number, nonce, body = sealed[:1], sealed[1:13], sealed[13:]
    for secret in settings.ONESTOP_SEALING_KEYS:
        known, cipher = _key(secret)
        if known == number:
            try:
                return cipher.decrypt(nonce, body, label.encode())
            except InvalidTag:
                continue
    raise SealBroken("no known key opens this")


def is_newest(sealed: bytes) -> bool:
    """Whether the newest key made this, as far as its number tells; False where two keys share a number."""
    numbers = [_key(secret)[0] for secret in settings.ONESTOP_SEALING_KEYS]
    return sealed[:1] == numbers[0] and numbers.count(numbers[0]) == 1


def blind_index(value: str, *, purpose: str) -> str:
    """Return a keyed digest (43 characters of hex) by which an encrypted value can be found but not read."""
    key = f"onestop index {settings.ONESTOP_INDEX_KEY} {purpose}".encode()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:43]
