"""What a provider says of itself, and its public keys: fetched, checked, kept for a while.

Fails closed: without keys nobody signs in. An unknown key id causes one fetch in 30 seconds at most, so
a flood of forged tokens is not passed on to the provider (A73), and a rotated key is found (A84).
"""

import time
from dataclasses import dataclass

from joserfc.jwk import KeySet

from identity.signin import wire
from identity.signin.errors import ProviderSilent
from identity.signin.key_sets import KeyCache

ENDPOINTS_SECONDS = 10.0  # short: reading them anew is how we know the e-ID is there before sending people
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


class Metadata(KeyCache):
    """The cached discovery document and keys of one issuer; safe between threads."""

    def __init__(self, issuer: str) -> None:
        super().__init__()
        self.issuer = issuer
        self._discovery: Discovery | None = None
        self._discovered_at = self._silent_at = float("-inf")

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
        return self.keys_at(self.discovery().jwks_uri, kid)

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


_known: dict[str, Metadata] = {}


def of(issuer: str) -> Metadata:
    """Return this process's cache for an issuer."""
    return _known.setdefault(issuer, Metadata(issuer))


def forget(issuer: str) -> None:
    """Forget what this process knows of an issuer, so that it is read anew."""
    _known.pop(issuer, None)
