"""The values of an input that a table tells apart: one example of each, found in the cells of its column.

Numbers, dates, times and durations: every end that a cell names, and a value between each two and outside
them. Truth values: both. Texts: those that cells name, and one that none does, unless only some are allowed.
"""

from collections.abc import Iterator
from typing import Any

from workflows.expressions import Feel, tree
from workflows.expressions.build import build
from workflows.expressions.moments import DAY, Date, DateTime, DaysDuration, MonthsDuration, Time, day_number
from workflows.expressions.moments_text import write
from workflows.expressions.numbers import add, divide, subtract
from workflows.expressions.tree import Tree
from workflows.expressions.values import Builtin, Range, compare, kind_of

OTHER_TEXT = "any other text"
ORDERED = {
    "number",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
}


def is_plain(cell: Feel | None) -> bool:
    """Whether a cell says everything by itself: it names nothing of the case, and not ``?``."""
    return cell is None or not _names(cell.tree)


def _names(found: Any) -> bool:
    if isinstance(found, tree.Name | tree.Loop | tree.Filter | tree.Definition):
        return True
    if isinstance(found, tuple):
        return any(_names(part) for part in found)
    if isinstance(found, tree.Literal):
        return isinstance(found.value, Builtin) and found.value.name in {"today", "now"}
    slots = getattr(found, "__slots__", ())
    return any(_names(getattr(found, slot)) for slot in slots)


def examples(cells: list[Feel | None], allowed: Feel | None, column_type: str) -> list[Any]:
    """One example of each kind of value that the column's cells can tell apart."""
    named: list[Any] = []
    for cell in [*cells, allowed]:
        if cell is not None and is_plain(cell):
            named += _named(cell.tree)
    kinds = {kind_of(value) for value in named}
    if column_type == "boolean" or kinds == {"boolean"}:
        return [True, False]
    is_ordered = len(kinds) == 1 and kinds <= ORDERED
    found = list(_around(_sorted(named))) if is_ordered else _texts(named)
    if allowed is not None:
        found = [value for value in found if allowed.passes(value, {})]
    return found


def _named(found: Tree) -> Iterator[Any]:
    """The values that a test names."""
    match found:
        case tree.Tests():
            for test in found.tests:
                yield from _named(test)
        case tree.Test():
            yield from _values(build(found.endpoint)({}))
        case tree.Interval():
            yield from _values(build(found.low)({}))
            yield from _values(build(found.high)({}))
        case tree.Items():
            for item in found.items:
                yield from _named(item)
        case _:
            yield from _values(build(found)({}))


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item)
    elif isinstance(value, Range):
        yield from _values(value.low)
        yield from _values(value.high)
    elif value is not None:
        yield value


def _texts(named: list[Any]) -> list[Any]:
    found: list[Any] = []
    for value in named:
        if value not in found:
            found.append(value)
    return [*found, OTHER_TEXT] if all(isinstance(value, str) for value in found) else found


def _sorted(named: list[Any]) -> list[Any]:
    found: list[Any] = []
    for value in named:
        place = next((at for at, one in enumerate(found) if (compare(value, one) or 0) <= 0), len(found))
        if place == len(found) or compare(value, found[place]) != 0:
            found.insert(place, value)
    return found


def _around(ends: list[Any]) -> Iterator[Any]:
    """The ends, with values before, between and behind them."""
    yield from _unless_none(_moved(ends[0], -1))
    for one, other in zip(ends, ends[1:], strict=False):
        yield one
        between = _between(one, other)
        if between is not None:
            yield between
    yield ends[-1]
    yield from _unless_none(_moved(ends[-1], 1))


def _unless_none(value: Any) -> Iterator[Any]:
    if value is not None:
        yield value


def _moved(value: Any, sign: int) -> Any:
    match value:
        case Date():
            return day_number(value.number + sign)
        case DateTime():
            day = day_number(value.date.number + sign)
            return None if day is None else DateTime(day, value.time)
        case Time():
            nanos = value.nanos + sign * 60_000_000_000
            return Time(nanos, value.offset, value.zone) if 0 <= nanos < DAY else None
        case DaysDuration():
            return DaysDuration(value.nanos + sign * DAY)
        case MonthsDuration():
            return MonthsDuration(value.months + sign)
    return add(value, sign)


def _between(one: Any, other: Any) -> Any:
    match one:
        case Date():
            return day_number((one.number + other.number) // 2) if other.number - one.number > 1 else None
        case DateTime():
            nanos = (one.time.nanos + 1) if one.date == other.date else one.time.nanos
            later = DateTime(one.date, Time(min(nanos, DAY - 1), one.time.offset, one.time.zone))
            if one.date != other.date:
                later = DateTime(one.date, Time(DAY - 1, one.time.offset, one.time.zone))
            return later if (compare(later, other) or 0) < 0 < (compare(later, one) or 0) else None
        case Time():
            return Time((one.nanos + other.nanos) // 2, one.offset, one.zone)
        case DaysDuration():
            return DaysDuration((one.nanos + other.nanos) // 2)
        case MonthsDuration():
            middle = (one.months + other.months) // 2
            return MonthsDuration(middle) if one.months < middle < other.months else None
    whole = add(one, 1)
    if whole is not None and isinstance(one, int) and whole < other:
        return whole  # a whole number reads better than a half
    distance = subtract(other, one)
    half = None if distance is None else divide(distance, 2)
    return None if half is None else add(one, half)


def shown(value: Any) -> Any:
    """An example as JSON: numbers and truth values as they are, everything else as its text."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if kind_of(value) == "number":
        return float(value)
    return write(value)
