"""The e-IDs people may sign in with: OpenID Providers as rows, each understood by what its row says."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from identity import levels
from onestop.lib.sealed_fields import SealedColumn
from onestop.lib.sealing import seal, unseal

_LABEL = "e-id.secret"
# What is kept of a person -> where a provider says it: a claim's name, or a JSON Pointer (RFC 6901).
PATHS = {
    "subject": "sub",
    "given_name": "given_name",
    "family_name": "family_name",
    "birth_name": "birth_family_name",
    "date_of_birth": "birthdate",
    "place_of_birth": "/place_of_birth/locality",
    "email": "email",
    "telephone": "phone_number",
    "identifier": "person_identifier",
}


def default_paths() -> dict[str, str]:
    """Where OpenID Connect and its extension for identity assurance put each attribute."""
    return dict(PATHS)


def default_levels() -> dict[str, str]:
    """The levels' own URIs, for a provider that speaks eIDAS."""
    return {uri: uri for uri in levels.ORDER}


# Before a path, and the key in the claims: the content of a token that is signed by itself (SignedClaim).
SIGNED = "signed:"


def claim_at(claims: Mapping[str, Any], path: str) -> Any:
    """Return the value at a claim's name or at a JSON Pointer ("/address/0/locality"); None for nothing.

    Two things go beyond RFC 6901. In a list ``[type=GivenName]`` stands for every entry that says so, and
    ``[!validUntil]`` for every entry that says no such thing; texts of several are joined by blanks. And what
    follows ``signed:`` is looked for in the token that is signed by itself.
    """
    if path.startswith(SIGNED):
        held = claims.get(SIGNED)
        return claim_at(held, path.removeprefix(SIGNED)) if isinstance(held, Mapping) else None
    if not path.startswith("/"):
        return claims.get(path)
    found: list[Any] = [claims]
    for part in path[1:].split("/"):
        found = [inner for value in found for inner in _step(value, part)]
    if len(found) > 1 and all(isinstance(one, str) for one in found):
        return " ".join(found)
    return found[0] if len(found) == 1 else None


def _step(value: Any, part: str) -> list[Any]:
    """What lies one part of a pointer further: one value, several by a condition, or none."""
    name = part.replace("~1", "/").replace("~0", "~")
    if isinstance(value, Mapping):
        return [value[name]] if value.get(name) is not None else []
    if not isinstance(value, list):
        return []
    if name.startswith("[") and name.endswith("]"):
        said, _, wanted = name[1:-1].partition("=")
        entries = [one for one in value if isinstance(one, Mapping)]
        if said.startswith("!"):
            return [one for one in entries if one.get(said[1:]) is None]
        return [one for one in entries if one.get(said) == wanted]
    return [value[int(name)]] if name.isascii() and name.isdigit() and int(name) < len(value) else []


class IdentityProviderQuerySet(models.QuerySet["IdentityProvider"]):
    """Reads of providers."""

    def offered(self, level: str) -> "list[IdentityProvider]":
        """Those that people may choose, and that can prove ``level``."""
        return [row for row in self.filter(is_active=True) if row.can_reach(level)]


