"""What every simulated service has in common: one request in, an answer and what to say about it out."""

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.contracts.violation import Violation
from adapters.simulator.server import Request, Response


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer. ``operation`` is "" where none was recognised; ``note`` goes to the screen."""

    response: Response
    operation: str
    note: str = ""
    delay_ms: int = 0


class Service(Protocol):
    """One contract, served."""

    protocol: str

    def answer(self, request: Request, *, refuse: bool) -> Answered:
        """Answer one request; ``refuse`` says no to whatever it is."""
        ...


def said(violation: Violation) -> str:
    """A violation in one line: ``line 4: Person/name: is required``."""
    line = f"line {violation.line}" if violation.line else ""
    return ": ".join(part for part in (line, violation.path, violation.message) if part)


def seed_of(seed: int, *parts: bytes) -> int:
    """The same question has the same answer: a seed from what was asked."""
    digest = hashlib.sha256(b"\0".join([str(seed).encode(), *parts])).digest()
    return int.from_bytes(digest[:4], "big")


def echoed(value: Any, known: dict[str, Any]) -> Any:
    """A sampled JSON value with the fields that the request names too taken from there."""
    if isinstance(value, dict):
        return {
            name: known[name] if name in known and _is_like(one, known[name]) else echoed(one, known)
            for name, one in value.items()
        }
    return [echoed(one, known) for one in value] if isinstance(value, list) else value


def _is_like(one: Any, other: Any) -> bool:
    return type(one) is type(other) and not isinstance(one, dict | list)


def leaves(value: Any, found: dict[str, Any] | None = None) -> dict[str, Any]:
    """The single values of a JSON value by their own name, the first of each name."""
    found = {} if found is None else found
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, dict | list):
                leaves(one, found)
            else:
                found.setdefault(name, one)
    elif isinstance(value, list):
        for one in value:
            leaves(one, found)
    return found


def merged(value: Any, pinned: Any) -> Any:
    """A sampled value with what a script pins put over it, member by member."""
    if isinstance(value, dict) and isinstance(pinned, dict):
        return {**value, **{name: merged(value.get(name), one) for name, one in pinned.items()}}
    return pinned
