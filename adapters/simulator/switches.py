"""The switches of an agency: what can be made to go wrong, and for how many messages."""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any


class SwitchError(ValueError):
    """A switch that does not exist, or a value that it cannot take. Final."""


@dataclass(frozen=True, slots=True)
class Switches:
    """The state of all switches; everything off is an agency in good health."""

    down: bool = False  # the listening socket is closed
    latency_ms: int = 0  # before each answer
    http_500: bool = False  # out of order, and nothing was done
    no_reply: bool = False  # it is done, but the connection ends without an answer
    malformed: bool = False  # the answer cannot be parsed
    wrong_contract: bool = False  # the answer can be parsed and does not follow the contract
    wrong_encoding: bool = False  # the answer is not in the encoding it claims
    reject: bool = False  # the agency says no to whatever it is asked to change
    late_seconds: int = 0  # decision, job or acknowledgement comes this much later
    duplicate_callback: bool = False  # every callback is posted twice
    partial_file: bool = False  # the acknowledgement file ends in the middle
    next_only: int = 0  # all but `down` hold for this many messages only; 0: until switched off

    def changed(self, wanted: Mapping[str, Any]) -> "Switches":
        """Return these switches with ``wanted`` applied; raises SwitchError."""
        known = {field.name: field.type for field in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise SwitchError(f"there is no switch {name!r}; there are {', '.join(known)}")
            is_right = isinstance(value, bool) if known[name] is bool else type(value) is int and value >= 0
            if not is_right:
                kind = "true or false" if known[name] is bool else "a whole number from 0"
                raise SwitchError(f"{name} is {value!r}; say {kind}")
        return replace(self, **wanted)

    def as_json(self) -> dict[str, bool | int]:
        """All switches by name."""
        return asdict(self)


class Panel:
    """The switches of one running agency, read once a message."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = Switches()

    @property
    def now(self) -> Switches:
        """The switches as they stand, without counting a message."""
        return self._now

    def set(self, wanted: Mapping[str, Any]) -> Switches:
        """Apply ``wanted``; raises SwitchError."""
        with self._lock:
            self._now = self._now.changed(wanted)
            return self._now

    def reset(self) -> Switches:
        """Everything off."""
        with self._lock:
            self._now = Switches()
            return self._now

    def take(self) -> Switches:
        """The switches that hold for one message; the last of ``next_only`` turns all but ``down`` off."""
        with self._lock:
            taken = self._now
            if taken.next_only > 1:
                self._now = replace(taken, next_only=taken.next_only - 1)
            elif taken.next_only == 1:
                self._now = Switches(down=taken.down)
            return taken
