"""Answers that a simulated agency owes: what it took, until when it thinks, and what it then says."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from adapters.contracts.markup import local
from adapters.simulator.answering import Call
from adapters.simulator.promises import ACCEPTED, PENDING, REJECTED, Ending, Promise
from adapters.simulator.store import Store

JSON = dict[str, Any]
JOBS = "job"
MESSAGE_ID, IDEMPOTENCY_KEY = "MessageID", "Idempotency-Key"


class Later(StrEnum):
    """What becomes of whatever is decided later."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NEVER = "never"
    TWICE = "twice"  # accepted, and told two times


@dataclass(frozen=True, slots=True)
class Asked:
    """A status query: after what, and how it stands."""

    promise: Promise
    ending: Ending
    known: JSON  # what the first request said, and the number


class Owed:
    """The jobs of one agency, kept in its store. ``told`` is called with the number of each that is taken."""

    def __init__(self, promises: Mapping[str, Promise], store: Store, later: Later, seconds: float) -> None:
        self.promises = promises
        self.store = store
        self.later = later
        self.seconds = seconds
        self.told: Callable[[str], None] = lambda number: None

    def key(self, call: Call) -> str:
        """What the sender knows a call by: its own field, MessageID, or Idempotency-Key; "" for nothing."""
        promise = self.promises.get(call.operation)
        name = (promise.key if promise is not None else "") or MESSAGE_ID
        block = next((one for tag, one in call.headers.items() if local(tag) == name), None)
        if block is not None:
            return (block.text or "").strip()
        if call.root is not None:
            return str(call.root.get(name, ""))
        return call.request.header(IDEMPOTENCY_KEY)

    def take(self, call: Call, promise: Promise, known: JSON, answered: JSON) -> None:
        """Write a job down; one that was taken under the same key before stays as it is."""
        key = call.key
        number = str(answered.get(promise.reference, "")) if promise.reference else key
        if not number:
            return
        seconds = self.seconds + call.switches.late_seconds
        with self.store.transaction():
            if self.store.get(JOBS, number) is not None:
                return
            self.store.effect(call.operation, key or number, {"number": number}, once=bool(key))
            self.store.put(
                JOBS,
                number,
                {
                    **{"operation": call.operation, "callback": self._callback(call, promise, known)},
                    **{"due": (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()},
                    **{"told_as": str(uuid.uuid4()), "attempts": 0, "told": ""},
                    **{"twice": self.later is Later.TWICE or call.switches.duplicate_callback},
                    **{"known": {name: one for name, one in known.items() if isinstance(one, str)}},
                },
            )
        self.told(number)

    def _callback(self, call: Call, promise: Promise, known: JSON) -> str:
        if promise.by_letter:
            block = next((one for tag, one in call.headers.items() if local(tag) == "ReplyTo"), None)
            return (block.findtext("{*}Address") or "").strip() if block is not None else ""
        return str(known.get(promise.callback, "")) if promise.callback else ""

    def asked(self, call: Call, known: JSON) -> Asked | None:
        """What a status query asks after, None where a call is none.

        A number that was not given here counts as decided, so that nobody waits for ever.
        """
        for promise in self.promises.values():
            number = promise.asks(call.operation, call.request.path, known)
            if number:
                job = self.store.get(JOBS, number) or {"due": ""}
                told = {**job.get("known", {}), **known}
                if promise.reference:
                    told[promise.reference] = number
                return Asked(promise, self.ending(promise, job["due"]), told)
        return None

    def ending(self, promise: Promise, due: str) -> Ending:
        """How a job stands whose time is ``due`` (ISO 8601; "": over)."""
        is_open = bool(due) and datetime.fromisoformat(due) > datetime.now(UTC)
        if is_open or self.later is Later.NEVER:
            return promise.endings[PENDING]
        return promise.endings[REJECTED if self.later is Later.REJECTED else ACCEPTED]
