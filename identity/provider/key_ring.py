"""The provider's signing keys in one file, readable by its owner alone: next, active and retired.

For each algorithm there is always a next key, published before it is used, so that a client that keeps our
key set for a day knows it already. Rotating makes the next key the active one and the active one retired.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from joserfc.jwk import ECKey, RSAKey

ALGORITHMS = ("ES256", "RS256")
RSA_BITS = 2048
PUBLISHED = timedelta(days=1)  # a retired key still verifies what it signed: tokens live for minutes
REMEMBERED = timedelta(days=90)  # and still knows an ID token that comes back as a hint (A25)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key: what it is for, and where it is in its life (``next``, ``active`` or ``retired``)."""

    algorithm: str
    state: str
    since: datetime
    key: ECKey | RSAKey

    @property
    def kid(self) -> str:
        """The thumbprint (RFC 7638), by which tokens name their key."""
        return str(self.key.kid)

    def public(self) -> dict[str, Any]:
        """The public half as clients read it."""
        public: dict[str, Any] = dict(self.key.as_dict(private=False))
        return public | {"use": "sig", "alg": self.algorithm}


@dataclass(frozen=True, slots=True)
class Ring:
    """All keys that are not forgotten yet."""

    keys: tuple[SigningKey, ...]

    def active(self, algorithm: str) -> SigningKey:
        """The key to sign with; KeyError for an algorithm that is not offered."""
        for one in self.keys:
            if one.algorithm == algorithm and one.state == "active":
                return one
        raise KeyError(algorithm)

    def published(self, now: datetime | None = None) -> list[SigningKey]:
        """The keys that clients may meet in a token, or will soon."""
        still = (now or datetime.now(UTC)) - PUBLISHED
        return [one for one in self.keys if one.state != "retired" or one.since > still]

    def rotated(self, now: datetime) -> "Ring":
        """The ring one step on."""
        step = {"next": "active", "active": "retired"}
        aged = [
            replace(one, state=step[one.state], since=now) if one.state in step else one for one in self.keys
        ]
        kept = [one for one in aged if one.state != "retired" or one.since > now - REMEMBERED]
        return Ring((*kept, *(_made(algorithm, "next", now) for algorithm in ALGORITHMS)))


def path() -> Path:
    """Where the ring lies."""
    return Path(settings.DATA_DIR) / "eid-signing-keys.json"


def ensure(where: Path) -> None:
    """Make the first ring if there is none. Two processes starting at once end up with the same one."""
    if where.exists():
        return
    with _alone(where):
        if not where.exists():
            now = datetime.now(UTC)
            states = ("active", "next")
            made = [_made(algorithm, state, now) for algorithm in ALGORITHMS for state in states]
            _write(where, Ring(tuple(made)))


def read(where: Path) -> Ring:
    """The ring in a file."""
    document = json.loads(where.read_text(encoding="utf-8"))
    return Ring(tuple(_loaded(entry) for entry in document["keys"]))


def rotate(where: Path, now: datetime) -> Ring:
    """Go one step on and return the new ring."""
    ensure(where)
    with _alone(where):
        ring = read(where).rotated(now)
        _write(where, ring)
    return ring


def _made(algorithm: str, state: str, now: datetime) -> SigningKey:
    if algorithm == "ES256":
        return SigningKey(algorithm, state, now, ECKey.generate_key("P-256", private=True, auto_kid=True))
    return SigningKey(algorithm, state, now, RSAKey.generate_key(RSA_BITS, private=True, auto_kid=True))


def _loaded(entry: dict[str, Any]) -> SigningKey:
    kind = ECKey if entry["jwk"]["kty"] == "EC" else RSAKey
    since = datetime.fromisoformat(entry["since"])
    return SigningKey(entry["algorithm"], entry["state"], since, kind.import_key(entry["jwk"]))


def _write(where: Path, ring: Ring) -> None:
    entries = [
        {
            "algorithm": one.algorithm,
            "state": one.state,
            "since": one.since.isoformat(),
            "jwk": one.key.as_dict(private=True),
        }
        for one in ring.keys
    ]
    with NamedTemporaryFile("w", dir=where.parent, delete=False) as draft:  # mode 0600
        json.dump({"keys": entries}, draft)
    os.replace(draft.name, where)


@contextmanager
def _alone(where: Path) -> Iterator[None]:
    """One process at a time makes or rotates keys."""
    where.parent.mkdir(parents=True, exist_ok=True)
    with where.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
