"""What a provider says of itself, and its public keys: fetched, checked, kept for a while.

Fails closed: without keys nobody signs in. An unknown key id causes one fetch in 30 seconds at most, so
a flood of forged tokens is not passed on to the provider (A73), and a rotated key is found (A84).
"""

import time
from dataclasses import dataclass
from threading import Lock
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from identity.signin import wire
from identity.signin.errors import ProviderSilent

KEPT_SECONDS = 600.0
ENDPOINTS_SECONDS = 10.0  # short: reading them anew is how we know the e-ID is there before sending people
REFETCH_SECONDS = 30.0
SILENT_SECONDS = 3.0  # so that a hanging provider does not hold up everyone who wants to sign in
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
_OFFERED = ("userinfo_endpoint", "end_session_endpoint", "pushed_authorization_request_endpoint")


@dataclass(frozen=True)
class Discovery:
    """The endpoints of a provider, "" for none. ``names_itself``: its answers carry `iss`.

    ``needs_pushing``: it takes no request that was not pushed to it first (RFC 9126 section 5).
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str
    pushed_authorization_request_endpoint: str
    names_itself: bool
    needs_pushing: bool


class Metadata:
    """The cached discovery document and keys of one issuer; safe between threads."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._lock = Lock()
        self._discovery: Discovery | None = None
        self._discovered_at = self._silent_at = self._fetched_at = float("-inf")
        self._keys: KeySet | None = None

    def discovery(self) -> Discovery:
        """Return the discovery document; raises :class:`ProviderSilent`."""
        with self._lock:
            now = time.monotonic()
            if self._discovery is not None and now - self._discovered_at <= ENDPOINTS_SECONDS:
                return self._discovery
            if now - self._silent_at <= SILENT_SECONDS:
                raise ProviderSilent(f"{self.issuer} did not answer a moment ago")
            try:
                self._discovery = self._discover()
            except ProviderSilent:
                self._silent_at = time.monotonic()
                raise
            self._discovered_at = now
            return self._discovery

    def keys(self, kid: str | None) -> KeySet:
        """Return the provider's keys, fetched anew if ``kid`` is not among them; may raise ProviderSilent."""
        uri = self.discovery().jwks_uri
        with self._lock:
            age = time.monotonic() - self._fetched_at
            known = self._keys is not None and kid in {key.kid for key in self._keys.keys}
            if age > KEPT_SECONDS or (not known and age > REFETCH_SECONDS):
                self._fetched_at = time.monotonic()  # a fetch that fails counts too
                self._keys = self._keys if age <= KEPT_SECONDS else None  # old keys are not believed for ever
                self._keys = self._fetch(uri)
            if self._keys is None:
                raise ProviderSilent(f"{uri} did not answer a moment ago")
            return self._keys

    def _discover(self) -> Discovery:
        address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"  # Discovery 1.0, section 4.1
        status, document = wire.call("GET", address)
        if status != 200 or document.get("issuer") != self.issuer:  # A71
            raise ProviderSilent(f"discovery of {self.issuer} answered {status} for another issuer")
        if not all(isinstance(document.get(name), str) for name in _NEEDED):
            raise ProviderSilent(f"discovery of {self.issuer} lacks an endpoint")
        known = {name: str(document.get(name) or "") for name in (*_NEEDED, *_OFFERED)}
        names_itself = document.get("authorization_response_iss_parameter_supported") is True
        needs_pushing = document.get("require_pushed_authorization_requests") is True
        return Discovery(**known, names_itself=names_itself, needs_pushing=needs_pushing)

    def _fetch(self, uri: str) -> KeySet:
        status, document = wire.call("GET", uri)
        try:
            usable = [key for key in document["keys"] if _verifies(key)]
            if status != 200 or not usable:
                raise ProviderSilent(f"{uri} answered {status} without keys")
            return KeySet.import_key_set({"keys": usable})
        except (KeyError, TypeError, AttributeError, JoseError, ValueError) as error:
            raise ProviderSilent(f"{uri} answered no key set") from error


def _verifies(key: dict[str, Any]) -> bool:
    """Only public keys for signatures; a provider that publishes a shared secret is not believed."""
    return key.get("kty") in {"EC", "RSA"} and key.get("use", "sig") == "sig" and "d" not in key


_known: dict[str, Metadata] = {}


def of(issuer: str) -> Metadata:
    """Return this process's cache for an issuer."""
    return _known.setdefault(issuer, Metadata(issuer))


def forget(issuer: str) -> None:
    """Forget what this process knows of an issuer, so that it is read anew."""
    _known.pop(issuer, None)