class IdentityProvider(models.Model):
    """An e-ID. ``secret`` is the client's secret or its private key: a JWK, or for SAML PEM with certificate.

    In SAML the issuer is the entity id, and ``paths`` are names of attributes, or ``NameID``.
    """

    class Proof(models.TextChoices):
        """How the portal proves itself at the token endpoint (OpenID Connect Core section 9)."""

        BASIC = "client_secret_basic", "secret in the header"
        POST = "client_secret_post", "secret in the form"
        SIGNED = "private_key_jwt", "signed assertion"

    class Protocol(models.TextChoices):
        """What it speaks. A provider of SAML has a row of :class:`SamlTrust` besides."""

        OIDC = "oidc", "OpenID Connect"
        SAML = "saml", "SAML 2.0"

    class Asking(models.TextChoices):
        """How a level is asked for in the authorization request."""

        ACR_VALUES = "acr_values", "acr_values (OpenID Connect)"
        VTR = "vtr", "vtr (vectors of trust, RFC 8485)"
        CONTEXT = "authn_context", "RequestedAuthnContext (SAML)"
        NOTHING = "none", "not at all"

    class Pushing(models.TextChoices):
        """When requests are pushed to it from server to server (RFC 9126), not carried by the browser."""

        OFFERED = "offered", "wherever it offers that"
        ALWAYS = "always", "always; without it nobody signs in"
        REQUIRED = "required", "only where it insists"

    key = models.SlugField(max_length=40, unique=True)
    protocol = models.CharField(max_length=10, choices=Protocol.choices, default=Protocol.OIDC)
    names = models.JSONField(default=dict, help_text="Display name by language")
    issuer = models.CharField(max_length=255, unique=True)
    client_id = models.CharField(max_length=255)
    auth_method = models.CharField(max_length=30, choices=Proof.choices, default=Proof.BASIC)
    secret_sealed = SealedColumn(blank=True, default=b"", editable=False, label=lambda row: _LABEL)
    scopes = models.CharField(max_length=500, default="openid profile", help_text="Space separated")
    algorithms = models.CharField(max_length=100, default="ES256 RS256 PS256", help_text="Space separated")
    paths = models.JSONField(default=default_paths)
    level_path = models.CharField(max_length=200, default="acr")
    level_map = models.JSONField(default=default_levels, help_text="What it says -> eIDAS level")
    asking = models.CharField(max_length=20, choices=Asking.choices, default=Asking.ACR_VALUES)
    pushing = models.CharField(max_length=10, choices=Pushing.choices, default=Pushing.OFFERED)
    needs_at_hash = models.BooleanField(default=True, help_text="Its ID tokens carry at_hash")
    logo = models.BinaryField(blank=True, default=b"", editable=False)
    logo_type = models.CharField(max_length=20, blank=True, editable=False)
    is_active = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    objects = IdentityProviderQuerySet.as_manager()

    class Meta:
        ordering = ("position", "key")

    def __str__(self) -> str:
        return self.key

    @property
    def secret(self) -> str:
        """The client's secret or private key; "" where there is none yet."""
        return unseal(bytes(self.secret_sealed), label=_LABEL).decode() if self.secret_sealed else ""

    @secret.setter
    def secret(self, text: str) -> None:
        self.secret_sealed = seal(text.encode(), label=_LABEL) if text else b""

    @property
    def is_embedded(self) -> bool:
        """Whether it is the e-ID that comes along, whose origin the portal's pages know."""
        return self.issuer == settings.EID_URL

    @property
    def callback_url(self) -> str:
        """Where its answers go: an address of its own, so that none is taken for another's (RFC 9700 4.4)."""
        return f"{settings.PORTAL_URL}{reverse('identity:callback', args=[self.key])}"

    def name(self, language: str) -> str:
        """The name people know it by."""
        return str(self.names.get(language) or self.names.get(settings.LANGUAGE_CODE) or self.key)

    def level_of(self, claims: Mapping[str, Any]) -> str:
        """Return the eIDAS level the claims stand for, or "" for a word the map does not know."""
        return str(self.level_map.get(self.said_level(claims), ""))

    def said_level(self, claims: Mapping[str, Any]) -> str:
        """Return the provider's word for the level; parts that several paths find are joined by dots.

        A vector of trust is written so (RFC 8485): the ID token says `Cl.Cm`, the signed identity `P2`.
        """
        said = [claim_at(claims, path) for path in self.level_path.split()]
        return ".".join(part for part in said if isinstance(part, str))

    def levels(self) -> list[str]:
        """The levels it can prove, from the lowest up (a database keeps no order in the map)."""
        return [level for level in levels.ORDER if level in self.level_map.values()]

    def can_reach(self, level: str) -> bool:
        """Return whether any of its words stands for ``level`` or more."""
        return any(levels.reaches(known, level) for known in self.level_map.values())

    def words(self, level: str) -> list[str]:
        """Return the provider's own words for ``level`` or more, the lowest first."""
        words = [said for said, known in self.level_map.items() if levels.reaches(known, level)]
        return sorted(words, key=lambda said: levels.ORDER.index(self.level_map[said]))

    def wish(self, level: str) -> dict[str, str]:
        """Return the parameter that asks for ``level`` or more in the provider's own words."""
        words = self.words(level)
        if self.asking == self.Asking.ACR_VALUES:
            return {"acr_values": " ".join(words)}
        return {"vtr": json.dumps(words)} if self.asking == self.Asking.VTR else {}

    def person(self, claims: Mapping[str, Any]) -> dict[str, str]:
        """Return what the claims say of the person, by the names of :data:`PATHS`, texts only."""
        found = {name: claim_at(claims, path) for name, path in self.paths.items() if path}
        return {name: _text(value) for name, value in found.items() if value is not None}


def _text(value: object) -> str:
    """Return a claim as text without the characters a database or XML refuses."""
    return "".join(letter for letter in value if letter >= " ") if isinstance(value, str) else ""
