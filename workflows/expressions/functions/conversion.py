"""Conversion functions: number, date, time, date and time, duration (table 72)."""

from decimal import Decimal
from typing import Any

from workflows.expressions.functions.registry import builtin
from workflows.expressions.moments import (
    SECOND,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    known_zone,
    make_date,
)
from workflows.expressions.moments_text import read_date, read_date_time, read_duration, read_time
from workflows.expressions.numbers import Number, parse_number
from workflows.expressions.operators import months_between


@builtin("number", "from:text")
@builtin("number", "from:text, grouping separator:any, decimal separator:any")
def to_number(text: str, grouping: Any = None, point: Any = None) -> Any:
    """A text as a number, with the signs that group and part its digits."""
    if grouping not in {None, " ", ",", "."} or point not in {None, ",", "."}:
        return None
    if grouping is not None and grouping == point:
        return None
    if grouping is not None:
        text = text.replace(grouping, "")
    if point is not None:
        text = text.replace(".", "\0").replace(point, ".") if point != "." else text
    body = text.removeprefix("-")
    if (
        not body
        or not all(sign in "0123456789.eE+-" for sign in body)
        or not (body[0].isdigit() or body[0] == ".")
    ):
        return None
    return parse_number(text)


@builtin("number", "from:number")
def same_number(value: Number) -> Number:
    """A number is one already."""
    return value


@builtin("date", "from:any")
def to_date(value: Any) -> Date | None:
    """A text, a date, or the date of a date and time."""
    match value:
        case str():
            return read_date(value)
        case Date():
            return value
        case DateTime():
            return value.date
        case [one] if not isinstance(one, list):
            return to_date(one)
    return None


@builtin("date", "year:whole, month:whole, day:whole")
def date_of(year: int, month: int, day: int) -> Date | None:
    """The day of the calendar."""
    return make_date(year, month, day)


@builtin("time", "from:any")
def to_time(value: Any) -> Time | None:
    """A text, a time, or the time of a date and time; a date is its midnight in UTC."""
    match value:
        case str():
            return read_time(value)
        case Time():
            return value
        case DateTime():
            return value.time
        case Date():
            return Time(0, 0)
        case [one] if not isinstance(one, list):
            return to_time(one)
    return None


@builtin("time", "hour:whole, minute:whole, second:number, offset?:days")
def time_of(hour: int, minute: int, second: Number, offset: DaysDuration | None = None) -> Time | None:
    """The time of day, with an offset where one is given."""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return None
    nanos = (hour * 3600 + minute * 60) * SECOND + int(Decimal(second).scaleb(9))
    shift = None if offset is None else offset.nanos // SECOND
    return None if shift is not None and abs(shift) > 18 * 3600 else Time(nanos, shift)


@builtin("date and time", "from:any")
def to_date_time(value: Any) -> DateTime | None:
    """A text, or a date and time; a date is its midnight in UTC."""
    match value:
        case str():
            return read_date_time(value)
        case DateTime():
            return value
        case Date():
            return DateTime(value, Time(0, 0))
        case [one] if not isinstance(one, list):
            return to_date_time(one)
    return None


@builtin("date and time", "date:any, time:time")
def joined(day: Any, time: Time) -> DateTime | None:
    """A date, or that of a date and time, with a time."""
    found = day.date if isinstance(day, DateTime) else day
    return DateTime(found, time) if isinstance(found, Date) else None


@builtin("date and time", "date:any, timezone:text")
def placed(value: Any, zone: str) -> DateTime | None:
    """A date and time seen in a zone."""
    if not isinstance(value, DateTime) or known_zone(zone) is None:
        return None
    return DateTime(value.date, Time(value.time.nanos, zone=zone))


@builtin("date and time", "year:whole, month:whole, day:whole, hour:whole, minute:whole, second:number")
@builtin(
    "date and time", "year:whole, month:whole, day:whole, hour:whole, minute:whole, second:number, offset:any"
)
def date_time_of(
    year: int, month: int, day: int, hour: int, minute: int, second: Number, place: Any = None
) -> Any:
    """From its parts; the last is an offset or the name of a zone."""
    found = make_date(year, month, day)
    time = time_of(hour, minute, second, place if isinstance(place, DaysDuration) else None)
    if isinstance(place, str) and time is not None:
        time = Time(time.nanos, zone=place) if known_zone(place) else None
    return DateTime(found, time) if found and time else None


@builtin("duration", "from:any")
def to_duration(value: Any) -> DaysDuration | MonthsDuration | None:
    """A text or a duration."""
    match value:
        case str():
            return read_duration(value)
        case DaysDuration() | MonthsDuration():
            return value
        case [one] if not isinstance(one, list):
            return to_duration(one)
    return None


@builtin("years and months duration", "from:any, to:any")
def months_from(start: Any, end: Any) -> MonthsDuration | None:
    """Whole months between two dates."""
    first = start.date if isinstance(start, DateTime) else start
    last = end.date if isinstance(end, DateTime) else end
    if not isinstance(first, Date) or not isinstance(last, Date):
        return None
    return months_between(first, last)
