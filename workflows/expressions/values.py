"""What FEEL values are in Python, and when two are equal, ordered, or one inside the other.

null None · boolean bool · number int, Decimal (floats of JSON are read as such) · string str · list list ·
context dict · moments and durations of :mod:`.moments` · :class:`Range` · :class:`Function`,
:class:`Builtin`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workflows.expressions.limits import Budget, Env
from workflows.expressions.moments import Date, DateTime, DaysDuration, MonthsDuration, Time, instant
from workflows.expressions.numbers import number

UNORDERED = {"boolean", "list", "context", "function", "range", "null"}


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; an end that is None is open. ``written`` is the operator it was written with, if any."""

    low: Any
    high: Any
    low_in: bool
    high_in: bool
    written: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A function that an expression defined, with the names around it."""

    names: tuple[str, ...]
    checks: tuple[Callable[[Any], bool] | None, ...]
    body: Callable[[Env], Any]
    env: Env
    cost: int = 1
    types: tuple[Any, ...] = ()  # the types as read, for `instance of`
    gives: Any = None


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of the language: its signatures are tried in turn."""

    name: str
    signatures: "list[Any]" = field(hash=False, compare=False)


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "context",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysDuration: "days and time duration",
    MonthsDuration: "years and months duration",
    Range: "range",
    Function: "function",
    Builtin: "function",
}


def kind_of(value: Any) -> str:
    """The name of the value's type in FEEL; "unknown" for what no expression can make."""
    return _KINDS.get(type(value), "unknown")


def equal(left: Any, right: Any, budget: Budget) -> bool | None:
    """Whether two values are equal; None where they are of different kinds and neither is null."""
    if left is None or right is None:
        return left is right
    kind = kind_of(left)
    if kind != kind_of(right):
        return _equal_moments(left, right) if {kind, kind_of(right)} == {"date", "date and time"} else None
    match kind:
        case "number":
            return bool(number(left) == number(right))
        case "list":
            return _equal_lists(left, right, budget)
        case "context":
            if left.keys() != right.keys():
                return False
            return _equal_lists(list(left.values()), [right[key] for key in left], budget)
        case "time" | "date and time":
            return _equal_moments(left, right)
        case "range":
            return (left.low_in, left.high_in) == (right.low_in, right.high_in) and _equal_lists(
                [left.low, left.high], [right.low, right.high], budget
            )
        case "function":
            return left is right
    return bool(left == right)


def _equal_lists(left: list[Any], right: list[Any], budget: Budget) -> bool:
    budget.spend(1 + len(left) // 8)
    if len(left) != len(right):
        return False
    return all(equal(one, other, budget) is True for one, other in zip(left, right, strict=True))


def _equal_moments(left: Any, right: Any) -> bool:
    (placed, one), (other_placed, other) = instant(left), instant(right)
    return placed == other_placed and one == other


def compare(left: Any, right: Any) -> int | None:
    """Negative, 0 or positive as left is before, at or after right; None where they have no order."""
    kind = kind_of(left)
    if kind in UNORDERED or kind != kind_of(right):
        if {kind, kind_of(right)} != {"date", "date and time"}:
            return None
        kind = "mixed"
    if kind == "number":
        first, second = number(left), number(right)
        if first is None or second is None:
            return None
        return (first > second) - (first < second)
    if kind == "string":
        return int(left > right) - int(left < right)
    if kind == "days and time duration":
        return int(left.nanos > right.nanos) - int(left.nanos < right.nanos)
    if kind == "years and months duration":
        return int(left.months > right.months) - int(left.months < right.months)
    if kind not in {"date", "time", "date and time", "mixed"}:
        return None
    (placed, one), (other_placed, other) = instant(left), instant(right)
    if placed != other_placed:
        return None
    return (one > other) - (one < other)


def inside(value: Any, bounds: Range) -> bool | None:
    """Whether a value is in a range; None where they have no common order."""
    if bounds.written in {"=", "!="}:
        same = equal(value, bounds.low, Budget())
        return same if same is None or bounds.written == "=" else not same
    if bounds.low is None and bounds.high is None:
        return None
    if bounds.low is not None:
        order = compare(value, bounds.low)
        if order is None:
            return None
        if order < 0 or (order == 0 and not bounds.low_in):
            return False
    if bounds.high is not None:
        order = compare(value, bounds.high)
        if order is None:
            return None
        return order < 0 or (order == 0 and bounds.high_in)
    return True


def among(value: Any, other: Any, budget: Budget) -> bool | None:
    """``value in other``: equal to it, inside it as a range, or so with one of its items as a list."""
    if isinstance(other, Range):
        return inside(value, other)
    if isinstance(other, list):
        if isinstance(value, list) and equal(value, other, budget) is True:
            return True
        budget.spend(1 + len(other) // 8)
        return any(
            (inside(value, item) if isinstance(item, Range) else equal(value, item, budget)) is True
            for item in other
        )
    return equal(value, other, budget)
