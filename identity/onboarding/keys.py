"""The key sets of agencies' clients: uploaded or read at an address, judged, kept in one canonical form.

What is kept of a key is what verifies with it: the public members, ``kid``, ``use`` and, for a key that was
uploaded, ``exp``: the second on which it stops being believed.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from joserfc.errors import JoseError

from identity.signin import wire
from identity.signin.errors import ProviderSilent
from onestop.lib import reaching
from onestop.lib.key_sets import public_keys

LARGEST = 64 * 1024  # characters
MOST = 5
LONGEST = timedelta(days=730)
WARNED = timedelta(days=30)
SMALLEST_RSA, LARGEST_RSA = 2048, 8192
_MEMBERS = ("kty", "crv", "x", "y", "n", "e")
_CURVES = {"P-256", "Ed25519"}  # ES256 and EdDSA


class KeysRefused(Exception):
    """The keys cannot be used. ``why`` says it for people, in English. Final until they are changed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class KeyLine:
    """A key as a page shows it. ``ends`` is None where it does not end; ``is_near`` within 30 days of it."""

    kid: str
    kind: str
    ends: datetime | None
    is_over: bool
    is_near: bool


def uploaded(text: str, now: datetime) -> str:
    """The canonical form of a key set that somebody uploaded; raises KeysRefused.

    Each key ends on its own ``exp`` or after two years, whichever is sooner.
    """
    kept = _judged(text)
    for one in kept:
        latest = int((now + LONGEST).timestamp())
        one["exp"] = min(one.get("exp", latest), latest)
        if one["exp"] <= now.timestamp():
            raise KeysRefused(f"the key {one['kid']} has ended already (exp)")
    return json.dumps({"keys": kept})


def fetched(address: str) -> str:
    """The canonical form of the key set at an address; raises KeysRefused with what is wrong there."""
    check_address(address)
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        reaching.resolve(parts.hostname or "", port, reaching.Allowed(networks=settings.EID_NETWORKS))
        status, document = wire.call("GET", address)
    except (reaching.AddressRefused, reaching.NotReached, ProviderSilent) as error:
        raise KeysRefused(str(error)) from error
    if 300 <= status < 400:
        raise KeysRefused(f"the address answered {status}; redirects are not followed")
    if status != 200:
        raise KeysRefused(f"the address answered {status}")
    return json.dumps({"keys": _judged(json.dumps(document))})


def check_address(address: str) -> None:
    """Raise KeysRefused for an address that no key set may be read from, before anything is asked there."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise KeysRefused("this is no address") from error
    local = not settings.PORTAL_URL.startswith("https://") and host in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise KeysRefused("the address must begin with https://")
    if not host or "@" in parts.netloc or parts.fragment or any(one <= " " for one in address):
        raise KeysRefused("this is no address of a key set: no user name, no fragment, no blanks")


def added(held: str, more: str) -> str:
    """The keys of two canonical sets as one; a key of the same ``kid`` is replaced. Raises KeysRefused."""
    keys = {one["kid"]: one for one in [*_of(held), *_of(more)]}
    if len(keys) > MOST:
        raise KeysRefused(f"at most {MOST} keys: retire one first")
    return json.dumps({"keys": list(keys.values())})


def without(held: str, kid: str) -> str:
    """The set without a key; raises KeysRefused for the only one and for one that is not there."""
    rest = [one for one in _of(held) if one["kid"] != kid]
    if len(rest) == len(_of(held)):
        raise KeysRefused("there is no such key")
    if not rest:
        raise KeysRefused("this is the only key: add its successor first")
    return json.dumps({"keys": rest})


def lines(held: str, now: datetime) -> list[KeyLine]:
    """The keys of a canonical set, as a page shows them."""
    shown = []
    for one in _of(held):
        ends = datetime.fromtimestamp(one["exp"], UTC) if "exp" in one else None
        is_over = ends is not None and ends <= now
        is_near = ends is not None and not is_over and ends <= now + WARNED
        shown.append(KeyLine(one["kid"], one.get("crv") or one["kty"], ends, is_over, is_near))
    return shown


def _of(held: str) -> list[dict[str, Any]]:
    return list(json.loads(held)["keys"]) if held else []


def _judged(text: str) -> list[dict[str, Any]]:
    if len(text) > LARGEST:
        raise KeysRefused("the key set is larger than 64 KB")
    try:
        keys = public_keys(text)
    except (ValueError, RecursionError) as error:
        raise KeysRefused(str(error) if isinstance(error, ValueError) else "it is nested too deep") from error
    if len(keys.keys) > MOST:
        raise KeysRefused(f"at most {MOST} keys")
    kept = [_judge(key) for key in keys.keys]
    if len({one["kid"] for one in kept}) < len(kept):
        raise KeysRefused("two keys have the same kid")
    return kept


def _judge(key: Any) -> dict[str, Any]:
    try:
        size = getattr(key.raw_value, "key_size", 0)
    except (JoseError, ValueError, TypeError) as error:
        raise KeysRefused(f"the key {key.kid!r} is no key of its kind") from error
    whole = key.as_dict(private=False)
    kid = key.kid or key.thumbprint()
    if not isinstance(kid, str) or not 0 < len(kid) <= 100 or not kid.isprintable():
        raise KeysRefused("a kid must be a text of at most 100 characters")
    if whole.get("use", "sig") != "sig":
        raise KeysRefused(f"the key {kid} is not for signatures (use)")
    if whole["kty"] == "RSA":
        if not SMALLEST_RSA <= size <= LARGEST_RSA:
            raise KeysRefused(f"the RSA key {kid} must have 2048 to 8192 bits")
    elif whole.get("crv") not in _CURVES:
        raise KeysRefused(f"the key {kid} must be RSA, EC on P-256 or Ed25519")
    kept = {name: whole[name] for name in _MEMBERS if name in whole} | {"kid": kid, "use": "sig"}
    ends = whole.get("exp")
    if ends is not None:
        if isinstance(ends, bool) or not isinstance(ends, int | float) or not 0 < ends < 2**40:
            raise KeysRefused(f"exp of the key {kid} must be seconds since 1970")
        kept["exp"] = int(ends)
    return kept
