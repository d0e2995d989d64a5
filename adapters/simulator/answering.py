"""A contract and a script: what a call is, how a script answers it, and what a service makes of both.

A *service* (:mod:`adapters.simulator.soap`, ``rest``, ``xml``) knows the protocol and the contract: it reads
requests, checks them, and writes answers and faults. A *script* knows what the agency does. A simulator's
script is generated from the contract; a sandbox agency's is written by hand.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from adapters.contracts.violation import Violation
from adapters.simulator.server import Request, Response
from adapters.simulator.switches import Switches

Seal = Callable[[bytes], bytes]
Judge = Callable[[Any], None]  # raises Violation where a message does not follow the contract


@dataclass(frozen=True, slots=True)
class Call:
    """One request whose operation is known; ``content`` is its element (XML) or value (JSON)."""

    operation: str
    request: Request
    content: Any = None
    headers: dict[str, Any] = field(default_factory=dict)  # blocks of a SOAP header by Clark name
    known: dict[str, Any] = field(default_factory=dict)  # REST: parameters, and single values of the body
    switches: Switches = field(default_factory=Switches)
    key: str = ""  # what the sender knows this call by
    root: Any = None  # the whole document
    seal: Seal | None = None  # signs what answers it

    def under(self, switches: Switches) -> "Call":
        """The same call, while the agency's switches are so."""
        return replace(self, switches=switches)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script answers: elements or a JSON value, bytes that are sent as they are, or nothing."""

    content: Any = None
    status: int = 0  # 0: the protocol's own
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    media_type: str = ""
    note: str = ""
    delay_ms: int = 0


class Refusal(Exception):
    """A script does not do what was asked; ``content`` is what the contract says of it. Final."""

    def __init__(
        self,
        text: str,
        content: Any = None,
        *,
        status: int = 0,
        code: str = "",
        headers: dict[str, str] | None = None,
        delay_ms: int = 0,
    ) -> None:
        super().__init__(text)
        self.text, self.content, self.status, self.code = text, content, status, code
        self.headers, self.delay_ms = headers or {}, delay_ms


class Script(Protocol):
    """What an agency does."""

    def key(self, call: Call) -> str:
        """What the sender knows a call by, "" where nothing."""
        ...

    def answer(self, call: Call) -> Answer:
        """Carry out a call that the contract allows; raises Refusal."""
        ...

    def objection(self, call: Call | None, violation: Violation) -> Refusal | None:
        """What breaks the contract, in the agency's own words; None leaves it to the service."""
        ...


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

    def open(self, request: Request, script: Script) -> Call | Answered:
        """What a request calls, or the answer to one that calls nothing."""
        ...

    def carry_out(self, call: Call, script: Script) -> Answered:
        """Check a call, have it answered, write the answer."""
        ...

    def document(self, request: Request, address: str) -> Response | None:
        """The contract, where a request asks for it; ``address`` takes the place of the one written in it."""
        ...


def said(violation: Violation) -> str:
    """A violation in one line: ``line 4: Person/name: is required``."""
    line = f"line {violation.line}" if violation.line else ""
    return ": ".join(part for part in (line, violation.path, violation.message) if part)


def seed_of(seed: int, *parts: bytes) -> int:
    """The same question has the same answer: a seed from what was asked."""
    digest = hashlib.sha256(b"\0".join([str(seed).encode(), *parts])).digest()
    return int.from_bytes(digest[:4], "big")
