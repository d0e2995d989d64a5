"""Keys and certificates of agencies that are played, and the portal's own towards them: drawn, not written.

With a folder they are drawn once and kept there, readable by the owner alone; without, once a process.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

VALID = timedelta(days=1825)
_IN_MEMORY: dict[str, "Identity"] = {}
_drawing = threading.RLock()  # one identity may be drawn to certify another


@dataclass(frozen=True, slots=True)
class Identity:
    """A private key and its certificate, both as PEM."""

    key: str = field(repr=False)
    certificate: str


def kept(name: str, kind: str, folder: Path | None) -> Identity:
    """The identity of a name, drawn if there is none (``kind``: ec or rsa); two processes get the same."""
    return kept_as(name if folder is not None else f"{name}.{kind}", folder, lambda: _drawn(name, kind))


def kept_as(name: str, folder: Path | None, draw: Callable[[], Identity]) -> Identity:
    """The identity that is kept under a name; ``draw`` makes it where there is none."""
    if folder is None:
        with _drawing:
            return _IN_MEMORY.get(name) or _IN_MEMORY.setdefault(name, draw())
    path = folder / "identities" / f"{name}.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _keep(path, draw())
    key, _, certificate = path.read_text(encoding="ascii").partition("-----BEGIN CERTIFICATE-----")
    return Identity(key, f"-----BEGIN CERTIFICATE-----{certificate}")


def _keep(path: Path, drawn: Identity) -> None:
    """Whole or not at all: a link does not replace what another process was quicker to keep."""
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(drawn.key + drawn.certificate)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _drawn(name: str, kind: str) -> Identity:
    key: Any = (
        ec.generate_private_key(ec.SECP256R1())
        if kind == "ec"
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Identity(text, _certificate(name, key))


def _certificate(name: str, key: Any) -> str:
    now, subject = datetime.now(UTC), x509.Name.from_rfc4514_string(f"CN={name},O=Republic of Aurelia (test)")
    names = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    off = dict.fromkeys((*names, "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.KeyUsage(digital_signature=True, **off), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()
