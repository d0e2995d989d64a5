"""Whose certificates are believed: pinned ones, or those of an authority that bear an agreed subject."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from adapters.wss.refused import SecurityRefused


@dataclass(frozen=True, slots=True)
class Trust:
    """What a signature must lead to.

    ``pinned`` certificates are believed as they are. Else a certificate must have been issued by one of
    ``authorities`` and bear ``subject`` (RFC 4514): an authority issues to others than this agency too.
    """

    pinned: tuple[x509.Certificate, ...] = ()
    authorities: tuple[x509.Certificate, ...] = ()
    subject: str = ""

    @classmethod
    def read(cls, pinned: str = "", authorities: str = "", subject: str = "") -> "Trust":
        """From PEM texts; raises ValueError."""
        if authorities and not subject:
            raise ValueError("an authority is trusted for one subject; say which")
        if not pinned and not authorities:
            raise ValueError("neither a certificate nor an authority is given")
        return cls(_read(pinned), _read(authorities), subject)

    def insist(self, certificate: x509.Certificate, now: datetime) -> None:
        """Raise SecurityRefused unless the certificate is believed at ``now`` (aware)."""
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise SecurityRefused("InvalidSecurityToken", "the certificate is not valid now")
        _insist_on_usage(certificate)
        if certificate in self.pinned:
            return
        if not self.authorities:
            raise SecurityRefused("InvalidSecurityToken", "the certificate is not the one that was agreed")
        if certificate.subject != x509.Name.from_rfc4514_string(self.subject):
            raise SecurityRefused("InvalidSecurityToken", "the certificate is of another subject")
        self._insist_on_chain(certificate, now)

    def by_thumbprint(self, digest: bytes) -> x509.Certificate:
        """The pinned certificate with a SHA-1 thumbprint (an address here, not a proof)."""
        return self._only(
            lambda one: hashlib.sha1(one.public_bytes(Encoding.DER)).digest() == digest  # noqa: S324
        )

    def by_key_identifier(self, digest: bytes) -> x509.Certificate:
        """The pinned certificate with a subject key identifier."""
        return self._only(lambda one: _key_identifier(one) == digest)

    def by_serial(self, serial: int) -> x509.Certificate:
        """The pinned certificate with a serial number; issuers are written in too many ways to compare."""
        return self._only(lambda one: one.serial_number == serial)

    def only_pinned(self) -> x509.Certificate:
        """The one pinned certificate, for messages that do not name theirs."""
        return self._only(lambda _: len(self.pinned) == 1)

    def _only(self, fits: Callable[[x509.Certificate], bool]) -> x509.Certificate:
        found = next((one for one in self.pinned if fits(one)), None)
        if found is None:
            raise SecurityRefused(
                "InvalidSecurityToken", "the signature names a certificate that is not known"
            )
        return found

    def _insist_on_chain(self, certificate: x509.Certificate, now: datetime) -> None:
        anything = ExtensionPolicy.permit_all()  # no intermediates are taken, so no leaf can issue another
        issuing = anything.require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
        verifier = (
            PolicyBuilder()
            .store(Store(list(self.authorities)))
            .time(now)
            .extension_policies(ca_policy=issuing, ee_policy=anything)
            .build_client_verifier()
        )
        try:
            verifier.verify(certificate, [])
        except VerificationError as error:
            raise SecurityRefused(
                "InvalidSecurityToken", f"the certificate is not believed: {error}"
            ) from error


def _insist_on_usage(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise SecurityRefused("InvalidSecurityToken", "the certificate is not for signatures")


def _key_identifier(certificate: x509.Certificate) -> bytes:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return b""


def _read(pem: str) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(pem.encode())) if pem.strip() else ()
