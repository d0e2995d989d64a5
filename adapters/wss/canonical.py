"""Exclusive canonicalisation without comments (W3C, 18 July 2002), and digests of elements."""

from typing import Any

from cryptography.hazmat.primitives.hashes import Hash, HashAlgorithm
from lxml import etree


def canonical(element: Any, prefixes: list[str] | None = None) -> bytes:
    """The octets of an element; ``prefixes`` are those of ``InclusiveNamespaces``."""
    if prefixes and "#default" in prefixes:
        # lxml passes on only those prefixes that this thread has parsed before, and this one is no prefix
        etree.fromstring(b'<known xmlns:it="#default"/>')
    return bytes(
        etree.tostring(
            element,
            method="c14n",
            exclusive=True,
            with_comments=False,
            inclusive_ns_prefixes=prefixes or None,
            with_tail=False,
        )
    )


def digest(octets: bytes, algorithm: HashAlgorithm) -> bytes:
    """The digest of octets."""
    hashing = Hash(algorithm)
    hashing.update(octets)
    return hashing.finalize()
