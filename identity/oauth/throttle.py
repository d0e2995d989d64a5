"""How often one client may call from one address: many calls, few failures (A136, A138).

Buckets that fill up again (token buckets), kept in the memory of each server process, so a call costs no
query. Another client, or the same one from elsewhere, is not slowed down: nobody can lock a client out.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

KEPT = 10_000  # buckets; the longest unused is forgotten, which by then is full again or one of a flood


class Buckets:
    """One bucket a key: ``a_minute`` takes at once, refilled evenly over a minute."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(a_minute)
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """Return the whole seconds until something can be taken again, 0 if it can be now."""
        with self._lock:
            missing = 1 - self._level(key)
        return math.ceil(missing * 60 / self._size) if missing > 0 else 0

    def take(self, key: str) -> None:
        """Take one, down to none."""
        with self._lock:
            self._known[key] = (max(0.0, self._level(key) - 1), self._clock())
            self._known.move_to_end(key)
            if len(self._known) > KEPT:
                self._known.popitem(last=False)

    def _level(self, key: str) -> float:
        level, since = self._known.get(key, (self._size, 0.0))
        return min(self._size, level + (self._clock() - since) * self._size / 60)


class Throttle:
    """The limits of one endpoint."""

    def __init__(self, calls: int, failures: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls, self._failures = Buckets(calls, clock), Buckets(failures, clock)

    def admit(self, key: str) -> int:
        """Count a call; return 0, or the seconds after which it may be tried again."""
        wait = max(self._calls.wait(key), self._failures.wait(key))
        if not wait:
            self._calls.take(key)
        return wait

    def failed(self, key: str) -> None:
        """Count a failure."""
        self._failures.take(key)
