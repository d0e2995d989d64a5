"""What an e-ID's metadata says: its name, where it is asked, and the certificates of its signing keys."""

import base64
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils import timezone
from lxml import etree

from identity.models import IdentityProvider, SamlTrust
from identity.saml.markup import MD, SAMLP, NotReadable, all_of, read, text
from identity.signin import wire
from identity.signin.errors import AnswerRefused, ProviderSilent

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
FRESH = timedelta(hours=12)
SHORTEST_RSA = 2048  # bits
log = logging.getLogger(__name__)


class MetadataRefused(Exception):
    """The metadata cannot be used; ``str`` says which part and why. Final until it changes."""


@dataclass(frozen=True)
class Metadata:
    """The part of an e-ID's metadata that is used. Certificates are PEM."""

    entity_id: str
    sso_url: str
    certificates: list[str]


def understand(document: bytes, now: datetime) -> Metadata:
    """Read metadata (SAML 2.0 metadata, section 2.4.3); raises :class:`MetadataRefused`."""
    try:
        root = read(document)
    except NotReadable as error:
        raise MetadataRefused(str(error)) from error
    if root.tag != f"{{{MD}}}EntityDescriptor":
        raise MetadataRefused(f"its root is {etree.QName(root).localname}, not one EntityDescriptor")
    name = root.get("entityID", "")
    if not 0 < len(name) <= 255:
        raise MetadataRefused("entityID is missing or too long")
    roles = [
        one
        for one in all_of(root, "md:IDPSSODescriptor")
        if SAMLP in one.get("protocolSupportEnumeration", "").split()
    ]
    if len(roles) != 1:
        raise MetadataRefused("it has no IDPSSODescriptor for SAML 2.0, or several")
    services = all_of(roles[0], "md:SingleSignOnService")
    found = [one.get("Location", "") for one in services if one.get("Binding") == REDIRECT]
    if not found:
        raise MetadataRefused("it has no SingleSignOnService by HTTP-Redirect")
    if not _is_address(found[0]):
        raise MetadataRefused(f"its SingleSignOnService is at {found[0]!r}, not at https://")
    return Metadata(name, found[0], _certificates(roles[0], now))


def _is_address(address: str) -> bool:
    """Whether it is https, or plain on the machine where the portal itself is plain."""
    parts = urlsplit(address)
    plain = parts.scheme == "http" and not settings.PORTAL_URL.startswith("https://")
    local = plain and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    return bool(parts.hostname) and len(address) <= 500 and (parts.scheme == "https" or local)


def _certificates(role: etree._Element, now: datetime) -> list[str]:
    signing = [one for one in all_of(role, "md:KeyDescriptor") if one.get("use", "signing") == "signing"]
    held = [one for key in signing for one in all_of(key, "ds:KeyInfo/ds:X509Data/ds:X509Certificate")]
    try:
        read_in = [x509.load_der_x509_certificate(base64.b64decode(text(one))) for one in held]
    except ValueError as error:
        raise MetadataRefused("an X509Certificate cannot be read") from error
    usable = [one for one in read_in if one.not_valid_after_utc > now and _is_strong(one)]
    if not usable:
        raise MetadataRefused(f"of its {len(read_in)} signing certificates none is valid and strong enough")
    return [one.public_bytes(Encoding.PEM).decode() for one in usable]


def _is_strong(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= SHORTEST_RSA
    return isinstance(key, ec.EllipticCurvePublicKey)


def fetched(address: str, now: datetime) -> Metadata:
    """Read metadata at an address; raises ProviderSilent, MetadataRefused. TLS says whose it is."""
    if not _is_address(address):
        raise MetadataRefused(f"{address} does not begin with https://")
    return understand(wire.read(address), now)


def enter(provider: IdentityProvider, said: Metadata, address: str, now: datetime) -> SamlTrust:
    """Keep what the metadata says of a provider, in place of what was kept before."""
    values = {"metadata_url": address, "sso_url": said.sso_url, "certificates": said.certificates}
    row, _ = SamlTrust.objects.update_or_create(provider=provider, defaults={**values, "fetched_at": now})
    return row


def of(provider: IdentityProvider) -> SamlTrust:
    """Return what is known of the provider, read anew every 12 hours where it has an address.

    Where that fails the kept one counts, until its certificates end. Raises AnswerRefused("saml-metadata").
    """
    row, now = SamlTrust.objects.filter(provider=provider).first(), timezone.now()
    if row is None:
        raise AnswerRefused("saml-metadata", f"{provider.key} has none")
    if not row.metadata_url or now - row.fetched_at < FRESH:
        return row
    try:
        return read_again(row, now)
    except (ProviderSilent, MetadataRefused) as error:
        log.warning("the metadata of %s is kept as of %s: %s", provider.key, row.fetched_at, error)
        return row


def read_again(row: SamlTrust, now: datetime) -> SamlTrust:
    """Read the metadata at its address now; raises ProviderSilent, MetadataRefused."""
    said = fetched(row.metadata_url, now)
    if said.entity_id != row.provider.issuer:
        raise MetadataRefused(f"it is now of {said.entity_id}")
    return enter(row.provider, said, row.metadata_url, now)


def ends(row: SamlTrust) -> list[tuple[str, datetime]]:
    """The certificates that are kept: of whom, and until when they are valid."""
    held = [x509.load_pem_x509_certificate(one.encode()) for one in row.certificates]
    return [(one.subject.rfc4514_string(), one.not_valid_after_utc) for one in held]
