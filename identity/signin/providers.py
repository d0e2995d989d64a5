"""The e-IDs people may sign in with. One today, from the settings; rows of a table later."""

from dataclasses import dataclass, field

from django.conf import settings

from identity.signin.errors import AnswerRefused


@dataclass(frozen=True)
class Provider:
    """An OpenID Provider as the portal knows it; everything else is read from its discovery document."""

    key: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "eidas", "email", "phone")
    algorithms: tuple[str, ...] = ("ES256", "RS256", "PS256")


def default() -> Provider:
    """Return the embedded e-ID."""
    return Provider("eid", "Aurelia e-ID", settings.EID_URL, "portal", settings.EID_CLIENT_SECRET)


def by_key(key: str) -> Provider:
    """Return the provider with this key; raises AnswerRefused."""
    provider = default()
    if key != provider.key:
        raise AnswerRefused("provider", key)
    return provider
