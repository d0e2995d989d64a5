"""Taking jobs from the table: the most urgent first, several at once, no lane above its slots.

SQLite takes them in one IMMEDIATE transaction; PostgreSQL skips rows that another worker holds just now.
The engine's own lane has no slots: what runs there calls nobody.
"""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from onestop.lib.owner import this_process
from workflows.dispatch.turns import turn
from workflows.models import Job

INTERNAL_LANE = "engine"
_OPEN_LANES = """
SELECT lane, COUNT(*) FROM workflows_slot
WHERE job_id IS NULL
AND lane NOT IN (SELECT key FROM adapters_gate WHERE open_until > %s OR held_until > %s)
GROUP BY lane
"""
_WHERE = """
FROM workflows_job j WHERE j.state = 'ready' AND j.run_at <= %s AND {which}
AND (j.order_key = '' OR NOT EXISTS (
    SELECT 1 FROM workflows_job b WHERE b.lane = j.lane AND b.order_key = j.order_key
    AND NOT b.order_key = '' AND NOT b.state = 'done' AND b.id < j.id
))
"""
_FREE_SLOTS = "SELECT id, lane FROM workflows_slot WHERE job_id IS NULL"
_ORDER = " ORDER BY j.priority, j.run_at, j.id LIMIT %s"
_MARK = "UPDATE workflows_job SET state = 'running', owner = %s, lease_until = %s, attempts = attempts + 1"


def is_anything_ready(now: datetime) -> bool:
    """Whether a claim could find something."""
    return bool(ready_keys(now, 1))


def ready_keys(now: datetime, most: int, *, with_internal: bool = True) -> list[int]:
    """Keys of jobs that could be taken, the most urgent first."""
    with connection.cursor() as cursor:
        which, values = _which(_open_lanes(now), with_internal)
        asked = f"SELECT j.id {_WHERE.format(which=which)}{_ORDER}"
        cursor.execute(asked, [stored(now), *values, most])
        return [key for (key,) in cursor.fetchall()]


def take(
    now: datetime,
    lease: timedelta,
    *,
    most: int = 1,
    key: int | None = None,
    lane: str | None = None,
    with_internal: bool = True,
) -> list[Job]:
    """Take up to ``most`` jobs, or the one of a key, or those of one lane."""
    with turn(), transaction.atomic():
        lanes = _open_lanes(now)
        if lane is not None:
            lanes = {name: free for name, free in lanes.items() if name == lane}
        which, values = _which(lanes, with_internal and lane in (None, INTERNAL_LANE))
        if key is not None:
            which, values = f"j.id = %s AND {which}", [key, *values]
        lock = " FOR UPDATE OF j SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
        found = list(
            Job.objects.raw(
                f"SELECT j.* {_WHERE.format(which=which)}{_ORDER}{lock}", [stored(now), *values, most]
            )
        )
        taken = _with_slots(found)
        if taken:
            _mark(taken, now + lease)
        return taken


def stored(moment: datetime) -> Any:
    """A moment as a statement of our own takes it."""
    return connection.ops.adapt_datetimefield_value(moment)


def _open_lanes(now: datetime) -> dict[str, int]:
    """How many free slots each lane has whose gate is not closed."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_LANES, [stored(now)] * 2)
        return dict(cursor.fetchall())


def _which(lanes: dict[str, int], with_internal: bool) -> tuple[str, list[Any]]:
    """The condition for some lanes and the engine's own, with its values."""
    names = [*([INTERNAL_LANE] if with_internal else []), *lanes]
    return (f"j.lane IN ({', '.join(['%s'] * len(names))})", names) if names else ("1 = 0", [])


def _with_slots(found: list[Job]) -> list[Job]:
    """Those that need no slot or get one; the others are left to whoever comes when one is free."""
    lanes = {job.lane for job in found if job.lane != INTERNAL_LANE}
    if not lanes:
        return found
    lock = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    places = ", ".join(["%s"] * len(lanes))
    free: dict[str, deque[int]] = defaultdict(deque)
    with connection.cursor() as cursor:
        cursor.execute(f"{_FREE_SLOTS} AND lane IN ({places}) ORDER BY n{lock}", list(lanes))
        for slot, lane in cursor.fetchall():
            free[lane].append(slot)
        taken, pairs = [], []
        for job in found:
            if job.lane != INTERNAL_LANE:
                if not free[job.lane]:
                    continue
                pairs.append((job.pk, free[job.lane].popleft()))
            taken.append(job)
        cursor.executemany("UPDATE workflows_slot SET job_id = %s WHERE id = %s", pairs)
    return taken


def _mark(taken: list[Job], until: datetime) -> None:
    owner, keys = this_process(), [job.pk for job in taken]
    places = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(f"{_MARK} WHERE id IN ({places})", [owner, stored(until), *keys])
    for job in taken:
        job.state, job.owner, job.lease_until = Job.State.RUNNING, owner, until
        job.attempts += 1
