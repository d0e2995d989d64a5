"""When this process last gave a sign of life, in its own memory: sending asks here and needs no database."""

import threading
import time
from datetime import timedelta

from adapters.errors import Held
from onestop.lib.owner import this_process

EVERY = 5.0  # seconds between signs
MAY_SEND = 20.0  # seconds after its last sign in which a process may begin to send
last: dict[str, float] = {}  # by process: clock() just before its last sign; a fork has none
_is_server = threading.Event()


def serve() -> None:
    """Say that this process serves pages until it is stopped: it gives signs from its first call on.

    Workers begin by themselves; commands and tests, which end soon, give none.
    """
    _is_server.set()


def is_server() -> bool:
    """Whether this process serves pages."""
    return _is_server.is_set()


def clock() -> float:
    """Seconds that pass while the machine sleeps too, where the system counts them (Linux)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def insist(key: str) -> None:
    """Raise Held where this process gave signs and they fail: its calls may be taken for lost already."""
    given = last.get(this_process())
    if given is not None and clock() - given > MAY_SEND:
        after = timedelta(seconds=EVERY)
        raise Held(key, "this process has lost touch with the database; nothing was sent", after=after)
