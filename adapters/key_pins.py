"""Pinned keys: the only ones that the certificate of a connection's server may have, whoever signed it.

A pin is the SHA-256 of the certificate's SubjectPublicKeyInfo (DER) in base64, made as RFC 7469 section 2.4
says. At least two are named: the key in use, and one kept in reserve whose certificate can replace it.
"""

import base64
import binascii
import hashlib
import ssl
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured

FEWEST = 2


class KeyNotPinned(ssl.SSLError):
    """The server proved another key than those that were agreed."""

    reason = "the agency's key is none of those that are pinned"


def of(spec: ConnectionSpec) -> frozenset[str]:
    """``pins`` of ``[tls]``, none where it has none; raises Misconfigured."""
    stated = spec.option("tls", {}).get("pins", [])
    pins = stated if isinstance(stated, list) else [stated]
    if not all(isinstance(one, str) and _is_digest(one) for one in pins):
        raise Misconfigured(
            spec.key, "[tls] pins are SHA-256 digests of public keys in base64, 44 characters"
        )
    if pins and len(set(pins)) < FEWEST:
        raise Misconfigured(spec.key, "[tls] pins names one key; name a second one, kept in reserve")
    return frozenset(pins)


def insist_by(context: ssl.SSLContext, pins: frozenset[str]) -> None:
    """Make every handshake of this context fail where the server's key is none of ``pins``."""
    if not pins:
        return

    class Pinned(ssl.SSLSocket):
        def do_handshake(self, *arguments: Any, **named: Any) -> None:
            super().do_handshake(*arguments, **named)
            if pin_of(self.getpeercert(binary_form=True) or b"") not in pins:
                raise KeyNotPinned(KeyNotPinned.reason)

    context.sslsocket_class = Pinned


def pin_of(certificate: bytes) -> str:
    """The pin of a certificate in DER; "" for none."""
    if not certificate:
        return ""
    key = x509.load_der_x509_certificate(certificate).public_key()
    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(encoded).digest()).decode()


def _is_digest(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == hashlib.sha256().digest_size
    except (binascii.Error, ValueError):
        return False
