"""What a regression test keeps of an exchange, and how what changes from run to run is made to compare.

What changes by itself from call to call, moments and random identifiers, is written ``@now`` and ``@id``.
"""

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.errors import AdapterError, Misconfigured, Refused
from adapters.exchange_log import ERROR_STATES, RESULT_STATES
from adapters.ports import Accepted, Context, Pending, Rejected, Request, Result, Retry

KEY = "recorded"  # the idempotency key of every replay
RELATED = "@related"  # in a recorded answer: the identifier of the message that it answers
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b")


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out: method and address without the host, the body as text, and the headers that count."""

    line: str
    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a test keeps. ``answer`` is the state, and the value or the reason; ``held`` is what the portal
    itself had to go by: a record's place in its file, the ruling on an item.
    """

    connection: str
    operation: str
    value: dict[str, Any]
    reference: str  # of a check, else ""
    status: int
    media_type: str
    received: str
    direction: str = "out"  # "in": the agency began
    held: dict[str, Any] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        """For the file beside the test; members stay in order, since documents are written in it."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


def answer_of(adapter: Any, recorded: Recorded, reference: str = "") -> dict[str, Any]:
    """What an adapter answers to the recorded call; ``reference`` is for one that is not the recorded one."""
    context = Context("recorded", KEY, case="recorded")
    request = Request(recorded.operation, recorded.value, context)
    try:
        is_check, reference = bool(recorded.reference), reference or recorded.reference
        reply = adapter.check(request, reference) if is_check else adapter.send(request)
    except Misconfigured:
        raise
    except AdapterError as error:
        told = {"state": str(ERROR_STATES[type(error)]), "reason": error.message}
        return told | ({"field": error.field} if isinstance(error, Refused) else {})
    return result_of(reply.result)


def result_of(result: Result) -> dict[str, Any]:
    """A result as a test keeps it."""
    state: dict[str, Any] = {"state": str(RESULT_STATES[type(result)])}
    if isinstance(result, Accepted | Pending):
        return state | {"value": result.value, "reference": result.reference}
    if isinstance(result, Rejected):
        told = {"code": result.code, "reason": result.reason, "field": result.field, "value": result.value}
        return state | told
    if isinstance(result, Retry):
        return state | {"reason": result.reason}
    return state


def settled(text: str) -> str:
    """Moments of this very day and random identifiers by a word, so that two runs compare."""
    now = datetime.now(UTC)

    def moment(found: re.Match[str]) -> str:
        at = datetime.fromisoformat(found[0].replace("Z", "+00:00"))
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return "@now" if abs(at - now) < timedelta(days=1) else found[0]

    return _ID.sub("@id", _MOMENT.sub(moment, text))
