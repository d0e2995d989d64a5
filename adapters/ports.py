"""The port every adapter stands behind: one request in, one explicit result out.

A kind of connection (SOAP, REST, ...) implements :class:`Adapter`. Nothing of the wire (sockets, XML, HTTP
status codes) passes this port: values are JSON-shaped canonical data, results are the four below, and what
goes wrong is one of the errors of :mod:`adapters.errors`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from adapters.errors import AdapterError

JSON = dict[str, Any]  # a JSON object with canonical names


@dataclass(frozen=True, slots=True)
class Context:
    """Why a call is made. ``idempotency_key`` is the same for every attempt of the same effect."""

    correlation_id: str
    idempotency_key: str
    case: str = ""  # public reference of the case, "" where there is none yet
    step: str = ""  # token of the workflow step
    actor: str = ""  # who caused it: "citizen:…", "worker", "staff:…"
    purpose: str = ""  # why, in a few words


@dataclass(frozen=True, slots=True)
class Request:
    """One operation asked of an agency with a canonical value."""

    operation: str
    value: JSON
    context: Context
    timeout: float | None = None  # seconds for this call; None means the connection's own


@dataclass(frozen=True, slots=True)
class Accepted:
    """The agency did it. ``value`` is its canonical answer, ``reference`` its own number for it."""

    value: JSON = made(default_factory=dict)
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """The agency took it and will answer later: by callback, or when asked again after ``check_after``."""

    reference: str
    check_after: timedelta | None = None  # None: it calls back, do not ask
    value: JSON = made(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """The agency says no, for good. A register's "not found" is this, with code ``not-found``."""

    code: str
    reason: str
    field: str = ""  # canonical path of the field at fault, "" where the agency names none
    value: JSON = made(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retry:
    """The agency asks to be tried again, not before ``after``."""

    reason: str
    after: timedelta | None = None


Result = Accepted | Pending | Rejected | Retry


@dataclass(frozen=True, slots=True)
class Wire:
    """The bytes of one exchange as they went and came, for the exchange log."""

    sent: bytes = b""
    received: bytes = b""
    sent_type: str = ""
    received_type: str = ""
    status: str = ""  # HTTP status, SFTP outcome …, as text


@dataclass(frozen=True, slots=True)
class Reply:
    """What an adapter hands back: the result and the wire it came over."""

    result: Result
    wire: Wire


InboundHeaders = Mapping[str, str]  # names compare without case


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message that an agency sent by itself, authenticated and understood.

    ``message_id`` is the agency's name for it, by which a repetition is known; ``relates_to`` is the
    reference of the Pending result that it answers.
    """

    message_id: str
    relates_to: str
    operation: str
    result: Result


@dataclass(frozen=True, slots=True)
class InboundAnswer:
    """What the sender of a message is told: an HTTP status and a body."""

    status: int
    content_type: str = ""
    body: bytes = b""


class Adapter(Protocol):
    """One connection to one agency. Safe to call from several threads at once."""

    def send(self, request: Request) -> Reply:
        """Carry out the operation; raises a child of AdapterError with its ``wire`` where there is one."""
        ...

    def check(self, request: Request, reference: str) -> Reply:
        """Ask what became of an earlier Pending ``reference`` of ``request.operation``."""
        ...


@runtime_checkable
class Receiver(Protocol):
    """An adapter whose agency may answer later, at an address of ours."""

    @property
    def is_answered_later(self) -> bool:
        """True where an operation of this connection is answered so."""
        ...

    def receive(self, headers: InboundHeaders, body: bytes) -> Inbound:
        """Read such an answer; raises NotAuthentic where not proved, NotUnderstood where wrong."""
        ...

    def refuse(self, headers: InboundHeaders, error: "AdapterError") -> InboundAnswer:
        """What to tell the sender of a message that was not taken."""
        ...
