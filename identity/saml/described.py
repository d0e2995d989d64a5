"""An e-ID's metadata, read: who it is, where to ask, whose signatures count (SAML 2.0 metadata, 2.4.3).

A document may describe a whole federation, and be signed by it; whoever pinned its certificate believes
nothing that this certificate has not signed.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from lxml import etree

from identity.saml import extra, signature
from identity.saml.markup import LARGEST_METADATA, MD, SAMLP, NotReadable, all_of, read, text
from identity.signin.errors import SignInError

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
BINDINGS = {"redirect": REDIRECT, "post": POST}
SHORTEST_RSA = 2048  # bits
_NAMED = 6  # e-IDs of a federation that a refusal lists
_ROOTS = {f"{{{MD}}}EntityDescriptor", f"{{{MD}}}EntitiesDescriptor"}


class MetadataRefused(Exception):
    """The metadata cannot be used; ``str`` says which part and why. Final until it changes."""


@dataclass(frozen=True)
class Metadata:
    """The part of an e-ID's metadata that is used. Certificates are PEM; ``logout`` as in SamlTrust."""

    entity_id: str
    sso_url: str
    certificates: list[str]
    logout: dict[str, list[str]]
    valid_until: datetime | None


def understand(document: bytes, now: datetime, *, entity_id: str = "", pinned: str = "") -> Metadata:
    """Read metadata; raises :class:`MetadataRefused`.

    ``entity_id`` says which e-ID where several are described; ``pinned`` is the certificate (PEM) that must
    have signed the document, or the part of it that describes this e-ID.
    """
    try:
        root = read(document, LARGEST_METADATA)
    except NotReadable as error:
        raise MetadataRefused(str(error)) from error
    if root.tag not in _ROOTS:
        raise MetadataRefused(f"its root is {etree.QName(root).localname}, not EntityDescriptor")
    entity, role = _chosen(root, entity_id)
    if pinned:
        _must_be_signed(root, entity, pinned)
    services = all_of(role, "md:SingleSignOnService")
    found = [one.get("Location", "") for one in services if one.get("Binding") == REDIRECT]
    if not found:
        raise MetadataRefused("it has no SingleSignOnService by HTTP-Redirect")
    if not is_address(found[0]):
        raise MetadataRefused(f"its SingleSignOnService is at {found[0]!r}, not at https://")
    return Metadata(
        entity_id=entity.get("entityID", ""),
        sso_url=found[0],
        certificates=_certificates(role, now),
        logout=_logout(role),
        valid_until=_end((root, entity, role), now),
    )


def _chosen(root: etree._Element, entity_id: str) -> tuple[etree._Element, etree._Element]:
    """The description of one e-ID, and the part that says how it signs people in by SAML 2.0."""
    known: dict[str, tuple[etree._Element, etree._Element]] = {}
    for entity in root.iter(f"{{{MD}}}EntityDescriptor"):
        name = entity.get("entityID", "")
        roles = [
            one
            for one in all_of(entity, "md:IDPSSODescriptor")
            if SAMLP in one.get("protocolSupportEnumeration", "").split()
        ]
        if len(roles) == 1 and 0 < len(name) <= 255:
            if name in known:
                raise MetadataRefused(f"it describes {name} twice")
            known[name] = entity, roles[0]
    if not known:
        raise MetadataRefused("it has no IDPSSODescriptor for SAML 2.0 with a usable entityID")
    if entity_id:
        if entity_id not in known:
            raise MetadataRefused(f"it does not describe {entity_id}, but {_listed(known)}")
        return known[entity_id]
    if len(known) > 1:
        raise MetadataRefused(f"it describes {len(known)} e-IDs; say which one you mean: {_listed(known)}")
    return next(iter(known.values()))


def _listed(known: dict[str, tuple[etree._Element, etree._Element]]) -> str:
    names = sorted(known)
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _must_be_signed(root: etree._Element, entity: etree._Element, pinned: str) -> None:
    lacking = extra.missing()
    if lacking:
        raise MetadataRefused(f"its signature cannot be checked before this is installed: {lacking}")
    signed = [one for one in dict.fromkeys((root, entity)) if all_of(one, "ds:Signature")]
    if not signed:
        raise MetadataRefused("it is not signed, and you gave a certificate that must have signed it")
    try:
        for element in signed:
            signature.must_hold(root, element, [pinned])
    except SignInError as error:
        raise MetadataRefused(
            f"its signature does not hold with the certificate you gave ({error})"
            if error.code == "signature"
            else f"its signature is not one that is accepted ({error})"
        ) from error


def pinned_certificate(content: bytes) -> str:
    """Return a certificate as PEM, given as PEM or DER; raises MetadataRefused."""
    try:
        held = (
            x509.load_pem_x509_certificate(content)
            if b"-----BEGIN" in content
            else x509.load_der_x509_certificate(content)
        )
    except ValueError as error:
        raise MetadataRefused("this is no X.509 certificate in PEM or DER") from error
    if not _is_strong(held):
        raise MetadataRefused(f"its key is neither RSA of {SHORTEST_RSA} bits or more nor elliptic")
    return held.public_bytes(Encoding.PEM).decode()


def is_address(address: str) -> bool:
    """Whether it is https, or plain on the machine where the portal itself is plain."""
    parts = urlsplit(address)
    plain = parts.scheme == "http" and not settings.PORTAL_URL.startswith("https://")
    local = plain and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    return bool(parts.hostname) and len(address) <= 500 and (parts.scheme == "https" or local)


def _logout(role: etree._Element) -> dict[str, list[str]]:
    """Where to ask for signing out, and where to answer, for each binding that is spoken here."""
    found: dict[str, list[str]] = {}
    for one in all_of(role, "md:SingleLogoutService"):
        asked = one.get("Location", "")
        answered = one.get("ResponseLocation") or asked
        for name, binding in BINDINGS.items():
            if one.get("Binding") == binding and is_address(asked) and is_address(answered):
                found.setdefault(name, [asked, answered])
    return found


def _end(described: tuple[etree._Element, ...], now: datetime) -> datetime | None:
    """Until when it may be used: the earliest validUntil on the way to the e-ID."""
    said = {value for one in described if (value := one.get("validUntil")) is not None}
    try:
        ends = [datetime.fromisoformat(value) for value in said]
    except ValueError as error:
        raise MetadataRefused("its validUntil is no time") from error
    if not ends:
        return None
    end = min(one if one.tzinfo else one.replace(tzinfo=UTC) for one in ends)
    if end <= now:
        raise MetadataRefused(f"it has ended: validUntil {end:%Y-%m-%d %H:%M} UTC")
    return end


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
