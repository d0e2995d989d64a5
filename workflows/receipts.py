"""Receipts: what the portal signs the moment a case is submitted, and anybody can check.

An Ed25519 signature over the canonical JSON (sorted names, no blanks, UTF-8) of all but the ``proof``.
"""

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from workflows.models import Case

JSON = dict[str, Any]


def canonical(value: Any) -> bytes:
    """The one way to write a JSON value as bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: Any) -> str:
    """SHA-256 of a JSON value's canonical bytes, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def issue(case: Case) -> JSON:
    """Sign that this case was submitted, when, under which version and with which answers (by digest)."""
    body = {
        "reference": case.reference,
        "service": case.service_version.service,
        "version": case.service_version.version,
        "submittedAt": case.submitted_at.isoformat(),
        "answersSHA256": digest(case.answers),
        "issuer": settings.PORTAL_URL,
    }
    if case.state["data"].get("consents"):
        body["consents"] = sorted(case.state["data"]["consents"])
    if case.submitted_by is not None:
        body["submittedBy"] = case.submitted_by.get_full_name()
    signature = _private_key().sign(canonical(body))
    return {**body, "proof": {"type": "Ed25519", "publicKey": public_key(), "signature": _text(signature)}}


def verify(receipt: JSON, trusted: str | None = None) -> bool:
    """Whether a receipt was signed by the trusted key (base64; None: our own) and not changed since."""
    key = public_key() if trusted is None else trusted
    body = {name: value for name, value in receipt.items() if name != "proof"}
    proof = receipt.get("proof")
    if not isinstance(proof, dict) or proof.get("type") != "Ed25519":
        return False
    try:
        signature = base64.b64decode(str(proof.get("signature", "")), validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(signature, canonical(body))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key() -> str:
    """This portal's public key, base64, to be published."""
    return _text(_private_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def _private_key() -> Ed25519PrivateKey:
    secret: str = getattr(settings, "RECEIPT_SECRET", "") or settings.SECRET_KEY
    return _derived(secret)


@lru_cache(maxsize=4)
def _derived(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(hashes.SHA256(), 32, salt=None, info=b"onestop receipts").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
