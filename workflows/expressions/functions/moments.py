"""Functions over dates and times (tables 77 and 79), and the clock of the attempt."""

from datetime import datetime
from typing import Any

from workflows.expressions.functions.registry import builtin
from workflows.expressions.limits import CLOCK, Budget, Env, NoClock, budget_of
from workflows.expressions.moments import Date, DateTime, Time, from_python
from workflows.expressions.numbers import number
from workflows.expressions.values import Range, equal, kind_of

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def _day(value: Any) -> Date | None:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    found = value.date if isinstance(value, DateTime) else value
    return found if isinstance(found, Date) else None


@builtin("day of year", "date:any")
def day_of_year(value: Any) -> int | None:
    """1 for the first of January."""
    day = _day(value)
    return None if day is None else day.day_of_year


@builtin("day of week", "date:any")
def day_of_week(value: Any) -> str | None:
    """Monday to Sunday."""
    day = _day(value)
    return None if day is None else _DAYS[day.weekday - 1]


@builtin("month of year", "date:any")
def month_of_year(value: Any) -> str | None:
    """January to December."""
    day = _day(value)
    return None if day is None else _MONTHS[day.month - 1]


@builtin("week of year", "date:any")
def week_of_year(value: Any) -> int | None:
    """The week of ISO 8601: the first is that of the year's first Thursday."""
    day = _day(value)
    if day is None:
        return None
    thursday = day.number + 4 - day.weekday
    year = day.year
    for candidate in (year + 1, year, year - 1):
        first = Date(candidate, 1, 1).number
        if thursday >= first:
            return (thursday - first) // 7 + 1
    return None


def _clock(env: Env) -> DateTime:
    found = env.get(CLOCK)
    if not isinstance(found, datetime):
        raise NoClock("today() and now() need the clock of the attempt; there is none here")
    made = from_python(found)
    return made if isinstance(made, DateTime) else DateTime(made, Time(0, 0))


@builtin("now", "", env=True)
def now(env: Env) -> DateTime:
    """The date and time at which the attempt began."""
    return _clock(env)


@builtin("today", "", env=True)
def today(env: Env) -> Date:
    """The date at which the attempt began."""
    return _clock(env).date


@builtin("is", "value1:any, value2:any", env=True)
def same(env: Env, one: Any, other: Any) -> bool:
    """Whether two values are of one kind and the very same, with their places on the globe."""
    return _same(one, other, budget_of(env))


def _same(one: Any, other: Any, budget: Budget) -> bool:
    if kind_of(one) != kind_of(other):
        return False
    if isinstance(one, list):
        budget.spend(1 + len(one) // 8)
        return len(one) == len(other) and all(_same(a, b, budget) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict):
        budget.spend(1 + len(one) // 8)
        return one.keys() == other.keys() and all(_same(one[key], other[key], budget) for key in one)
    if isinstance(one, Range):
        return equal(one, other, budget) is True
    if isinstance(one, Time):
        return (one.nanos, _place(one)) == (other.nanos, _place(other))
    if isinstance(one, DateTime):
        return one.date == other.date and _same(one.time, other.time, budget)
    found = number(one)
    return bool(found == number(other)) if found is not None else bool(one == other)


def _place(time: Time) -> Any:
    return time.offset if time.zone is None else time.zone
