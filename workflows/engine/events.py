"""What happens to a case (events) and what the engine asks for in answer (effects): plain frozen values.

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
    """An agency told its decision by itself."""

    now: datetime
    token: str
    status: str
    reason: str = ""
    reason_code: str = ""
    decided_at: str = ""


@dataclass(frozen=True, slots=True)
class CoSigned:
    """One of those asked agreed, or did not. ``person`` is the personal number."""

    now: datetime
    token: str
    person: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class TaskDecided:
    """A person decided a task."""

    now: datetime
    token: str
    outcome: str
    reason: str = ""
    value: JSON = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The case was withdrawn."""

    now: datetime
    reason: str = ""


Event = (
    Started | CallFinished | CallSettled | TimerFired | StatusReceived | CoSigned | TaskDecided | Cancelled
)


@dataclass(frozen=True, slots=True)
class Call:
    """Ask an agency for an operation."""

    token: str
    connection: str
    operation: str
    value: JSON


@dataclass(frozen=True, slots=True)
class Check:
    """Ask, not before ``after`` seconds, what became of a pending reference."""

    token: str
    connection: str
    operation: str
    reference: str
    after: float


@dataclass(frozen=True, slots=True)
class Timer:
    """Wake the token at a time."""

    token: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AskCoSign:
    """Ask a person to co-sign until ``due_at``."""

    token: str
    person: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CloseCoSign:
    """No further co-signature is wanted under this token."""

    token: str


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Put a question before a unit's caseworkers."""

    token: str
    unit: str
    kind: str
    reason: str
    value: JSON
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CloseTask:
    """The question has been answered otherwise; nobody need decide it."""

    token: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell the applicant."""

    token: str
    template: str
    data: JSON


@dataclass(frozen=True, slots=True)
class Record:
    """An entry of the case's timeline."""

    token: str
    kind: str
    text: str
    data: JSON


@dataclass(frozen=True, slots=True)
class Finished:
    """The case has ended."""

    outcome: str  # completed, refused or cancelled


Effect = Call | Check | Timer | AskCoSign | CloseCoSign | OpenTask | CloseTask | Notify | Record | Finished
