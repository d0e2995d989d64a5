"""What is kept of an e-ID's metadata, and when it is read anew: every 12 hours, and when its key changed."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from cryptography import x509
from django.utils import timezone

from identity.models import IdentityProvider, SamlTrust
from identity.saml import signature
from identity.saml.described import Metadata, MetadataRefused, is_address, understand
from identity.saml.markup import LARGEST_METADATA
from identity.signin import wire
from identity.signin.errors import AnswerRefused, ProviderSilent, TokenForged

FRESH = timedelta(hours=12)
REFETCH_SECONDS = 30.0
_asked_at: dict[int, float] = {}  # by the row of the trust: when this process last looked for a new key
T = TypeVar("T")
log = logging.getLogger(__name__)


def fetched(address: str, now: datetime, *, entity_id: str = "", pinned: str = "") -> Metadata:
    """Read metadata at an address; raises ProviderSilent, MetadataRefused.

    Whose it is, TLS says, and its signature where a certificate is ``pinned``.
    """
    if not is_address(address):
        raise MetadataRefused(f"{address} does not begin with https://")
    document = wire.read(address, LARGEST_METADATA)
    return understand(document, now, entity_id=entity_id, pinned=pinned)


def enter(provider: IdentityProvider, said: Metadata, address: str, now: datetime) -> SamlTrust:
    """Keep what the metadata says of a provider, in place of what was kept before."""
    values: dict[str, Any] = {"metadata_url": address, "certificates": said.certificates}
    values |= {
        "sso_url": said.sso_url,
        "logout": said.logout,
        "valid_until": said.valid_until,
        "fetched_at": now,
    }
    row, _ = SamlTrust.objects.update_or_create(provider=provider, defaults=values)
    return row


def settle(provider: IdentityProvider, decided: Mapping[str, Any]) -> list[str]:
    """Keep what an administrator decided, by the fields' names; returns those that changed."""
    row = SamlTrust.objects.get(provider=provider)
    changed = [name for name, value in decided.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, decided[name])
    row.save(update_fields=changed)
    return changed


def of(provider: IdentityProvider) -> SamlTrust:
    """Return what is known of the provider, read anew every 12 hours where it has an address.

    Where that fails the kept one counts, until it or its certificates end. Raises
    AnswerRefused("saml-metadata").
    """
    row, now = SamlTrust.objects.filter(provider=provider).first(), timezone.now()
    if row is None:
        raise AnswerRefused("saml-metadata", f"{provider.key} has none")
    is_over = row.valid_until is not None and row.valid_until <= now
    if row.metadata_url and (is_over or now - row.fetched_at >= FRESH):
        try:
            return read_again(row, now)
        except (ProviderSilent, MetadataRefused) as error:
            log.warning("the metadata of %s is kept as of %s: %s", provider.key, row.fetched_at, error)
    if is_over:
        raise AnswerRefused("saml-ended", f"the metadata of {provider.key} ended at {row.valid_until}")
    return row


def read_again(row: SamlTrust, now: datetime) -> SamlTrust:
    """Read the metadata at its address now; raises ProviderSilent, MetadataRefused."""
    said = fetched(row.metadata_url, now, entity_id=row.provider.issuer, pinned=row.pinned)
    return enter(row.provider, said, row.metadata_url, now)


def renewed(row: SamlTrust, now: datetime) -> SamlTrust | None:
    """Look for a key that the e-ID took up since; None where there is no other to be had.

    At most once in 30 seconds, so that a flood of forged answers is not passed on to the e-ID.
    """
    asked_at = _asked_at.get(row.pk, float("-inf"))
    if not row.metadata_url or time.monotonic() - asked_at < REFETCH_SECONDS:
        return None
    _asked_at[row.pk] = time.monotonic()
    try:
        found = read_again(row, now)
    except (ProviderSilent, MetadataRefused) as error:
        log.warning("no new keys of %s: %s", row.provider.key, error)
        return None
    return found if set(found.certificates) != set(row.certificates) else None


def judged(row: SamlTrust, now: datetime, judge: Callable[[list[str]], T]) -> T:
    """Return what ``judge`` says, told the e-ID's certificates; asked again where it took up a new key since.

    Raises what ``judge`` raises.
    """
    try:
        return judge(signature.valid(row.certificates, now))
    except TokenForged as error:
        found = renewed(row, now) if error.code == "signature" else None
        if found is None:
            raise
        return judge(signature.valid(found.certificates, now))


def ends(row: SamlTrust) -> list[tuple[str, datetime]]:
    """The certificates that are kept: of whom, and until when they are valid."""
    held = [x509.load_pem_x509_certificate(one.encode()) for one in row.certificates]
    return [(one.subject.rfc4514_string(), one.not_valid_after_utc) for one in held]
