"""The public keys of an issuer, as a key set (RFC 7517) or a DID document, fetched and kept for a while.

Fails closed: without keys nothing is believed. An unknown key id causes one fetch in 30 seconds at most, so
a flood of forged tokens is not passed on to the issuer (A73), and a rotated key is found (A84).
"""

import time
from threading import Lock
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from identity.signin import wire
from identity.signin.errors import ProviderSilent

KEPT_SECONDS = 600.0
REFETCH_SECONDS = 30.0


class KeyCache:
    """The keys that were last read for one issuer; safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._fetched_at = float("-inf")
        self._keys: KeySet | None = None

    def keys_at(self, uri: str, kid: str | None) -> KeySet:
        """Return the keys at ``uri``, fetched anew if ``kid`` is not among them; may raise ProviderSilent."""
        with self._lock:
            age = time.monotonic() - self._fetched_at
            known = self._keys is not None and kid in {key.kid for key in self._keys.keys}
            if age > KEPT_SECONDS or (not known and age > REFETCH_SECONDS):
                self._fetched_at = time.monotonic()  # a fetch that fails counts too
                self._keys = self._keys if age <= KEPT_SECONDS else None  # none for ever
                self._keys = fetched(uri)
            if self._keys is None:
                raise ProviderSilent(f"{uri} did not answer a moment ago")
            return self._keys


def fetched(uri: str) -> KeySet:
    """Read the keys at an address now; raises ProviderSilent."""
    status, document = wire.call("GET", uri)
    try:
        offered = _of_did(document) if "assertionMethod" in document else document["keys"]
        usable = [key for key in offered if _verifies(key)]
        if status != 200 or not usable:
            raise ProviderSilent(f"{uri} answered {status} without keys")
        return KeySet.import_key_set({"keys": usable})
    except (KeyError, TypeError, AttributeError, JoseError, ValueError) as error:
        raise ProviderSilent(f"{uri} answered no key set") from error


def _of_did(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The keys with which the subject of a DID document makes assertions, each named in full (DID Core 5.3).

    A method stands there itself, or by the name it has under ``verificationMethod``. One that another subject
    controls counts for nothing.
    """
    named = {one["id"]: one for one in document.get("verificationMethod", [])}
    methods = [named[one] if isinstance(one, str) else one for one in document["assertionMethod"]]
    subject = document["id"]
    own = [one for one in methods if one["id"].startswith(f"{subject}#") and one["controller"] == subject]
    return [{**one["publicKeyJwk"], "kid": one["id"]} for one in own]


def _verifies(key: dict[str, Any]) -> bool:
    """Only public keys for signatures; a provider that publishes a shared secret is not believed."""
    return key.get("kty") in {"EC", "RSA"} and key.get("use", "sig") == "sig" and "d" not in key


_known: dict[str, KeyCache] = {}


def at(uri: str, kid: str | None) -> KeySet:
    """Return the keys at an address by this process's cache; raises ProviderSilent."""
    return _known.setdefault(uri, KeyCache()).keys_at(uri, kid)


def forget(uri: str) -> None:
    """Forget what this process has read there, so that it is read anew."""
    _known.pop(uri, None)
