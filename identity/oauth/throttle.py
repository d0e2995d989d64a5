"""How often one client may call from one address: many calls, few failures (A136, A138).

Two leaky buckets a key, kept in the database, so that every server process counts in the same ones. A
process takes a twentieth of a minute's calls at once by one statement, and forgets what it has not used when
that much has run back into the bucket; it gives it back when the caller fails, so guesses are counted one by
one. A refusal is remembered here until it may be tried again, so a flood costs no statement. Another client,
or the same one from elsewhere, is not slowed down: nobody can lock a client out.
"""

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.db import connection

from identity.models import CallLimit

KEPT = 10_000  # keys remembered; the longest unused is forgotten and asked of the database again
MINUTE = 60.0
SHARES = 20  # what a process takes at once is so much of the whole
_SLACK = 0.001  # seconds: a sum of binary fractions must not cost a call
_TABLE = CallLimit._meta.db_table
# Each column is the moment at which its bucket is empty again; one more share moves it on by a step, and
# what would lie more than a minute ahead is refused (GCRA, ITU-T I.371).
_ADMIT = f"""
INSERT INTO {_TABLE} (key, calls, failures) VALUES (%(key)s, %(now)s + %(step)s, 0)
ON CONFLICT (key) DO UPDATE SET
  calls = CASE WHEN {_TABLE}.calls > %(now)s THEN {_TABLE}.calls ELSE %(now)s END + %(step)s
WHERE {_TABLE}.calls <= %(calls_until)s AND {_TABLE}.failures <= %(failures_until)s
"""  # noqa: S608 - the table's name alone is put in
_FAIL = f"""
INSERT INTO {_TABLE} (key, calls, failures) VALUES (%(key)s, 0, %(now)s + %(step)s)
ON CONFLICT (key) DO UPDATE SET
  calls = {_TABLE}.calls - %(unused)s,
  failures = CASE WHEN {_TABLE}.failures > %(most)s THEN %(most)s
                  WHEN {_TABLE}.failures > %(now)s THEN {_TABLE}.failures ELSE %(now)s END + %(step)s
"""  # noqa: S608


@dataclass(slots=True)
class _Share:
    """What a process may do for a caller without asking: calls left, or none until then."""

    left: int
    until: float
    is_refused: bool = False


class Throttle:
    """The limits of one endpoint, or of several that share ``name``: calls and failures a minute."""

    def __init__(self, name: str, calls: int, failures: int, clock: Callable[[], float] = time.time) -> None:
        self._name, self._clock = name, clock
        self._size = max(1, calls // SHARES)
        self._call_step, self._failure_step = MINUTE / calls, MINUTE / failures
        self._lock = Lock()
        self._known: OrderedDict[str, _Share] = OrderedDict()
        self._swept_at = 0.0

    def admit(self, key: str) -> int:
        """Count a call; return 0, or the seconds after which it may be tried again."""
        hashed, now = self._hash(key), self._clock()
        with self._lock:
            share = self._known.get(hashed)
            if share is not None and share.until > now:
                if share.is_refused:
                    return math.ceil(share.until - now)
                if share.left:
                    share.left -= 1
                    return 0
        share = self._ask(hashed, now)
        with self._lock:
            self._keep(hashed, share, now)
        return math.ceil(share.until - now) if share.is_refused else 0

    def _keep(self, hashed: str, share: _Share, now: float) -> None:
        """Remember a share, beside what another thread may have brought meanwhile."""
        also = self._known.get(hashed)
        if also is not None and also.until > now and also.left:
            also.left += share.left
            return
        self._known[hashed] = share
        self._known.move_to_end(hashed)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)

    def failed(self, key: str) -> None:
        """Count a failure."""
        hashed, now, step = self._hash(key), self._clock(), self._failure_step
        with self._lock:
            share = self._known.pop(hashed, None)
        unused = share.left * self._call_step if share is not None and share.until > now else 0.0
        said: dict[str, str | float]
        said = {"key": hashed, "now": now, "step": step, "most": now + MINUTE - step, "unused": unused}
        with connection.cursor() as cursor:
            cursor.execute(_FAIL, said)

    def _ask(self, hashed: str, now: float) -> _Share:
        """Take a share from the database, of which this call is the first, or learn how long to wait."""
        step, ahead = self._size * self._call_step, now + MINUTE + _SLACK
        said: dict[str, str | float] = {"key": hashed, "now": now, "step": step}
        said |= {"calls_until": ahead - step, "failures_until": ahead - self._failure_step}
        with connection.cursor() as cursor:
            cursor.execute(_ADMIT, said)
            is_admitted = cursor.rowcount == 1
        if is_admitted:
            self._sweep(now)
            return _Share(self._size - 1, now + step)
        row = CallLimit.objects.filter(key=hashed).first()
        if row is None:  # swept away between the two statements: by then both buckets were empty
            return _Share(0, now)
        until = max(row.calls + step, row.failures + self._failure_step) - MINUTE
        return _Share(0, max(until, now + _SLACK), is_refused=True)

    def _sweep(self, now: float) -> None:
        """Forget empty buckets, once a minute in each process."""
        if now - self._swept_at >= MINUTE:
            self._swept_at = now
            CallLimit.objects.filter(calls__lt=now, failures__lt=now).delete()

    def _hash(self, key: str) -> str:
        """What is kept of a caller: no address and no name."""
        return hashlib.sha256(f"{self._name} {key}".encode(errors="replace")).hexdigest()
