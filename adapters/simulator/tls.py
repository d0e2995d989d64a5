"""Certificates for TLS among the fictional agencies: one authority, servers on loopback, and clients.

Drawn once and kept in the data folder like the other identities; without a folder, once a process.
"""

import ipaddress
import ssl
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID as Use

from adapters.simulator.identities import Identity, kept_as
from adapters.simulator.settings import CLIENT_NAME

VALID = timedelta(days=1825)
HERE = ("localhost", "127.0.0.1")  # where the servers are


def authority(folder: Path | None) -> Identity:
    """Who certifies servers and clients."""
    return kept_as("tls-authority", folder, lambda: issue("Aurelia test authority", None))


def server(name: str, folder: Path | None) -> Identity:
    """What the server of an agency shows."""
    return kept_as(f"tls-{name}", folder, lambda: issue(name, authority(folder), Use.SERVER_AUTH))


def client(name: str, folder: Path | None) -> Identity:
    """What the portal shows to an agency: a certificate of the name that it has there."""
    own = f"{CLIENT_NAME}-{name}"
    return kept_as(f"tls-{own}", folder, lambda: issue(own, authority(folder), Use.CLIENT_AUTH))


def server_context(name: str, folder: Path | None, *, clients: bool = False) -> ssl.SSLContext:
    """What a server of that name shows; with ``clients`` it lets only those of the authority in."""
    return showing(server(name, folder), authority(folder) if clients else None)


def showing(paper: Identity, clients_of: Identity | None = None) -> ssl.SSLContext:
    """What a server shows; with ``clients_of`` it lets only those of that authority in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(paper.key + paper.certificate)
        file.flush()
        context.load_cert_chain(file.name)
    if clients_of is not None:
        context.load_verify_locations(cadata=clients_of.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def issue(
    name: str,
    issuer: Identity | None,
    use: x509.ObjectIdentifier | None = None,
    *,
    hosts: Sequence[str] = HERE,
    valid: timedelta = VALID,
) -> Identity:
    """Draw a key and certify it for ``valid`` (below zero: it has ended); without an issuer, an authority."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name.from_rfc4514_string(f"CN={name},O=Republic of Aurelia (test)")
    above = x509.load_pem_x509_certificate(issuer.certificate.encode()) if issuer else None
    signing = load_pem_private_key(issuer.key.encode(), None) if issuer else key
    off = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    usage = x509.KeyUsage(
        digital_signature=issuer is not None,
        key_cert_sign=issuer is None,
        crl_sign=issuer is None,
        encipher_only=False,
        decipher_only=False,
        **dict.fromkeys(off, False),
    )
    public = signing.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above.subject if above else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1) + min(valid, timedelta()))
        .not_valid_after(now + valid)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)  # type: ignore[arg-type]
    )
    if use is not None:
        names = [_host(one) for one in hosts]
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    certificate = builder.sign(signing, SHA256())  # type: ignore[arg-type]
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Identity(text, certificate.public_bytes(Encoding.PEM).decode())


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
