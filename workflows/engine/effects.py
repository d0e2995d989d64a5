"""What the engine asks for: plain frozen values, which become rows in the transaction of the advance."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

JSON = dict[str, Any]


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
    """Put a question before a unit's caseworkers. Without ``outcomes``, those of the step."""

    token: str
    unit: str
    kind: str
    reason: str
    value: JSON
    due_at: datetime | None = None
    outcomes: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    priority: int = 5


@dataclass(frozen=True, slots=True)
class CloseTask:
    """The question has been answered otherwise; nobody need decide it."""

    token: str


@dataclass(frozen=True, slots=True)
class Open:
    """Ask for something that comes as :class:`~workflows.engine.events.Answered`.

    ``kind`` is that of the step (link, event, questions, payment, appointment, service, document) or
    ``refund``; ``value`` is what it is about, filled in.
    """

    token: str
    kind: str
    value: JSON
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """What was asked for under this token is not wanted any more."""

    token: str
    kind: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell the applicant, or the people of ``to``; ``texts`` are by language, else ``template`` names one."""

    token: str
    template: str
    data: JSON
    texts: JSON = field(default_factory=dict)
    channels: tuple[str, ...] = ("portal",)
    to: tuple[str, ...] | None = None


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


Effect = (
    Call
    | Check
    | Timer
    | AskCoSign
    | CloseCoSign
    | OpenTask
    | CloseTask
    | Open
    | Close
    | Notify
    | Record
    | Finished
)
