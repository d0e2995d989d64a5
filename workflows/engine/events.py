"""What happens to a case: plain frozen values, which the engine takes in.

Every event carries ``now``, the only clock the engine knows. A token is text, unique within its case and
never used again; it names one effect for ever, so ``case:token`` is the idempotency key of an outside call.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

JSON = dict[str, Any]
Outcome = Literal["accepted", "pending", "rejected"]


@dataclass(frozen=True, slots=True)
class Started:
    """The case was submitted."""

    now: datetime


@dataclass(frozen=True, slots=True)
class CallFinished:
    """An agency answered a call or a check."""

    now: datetime
    token: str
    outcome: Outcome
    value: JSON = field(default_factory=dict)
    reference: str = ""
    code: str = ""
    reason: str = ""
    check_after: float | None = None  # seconds; None: it calls back


@dataclass(frozen=True, slots=True)
class CallSettled:
    """A person says of a call that was given up that it is settled, or that the agency is not told."""

    now: datetime
    token: str
    outcome: str  # settled or given-up
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that a token set is due."""

    now: datetime
    token: str
    name: str


@dataclass(frozen=True, slots=True)
class StatusReceived:
    """An agency told, by itself, what became of what it had taken in."""

    now: datetime
    token: str
    status: str
    reason: str = ""
    reason_code: str = ""
    decided_at: str = ""


@dataclass(frozen=True, slots=True)
class CoSigned:
    """A person agreed, or did not. ``person`` is the personal number."""

    now: datetime
    token: str
    person: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class TaskDecided:
    """A person decided a task. ``value["officer"]`` says who."""

    now: datetime
    token: str
    outcome: str
    reason: str = ""
    value: JSON = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an :class:`~workflows.engine.effects.Open` asked for is there: an answer, payment, document …"""

    now: datetime
    token: str
    outcome: str
    value: JSON = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The case is taken back, or ended by staff; with ``compensate`` what was delivered is undone first."""

    now: datetime
    reason: str = ""
    compensate: bool = False


@dataclass(frozen=True, slots=True)
class Repeated:
    """Staff have the case go on from a step that it has reached before."""

    now: datetime
    step: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """The applicant takes back the consent to a step: what was not sent is not sent any more."""

    now: datetime
    step: str
    connection: str = ""
    may_have_arrived: bool = False  # it was tried before, and nobody knows what became of it


Event = (
    ConsentWithdrawn
    | Started
    | CallFinished
    | CallSettled
    | TimerFired
    | StatusReceived
    | CoSigned
    | TaskDecided
    | Answered
    | Cancelled
    | Repeated
)
