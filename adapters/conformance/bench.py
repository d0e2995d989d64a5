"""A connection's adapter with an agency behind it that can be made to fail: what the checks work on."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from adapters.connection_spec import ConnectionSpec
from adapters.ports import JSON, Adapter, Context, Pending, Reply, Request, Result, Retry
from adapters.simulator.agency import Agency

DEADLINE = 15.0  # seconds until an answer that comes later must be there
PAUSE = 0.05


@dataclass(slots=True)
class Bench:
    """``values`` are canonical values that the agency accepts, by operation.

    ``denied`` are values that the agency says no to; ``forbidden`` such as break its contract, with the path
    of the field at fault.
    """

    spec: ConnectionSpec
    adapter: Adapter
    agency: Agency
    values: dict[str, JSON]
    denied: dict[str, JSON] = field(default_factory=dict)
    forbidden: dict[str, tuple[JSON, str]] = field(default_factory=dict)

    @property
    def speaks_http(self) -> bool:
        """False where messages are files, which nobody waits for."""
        return "no_reply" in self.agency.switchable

    @property
    def knows_what_breaks(self) -> bool:
        """Whether each of :meth:`broken` is known to break the contract."""
        return True

    @property
    def received(self) -> int:
        """How many messages the agency has seen."""
        return int(self.agency.store.ledger()["received"])

    def send(
        self, operation: str, value: JSON | None = None, *, key: str = "", timeout: float | None = None
    ) -> Reply:
        """Carry out an operation with its own value or another; raises a child of AdapterError."""
        sent = self.values[operation] if value is None else value
        return self.adapter.send(Request(operation, sent, _context(key), timeout))

    def settled(self, operation: str, value: JSON | None = None, *, key: str = "") -> Result:
        """The final answer: a Pending one is asked after until there is one."""
        result = self.send(operation, value, key=key).result
        until = time.monotonic() + DEADLINE
        while isinstance(result, Pending) and result.check_after is not None and time.monotonic() < until:
            time.sleep(PAUSE)
            asked = Request(operation, {}, _context(""))
            found = self.adapter.check(asked, result.reference).result
            result = result if isinstance(found, Pending | Retry) else found
        return result

    def switch(self, **wanted: Any) -> None:
        """Make the agency fail; raises SwitchError."""
        self.agency.switch(**wanted)

    def reset(self) -> None:
        """The agency in good health again."""
        self.agency.reset()

    def refusals(self, operation: str) -> Iterator[tuple[str, Callable[[], Result]]]:
        """Each way in which the agency says no to an operation, and what makes it do so."""
        if operation in self.denied:
            yield "no", lambda: self.settled(operation, self.denied[operation])

    def broken(self, operation: str) -> Iterator[tuple[str, JSON]]:
        """Values that break the contract, each with the path of the field at fault."""
        if operation in self.forbidden:
            value, path = self.forbidden[operation]
            yield path, value

    def undamageable(self, operation: str, switch: str) -> str:
        """Why nobody could tell an answer that a switch damages, "" where it must be told."""
        return ""

    def is_answered(self, operation: str) -> bool:
        """False where the contract promises no answer."""
        return True

    def whole(self, operation: str) -> Result | None:
        """The result of the longest answer the contract allows; None where nobody can give one."""
        return None

    def changed(self, operation: str) -> list[str] | None:
        """What a value loses on its way to the agency's words and back; None where there is no such way."""
        return None

    def unproved(self, operation: str) -> Result | None:
        """The result of an answer without the signature it must have; None where it needs none."""
        return None

    def proofs(self) -> tuple[str, str]:
        """How messages prove whose they are, and why the last one was not believed; "" for neither."""
        return "", ""


def _context(key: str) -> Context:
    return Context("verify", key or uuid.uuid4().hex, "VERIFY-1", "verify", "integrator", "conformance")
