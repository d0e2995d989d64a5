"""Pages of long lists by the place where one stopped reading, so that no page costs more than the first."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, newest first, and the queries of the pages beside it (None where there is none)."""

    rows: list[Row]
    newer: str | None
    older: str | None


def page(request: HttpRequest, rows: QuerySet[Row], *, by: str, name: str, size: int = 20) -> Page[Row]:
    """Return the page that ``?<name>-before=`` or ``?<name>-after=`` asks for, else the first.

    ``by`` is the field of time that orders the rows, the primary key then decides between equals; or "pk".
    """
    before, after = (_mark(request.GET.get(f"{name}-{side}", ""), by) for side in ("before", "after"))
    backwards = after is not None and before is None
    mark, sign = (after, "gt") if backwards else (before, "lt")
    if mark is not None:
        at, key = mark
        beyond = Q(**{f"pk__{sign}": key})
        rows = rows.filter(beyond if by == "pk" else Q(**{f"{by}__{sign}": at}) | Q(**{by: at}) & beyond)
    order = (by, "pk") if backwards else (f"-{by}", "-pk")
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_newer, has_older = (more, True) if backwards else (before is not None, more)
    return Page(
        found,
        f"?{name}-after={_cursor(found[0], by)}" if found and has_newer else None,
        f"?{name}-before={_cursor(found[-1], by)}" if found and has_older else None,
    )


def _cursor(row: Any, by: str) -> str:
    if by == "pk":
        return f"-{row.pk}"
    moment: datetime = getattr(row, by)
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{row.pk}"


def _mark(cursor: str, by: str) -> tuple[datetime | None, int] | None:
    """The place a cursor names; one that somebody made up means the first page."""
    moment, _, key = cursor.partition("-")
    if not (key.isascii() and key.isdigit() and len(key) < len(str(2**63))):
        return None
    if by == "pk":
        return None, int(key)
    try:
        return datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), int(key)
    except ValueError:
        return None
