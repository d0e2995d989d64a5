"""The form in which codes and tokens are stored: found by what a client shows, useless to a thief."""

import hashlib


def digest(value: str) -> str:
    """Return the SHA-256 of a random code or token, 64 characters of hexadecimal."""
    return hashlib.sha256(value.encode()).hexdigest()
