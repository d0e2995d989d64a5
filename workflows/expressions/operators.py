"""Arithmetic of numbers, texts, dates and durations (DMN 1.4, 10.3.2.3.6 and tables 50 to 53)."""

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import Any

from workflows.expressions import numbers
from workflows.expressions.limits import fitting_list, fitting_text
from workflows.expressions.moments import (
    DAY,
    LARGEST_MONTHS,
    LARGEST_NANOS,
    SECOND,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    add_months,
    day_number,
    instant,
)
from workflows.expressions.numbers import number


def add(left: Any, right: Any) -> Any:
    """``left + right``; lists are joined, as the conditions of services have always had it."""
    one, other = number(left), number(right)
    if one is not None and other is not None:
        return numbers.add(one, other)
    match left, right:
        case str(), str():
            return fitting_text(left + right)
        case list(), list():
            return fitting_list(left + right)
        case DaysDuration(), DaysDuration():
            return days(left.nanos + right.nanos)
        case MonthsDuration(), MonthsDuration():
            return months(left.months + right.months)
        case ((Date() | DateTime() | Time()), (DaysDuration() | MonthsDuration())):
            return shifted(left, right, 1)
        case ((DaysDuration() | MonthsDuration()), (Date() | DateTime() | Time())):
            return shifted(right, left, 1)
    return None


def subtract(left: Any, right: Any) -> Any:
    """``left - right``."""
    one, other = number(left), number(right)
    if one is not None and other is not None:
        return numbers.subtract(one, other)
    match left, right:
        case DaysDuration(), DaysDuration():
            return days(left.nanos - right.nanos)
        case MonthsDuration(), MonthsDuration():
            return months(left.months - right.months)
        case ((Date() | DateTime() | Time()), (DaysDuration() | MonthsDuration())):
            return shifted(left, right, -1)
        case (Time(), Time()) | (Date() | DateTime(), Date() | DateTime()):
            return elapsed(right, left)
    return None


def multiply(left: Any, right: Any) -> Any:
    """``left * right``."""
    one, other = number(left), number(right)
    if one is not None and other is not None:
        return numbers.multiply(one, other)
    if one is not None:
        return _scaled(right, lambda size: numbers.multiply(size, one))
    if other is not None:
        return _scaled(left, lambda size: numbers.multiply(size, other))
    return None


def divide(left: Any, right: Any) -> Any:
    """``left / right``; durations by numbers, and by durations of their kind."""
    one, other = number(left), number(right)
    if other is not None:
        if one is not None:
            return numbers.divide(one, other)
        return _scaled(left, lambda size: numbers.divide(size, other))
    match left, right:
        case DaysDuration(), DaysDuration():
            return numbers.divide(left.nanos, right.nanos)
        case MonthsDuration(), MonthsDuration():
            return numbers.divide(left.months, right.months)
    return None


def power(left: Any, right: Any) -> Any:
    """``left ** right``."""
    one, other = number(left), number(right)
    return None if one is None or other is None else numbers.power(one, other)


def negate(value: Any) -> Any:
    """``-value``."""
    found = number(value)
    if found is not None:
        return -found if isinstance(found, int) else numbers.CONTEXT.minus(found)
    match value:
        case DaysDuration():
            return DaysDuration(-value.nanos)
        case MonthsDuration():
            return MonthsDuration(-value.months)
    return None


def _scaled(value: Any, scale: Callable[[int], numbers.Number | None]) -> Any:
    if not isinstance(value, DaysDuration | MonthsDuration):
        return None
    size = scale(value.nanos if isinstance(value, DaysDuration) else value.months)
    exact = Decimal(LARGEST_NANOS + 1 if size is None else size)
    if exact.copy_abs() > LARGEST_NANOS:
        return None
    cut = int(exact.to_integral_value(ROUND_DOWN))
    return days(cut) if isinstance(value, DaysDuration) else months(cut)


def days(nanos: int) -> DaysDuration | None:
    """A duration of so many nanoseconds, unless it is too long."""
    return DaysDuration(nanos) if abs(nanos) <= LARGEST_NANOS else None


def months(count: int) -> MonthsDuration | None:
    """A duration of so many months, unless it is too long."""
    return MonthsDuration(count) if abs(count) <= LARGEST_MONTHS else None


def shifted(value: Date | DateTime | Time, by: DaysDuration | MonthsDuration, sign: int) -> Any:
    """A moment so much later, or earlier with sign -1; a time of day goes round the clock."""
    if isinstance(value, Time):
        if isinstance(by, MonthsDuration):
            return None
        return Time((value.nanos + sign * by.nanos) % DAY, value.offset, value.zone)
    day = value.date if isinstance(value, DateTime) else value
    if isinstance(by, MonthsDuration):
        moved = add_months(day, sign * by.months)
        return DateTime(moved, value.time) if moved and isinstance(value, DateTime) else moved
    nanos = value.time.nanos if isinstance(value, DateTime) else 0
    more, rest = divmod(nanos + sign * by.nanos, DAY)
    later = day_number(day.number + more)
    if later is None or not isinstance(value, DateTime):
        return later
    return DateTime(later, Time(rest, value.time.offset, value.time.zone))


def elapsed(start: Any, end: Any) -> DaysDuration | None:
    """The time from one moment to another; None where one is local and the other is not."""
    (placed, one), (other_placed, other) = instant(start), instant(end)
    if placed != other_placed:
        return None
    return days(other - one)


def months_between(start: Date, end: Date) -> MonthsDuration | None:
    """Whole months from one day to another."""
    count = (end.year - start.year) * 12 + end.month - start.month
    if count > 0 and end.day < start.day:
        count -= 1
    elif count < 0 and end.day > start.day:
        count += 1
    return months(count)


def seconds(nanos: int) -> numbers.Number:
    """Nanoseconds as seconds, with their fraction."""
    full, rest = divmod(nanos, SECOND)
    return full if not rest else Decimal(nanos).scaleb(-9)
