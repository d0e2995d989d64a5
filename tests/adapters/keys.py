"""Keys and certificates drawn for the tests, once a run."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NOW = datetime.now(UTC)


def key(kind: str, name: str = "") -> Any:
    """A private key; another ``name`` is another key."""
    return _key(kind, name)


@cache
def _key(kind: str, name: str) -> Any:
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 1024 if kind == "rsa-weak" else 2048)


def certificate(
    kind: str, name: str = "", *, issuer: str = "", days: int = 30, start: int = -1, signs: bool = True
) -> x509.Certificate:
    """The certificate of a key, from ``start`` to ``days`` from now; by itself or by an authority."""
    return _certificate(kind, name, issuer, days, start, signs)


@cache
def _certificate(kind: str, name: str, issuer: str, days: int, start: int, signs: bool) -> x509.Certificate:
    subject = x509.Name.from_rfc4514_string(f"CN={name or kind},O=Aurelia")
    by = x509.Name.from_rfc4514_string(f"CN={issuer},O=Aurelia") if issuer else subject
    usage = dict.fromkeys(("key_cert_sign", "crl_sign", "key_encipherment", "key_agreement"), False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key(kind, name).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=start))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key(kind, name).public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=signs,
                content_commitment=False,
                data_encipherment=not signs,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
    )
    if not issuer:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key("rsa", issuer) if issuer else key(kind, name), SHA256())


def pem(found: Any) -> str:
    """A key or a certificate as PEM."""
    if isinstance(found, x509.Certificate):
        return found.public_bytes(Encoding.PEM).decode()
    return found.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
