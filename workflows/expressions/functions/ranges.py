"""Relations between points and ranges (table 78, after Allen): null where they have no order in common."""

from collections.abc import Callable
from typing import Any

from workflows.expressions.functions.registry import builtin
from workflows.expressions.values import Range, compare, kind_of


class _NoOrder(Exception):
    """Two ends have no order."""


def _order(one: Any, other: Any) -> int:
    found = compare(one, other)
    if found is None:
        raise _NoOrder
    return found


def relation(
    name: str, names: str, wants: tuple[bool | None, bool | None] = (None, None)
) -> Callable[[Callable[[Any, Any], bool]], Callable[[Any, Any], bool]]:
    """Register a relation of two; ``wants`` says for each whether it must be a range (None: either)."""

    def register(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
        def run(one: Any, other: Any) -> bool | None:
            for value, wanted in zip((one, other), wants, strict=True):
                is_range = isinstance(value, Range)
                if kind_of(value) in {"null", "unknown", "list", "context", "function", "boolean"}:
                    return None
                if (wanted is not None and is_range != wanted) or (is_range and _is_open(value)):
                    return None
            try:
                return holds(one, other)
            except _NoOrder:
                return None

        builtin(name, ", ".join(f"{part}:any" for part in names.split(", ")))(run)
        return holds

    return register


def _is_open(value: Range) -> bool:
    return value.low is None and value.high is None


def _ends(value: Any) -> Range:
    return value if isinstance(value, Range) else Range(value, value, True, True)


def _before(one: Any, other: Any) -> bool:
    first, second = _ends(one), _ends(other)
    if first.high is None or second.low is None:
        return False
    order = _order(first.high, second.low)
    return order < 0 or (order == 0 and not (first.high_in and second.low_in))


@relation("before", "point1, point2")
def before(one: Any, other: Any) -> bool:
    """The one ends before the other begins."""
    return _before(one, other)


@relation("after", "point1, point2")
def after(one: Any, other: Any) -> bool:
    """The one begins after the other ends."""
    return _before(other, one)


@relation("meets", "range1, range2", (True, True))
def meets(one: Range, other: Range) -> bool:
    """The one ends where the other begins."""
    return one.high_in and other.low_in and _order(one.high, other.low) == 0


@relation("met by", "range1, range2", (True, True))
def met_by(one: Range, other: Range) -> bool:
    """The one begins where the other ends."""
    return meets(other, one)


@relation("overlaps", "range1, range2", (True, True))
def overlaps(one: Range, other: Range) -> bool:
    """They have a point in common."""
    ends, begins = _order(one.high, other.low), _order(one.low, other.high)
    return (ends > 0 or (ends == 0 and one.high_in and other.low_in)) and (
        begins < 0 or (begins == 0 and one.low_in and other.high_in)
    )


@relation("overlaps before", "range1, range2", (True, True))
def overlaps_before(one: Range, other: Range) -> bool:
    """The one begins first and ends inside the other."""
    starts, reaches, ends = (
        _order(one.low, other.low),
        _order(one.high, other.low),
        _order(one.high, other.high),
    )
    return (
        (starts < 0 or (starts == 0 and one.low_in and not other.low_in))
        and (reaches > 0 or (reaches == 0 and one.high_in and other.low_in))
        and (ends < 0 or (ends == 0 and (not one.high_in or other.high_in)))
    )


@relation("overlaps after", "range1, range2", (True, True))
def overlaps_after(one: Range, other: Range) -> bool:
    """The one begins inside the other and ends last."""
    starts, reaches, ends = (
        _order(other.low, one.low),
        _order(other.high, one.low),
        _order(other.high, one.high),
    )
    return (
        (starts < 0 or (starts == 0 and other.low_in and not one.low_in))
        and (reaches > 0 or (reaches == 0 and other.high_in and one.low_in))
        and (ends < 0 or (ends == 0 and (not other.high_in or one.high_in)))
    )


@relation("finishes", "point, range", (None, True))
def finishes(one: Any, other: Range) -> bool:
    """The one ends with the other."""
    if not isinstance(one, Range):
        return other.high_in and _order(one, other.high) == 0
    starts, ends = _order(one.low, other.low), _order(one.high, other.high)
    inside = starts > 0 or (starts == 0 and (not one.low_in or other.low_in))
    return one.high_in == other.high_in and ends == 0 and inside


@relation("finished by", "range, point", (True, None))
def finished_by(one: Range, other: Any) -> bool:
    """The other ends with the one."""
    return finishes(other, one)


def _includes(one: Range, other: Any) -> bool:
    inner = _ends(other)
    starts, ends = _order(one.low, inner.low), _order(one.high, inner.high)
    return (starts < 0 or (starts == 0 and (one.low_in or not inner.low_in))) and (
        ends > 0 or (ends == 0 and (one.high_in or not inner.high_in))
    )


@relation("includes", "range, point", (True, None))
def includes(one: Range, other: Any) -> bool:
    """The other lies in the one."""
    return _includes(one, other)


@relation("during", "point, range", (None, True))
def during(one: Any, other: Range) -> bool:
    """The one lies in the other."""
    return _includes(other, one)


@relation("starts", "point, range", (None, True))
def starts(one: Any, other: Range) -> bool:
    """The one begins with the other."""
    if not isinstance(one, Range):
        return other.low_in and _order(one, other.low) == 0
    begins, ends = _order(one.low, other.low), _order(one.high, other.high)
    inside = ends < 0 or (ends == 0 and (not one.high_in or other.high_in))
    return one.low_in == other.low_in and begins == 0 and inside


@relation("started by", "range, point", (True, None))
def started_by(one: Range, other: Any) -> bool:
    """The other begins with the one."""
    return starts(other, one)


@relation("coincides", "point1, point2")
def coincides(one: Any, other: Any) -> bool:
    """They are the same."""
    if isinstance(one, Range) != isinstance(other, Range):
        raise _NoOrder
    first, second = _ends(one), _ends(other)
    same = (first.low_in, first.high_in) == (second.low_in, second.high_in)
    return _order(first.low, second.low) == 0 and _order(first.high, second.high) == 0 and same
