"""Signing a request with a shared secret. What is signed, in UTF-8, four lines without a last newline::

    <seconds since 1970>
    <method in capitals>
    <path with query, as sent>
    <SHA-256 of the body, hexadecimal in small letters>

Its HMAC-SHA-256 under the secret goes, in hexadecimal, into ``X-Signature``; the time into
``X-Timestamp``; the secret's name into ``X-Key-Id``. ``prefix`` of ``[authentication]`` changes ``X``.
Credentials: ``key_id``, ``hmac_secret``. Agencies that call this portal sign in the same way.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from adapters.connection_spec import ConnectionSpec

MAX_AGE = 300  # seconds
SMALLEST = 16  # characters of a secret


class HmacRefused(Exception):
    """A request is not signed by this secret, was changed, or is not of now. Final for this request."""


@dataclass(frozen=True, slots=True)
class RequestHmac:
    """A secret and its name."""

    key_id: str
    secret: bytes = field(repr=False)
    prefix: str = "X"
    clock: Callable[[], float] = time.time

    @classmethod
    def of(cls, spec: ConnectionSpec, table: dict[str, Any]) -> "RequestHmac":
        """From a connection; raises Misconfigured and ValueError."""
        secret = spec.credential("hmac_secret")
        if len(secret) < SMALLEST:
            raise ValueError(f"a secret has {SMALLEST} characters or more")
        return cls(spec.credential("key_id"), secret.encode(), str(table.get("prefix", "X")))

    def headers(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The three headers of a request."""
        at = str(int(self.clock()))
        return {
            f"{self.prefix}-Key-Id": self.key_id,
            f"{self.prefix}-Timestamp": at,
            f"{self.prefix}-Signature": self._signature(at, method, _target(url), body),
        }

    def insist(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        """Raise HmacRefused unless a received request is signed. ``target`` is its path with query."""
        at = headers.get(f"{self.prefix}-Timestamp", "")
        given = headers.get(f"{self.prefix}-Signature", "")
        if headers.get(f"{self.prefix}-Key-Id", "") != self.key_id:
            raise HmacRefused("the request names another key, or none")
        if not at.isdecimal() or not at.isascii() or len(at) > 12:
            raise HmacRefused("the request does not say when it was signed")
        if not hmac.compare_digest(given.encode(), self._signature(at, method, target, body).encode()):
            raise HmacRefused("the request is not signed by this key, or was changed")
        if abs(self.clock() - int(at)) > MAX_AGE:
            raise HmacRefused("the request is not of now")

    def _signature(self, at: str, method: str, target: str, body: bytes) -> str:
        text = f"{at}\n{method.upper()}\n{target}\n{hashlib.sha256(body).hexdigest()}"
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
