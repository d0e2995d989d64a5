"""Changing an e-ID: one save with an owner, refused where somebody else was faster."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from identity.models import IdentityProvider, SignedClaim, User
from identity.record import deeds
from identity.saml import keys, trust
from identity.signin import discovery, key_sets
from identity.signin.providers import new_key

MOST_LOGO = 100 * 1024  # bytes
_SIGNS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_OWN = {"secret", "key_algorithm", "logo", "seen", "metadata", "metadata_url", "settled", "signed"}
log = logging.getLogger(__name__)


class ChangedMeanwhile(Exception):
    """The row is not any more what the administrator saw. Final: it must be opened again."""


def picture_type(content: bytes) -> str:
    """Return the media type of a picture by its first bytes, or "" for anything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in _SIGNS if content.startswith(sign)), "")


@transaction.atomic
def save_provider(
    *, provider: IdentityProvider, values: Mapping[str, Any], actor: User, now: datetime
) -> IdentityProvider:
    """Save an e-ID, new or changed; raises :class:`ChangedMeanwhile`.

    A key is made where the e-ID wants one and there is none; it is kept while the method stays, so that what
    was registered at the e-ID goes on working. For SAML ``metadata`` is what was read anew, or None.
    """
    by_saml = provider.protocol == IdentityProvider.Protocol.SAML
    had_key = bool(provider.secret) and (by_saml or provider.auth_method == IdentityProvider.Proof.SIGNED)
    if provider.pk:
        held = IdentityProvider.objects.select_for_update().get(pk=provider.pk)
        if held.updated_at.isoformat() != values["seen"]:
            raise ChangedMeanwhile
    changed = [
        name
        for name, value in values.items()
        if name not in _OWN and (not provider.pk or getattr(held, name) != value)
    ]
    for name in values.keys() - _OWN:
        setattr(provider, name, values[name])
    if by_saml:
        if not had_key:
            provider.secret = keys.new(f"OneStop for {provider.key}", now)
    elif values["auth_method"] == IdentityProvider.Proof.SIGNED:
        if not had_key:
            provider.secret = new_key(values["key_algorithm"])
    elif values["secret"]:
        provider.secret = values["secret"]
        changed.append("secret")
    if values["logo"]:
        provider.logo, provider.logo_type = values["logo"], picture_type(values["logo"])
    provider.save()
    if by_saml:
        if values["metadata"] is not None:
            trust.enter(provider, values["metadata"], values["metadata_url"], now)
            changed.append("metadata")
        changed += trust.settle(provider, values["settled"])
    if not by_saml:
        changed += _keep_signed_claim(provider, values["signed"])
    deeds.set_up(actor, "e-id", provider.key, ", ".join(changed), now)
    discovery.forget(provider.issuer)
    log.info("e-ID %s changed by %s at %s: %s", provider.key, actor.subject, now, ", ".join(changed) or "-")
    return provider


def _keep_signed_claim(provider: IdentityProvider, said: Mapping[str, Any] | None) -> list[str]:
    """Keep where it puts a token that is signed by itself, or that it has none; returns what changed."""
    held = SignedClaim.objects.filter(provider=provider).first()
    if said is None:
        if held:
            held.delete()
        return ["signed claim"] if held else []
    row = held or SignedClaim(provider=provider)
    is_changed = held is None or any(getattr(row, name) != value for name, value in said.items())
    for name, value in said.items():
        setattr(row, name, value)
    row.save()
    key_sets.forget(row.keys_url)
    return ["signed claim"] if is_changed else []
