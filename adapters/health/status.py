"""How a connection is at this moment, for any page: ok, degraded, down or unknown, and since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from adapters import outages
from adapters.models import ConnectionCheck, Gate

State = ConnectionCheck.State


@dataclass(frozen=True, slots=True)
class Status:
    """``state`` is one of ok, degraded, down, unknown; ``since`` is None where nothing is known."""

    state: State
    since: datetime | None = None


def status(key: str) -> Status:
    """How one connection is."""
    return statuses([key])[key]


def statuses(keys: Iterable[str]) -> dict[str, Status]:
    """:func:`status` of several, in three queries.

    An open circuit is down, whatever the last check said; a check that said down is overruled by an answer
    that came later.
    """
    wanted = list(keys)
    opened = dict(
        Gate.objects.filter(key__in=wanted, open_since__isnull=False).values_list("key", "open_since")
    )
    checks = {row.connection: row for row in latest_checks(wanted)}
    answered = outages.last_answers(wanted)
    return {key: _status(key, opened, checks, answered) for key in wanted}


def latest_checks(keys: Iterable[str]) -> list[ConnectionCheck]:
    """The newest check of each connection that has one."""
    newest = ConnectionCheck.objects.filter(connection=OuterRef("connection")).order_by("-checked_at", "-id")
    rows = ConnectionCheck.objects.filter(connection__in=list(keys))
    return list(rows.filter(pk=Subquery(newest.values("pk")[:1])))


def _status(
    key: str,
    opened: dict[str, datetime | None],
    checks: dict[str, ConnectionCheck],
    answered: dict[str, datetime],
) -> Status:
    if key in opened:
        return Status(State.DOWN, opened[key])
    row = checks.get(key)
    if row is None:
        return Status(State.OK, answered[key]) if key in answered else Status(State.UNKNOWN)
    if row.state == State.DOWN and key in answered and answered[key] > row.checked_at:
        return Status(State.OK, answered[key])
    return Status(State(row.state), row.since)
