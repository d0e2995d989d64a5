"""Which certificate a signature names (WS-Security 1.1 section 7, X.509 token profile 1.1 section 3.2)."""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any

from cryptography import x509

from adapters.wss.certificates import Trust
from adapters.wss.names import (
    BINARY_TOKEN,
    DS,
    KEY_IDENTIFIER,
    PKI_PATH,
    THUMBPRINT,
    TOKEN_REFERENCE,
    WSSE,
    X509_V3,
)
from adapters.wss.pki_path import last_certificate
from adapters.wss.references import Parts
from adapters.wss.refused import SecurityRefused

_X509_DATA = f"{{{DS}}}X509Data"


def certificate_of(signature: Any, parts: Parts, trust: Trust) -> x509.Certificate:
    """The certificate that a signature says it is of; whether it is believed is for ``trust.insist``.

    A BinarySecurityToken or an X509Certificate carries it; issuer and serial, key identifier or thumbprint
    name a pinned one. Raises SecurityRefused.
    """
    infos = signature.findall(f"{{{DS}}}KeyInfo")
    if not infos:
        return trust.only_pinned()
    if len(infos) > 1:
        raise SecurityRefused("InvalidSecurity", "a signature has one KeyInfo")
    reference = infos[0].find(TOKEN_REFERENCE)
    holder = infos[0] if reference is None else reference
    direct, named = holder.find(f"{{{WSSE}}}Reference"), holder.find(f"{{{WSSE}}}KeyIdentifier")
    if direct is not None:
        return _token(parts.find(direct.get("URI", "")))
    if named is not None:
        return _identified(named, trust)
    return _x509_data(holder.find(_X509_DATA), trust)


def _token(token: Any) -> x509.Certificate:
    kind = token.get("ValueType")
    if token.tag != BINARY_TOKEN or kind not in {X509_V3, PKI_PATH}:
        raise SecurityRefused("InvalidSecurityToken", "the signature names no X.509 certificate")
    octets = _octets(token.text)
    return _loaded(last_certificate(octets) if kind == PKI_PATH else octets)


def _identified(identifier: Any, trust: Trust) -> x509.Certificate:
    kind, octets = identifier.get("ValueType"), _octets(identifier.text)
    if kind == THUMBPRINT:
        return trust.by_thumbprint(octets)
    if kind == KEY_IDENTIFIER:
        return trust.by_key_identifier(octets)
    if kind == X509_V3:
        return _certificate(identifier.text)
    raise SecurityRefused("InvalidSecurityToken", f"a key identifier of type {kind!r} is not known")


def _x509_data(data: Any, trust: Trust) -> x509.Certificate:
    if data is None:
        raise SecurityRefused("InvalidSecurityToken", "the signature names no certificate")
    certificate = data.findtext(f"{{{DS}}}X509Certificate")
    if certificate:
        return _certificate(certificate)
    serial = data.findtext(f"{{{DS}}}X509IssuerSerial/{{{DS}}}X509SerialNumber", "").strip()
    if not serial.isdecimal() or len(serial) > 60:
        raise SecurityRefused("InvalidSecurityToken", "the signature names no certificate")
    return trust.by_serial(int(serial))


def _certificate(text: str | None) -> x509.Certificate:
    return _loaded(_octets(text))


def _loaded(octets: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(octets)
    except ValueError as error:
        raise SecurityRefused("InvalidSecurityToken", "the token is not a certificate") from error


def _octets(text: str | None) -> bytes:
    try:
        return b64decode("".join((text or "").split()), validate=True)
    except (NotBase64, ValueError) as error:
        raise SecurityRefused("InvalidSecurityToken", "the token is not base64") from error
