"""The certificate that a caller proved itself with, as a proxy of ours tells it (RFC 9440, ``Client-Cert``).

The proxy ended TLS and checked that the caller holds the key; whose certificates count is the connection's:
``caller_certificate`` (PEM, one or more), or ``caller_authority`` with ``subject`` of ``[callers]``.
"""

import base64
import re
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured, NotAuthentic
from adapters.wss.certificates import Trust
from adapters.wss.refused import SecurityRefused

LONGEST = 16 * 1024  # characters
_ITEM = re.compile(r":([A-Za-z0-9+/]+={0,2}):")  # one byte sequence (RFC 8941 section 3.3.5)


def insist(spec: ConnectionSpec, header: str, now: datetime | None = None) -> None:
    """Raise NotAuthentic unless the header holds a certificate that this connection believes."""
    if not header:
        raise NotAuthentic(spec.key, "no certificate of the caller was shown by our proxy (Client-Cert)")
    certificate = _read(spec.key, header)
    try:
        _insist_on_purpose(certificate)
        _trust(spec).insist(certificate, now or datetime.now(UTC))
    except SecurityRefused as refused:
        raise NotAuthentic(spec.key, str(refused)) from refused


def _trust(spec: ConnectionSpec) -> Trust:
    known, table = spec.credentials, spec.option("callers", {})
    try:
        return Trust.read(
            known.get("caller_certificate", ""),
            known.get("caller_authority", ""),
            str(table.get("subject", "")),
        )
    except ValueError as error:
        raise Misconfigured(spec.key, f"[callers]: {error}") from error


def _read(key: str, header: str) -> x509.Certificate:
    found = _ITEM.fullmatch(header.strip()) if len(header) <= LONGEST else None
    if found is None:
        raise NotAuthentic(key, "Client-Cert is not one certificate (RFC 9440 section 2.2)")
    try:
        return x509.load_der_x509_certificate(base64.b64decode(found[1], validate=True))
    except ValueError as error:
        raise NotAuthentic(key, "Client-Cert cannot be read") from error


def _insist_on_purpose(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    if ExtendedKeyUsageOID.CLIENT_AUTH not in usage:
        raise SecurityRefused("InvalidSecurityToken", "the certificate is not for clients")
