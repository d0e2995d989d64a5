"""What a path reads: entries of contexts, and the parts of dates, times, durations and ranges (table 65)."""

from typing import Any

from workflows.expressions.moments import (
    DAY,
    SECOND,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    offset_at,
)
from workflows.expressions.operators import seconds
from workflows.expressions.values import Range


def member(value: Any, name: str) -> Any:
    """``value.name``; of a list, the list of its items' ones. Null where there is none."""
    kind = type(value)
    if kind is dict:
        return value.get(name)
    if kind is list:
        return [member(item, name) for item in value]
    reader = _READERS.get(kind)
    return reader(value, name) if reader else None


def _of_date(value: Date, name: str) -> Any:
    return getattr(value, name) if name in {"year", "month", "day", "weekday"} else None


def _of_time(value: Time, name: str, day: Date | None = None) -> Any:
    full = value.nanos // SECOND
    match name:
        case "hour":
            return full // 3600
        case "minute":
            return full // 60 % 60
        case "second":
            return full % 60
        case "timezone":
            return value.zone
        case "time offset":
            offset = offset_at(day or Date(1970, 1, 1), value)
            return None if offset is None else DaysDuration(offset * SECOND)
    return None


def _of_date_time(value: DateTime, name: str) -> Any:
    found = _of_date(value.date, name)
    return found if found is not None else _of_time(value.time, name, value.date)


def _of_days(value: DaysDuration, name: str) -> Any:
    sign, size = (-1 if value.nanos < 0 else 1), abs(value.nanos)
    match name:
        case "days":
            return sign * (size // DAY)
        case "hours":
            return sign * (size % DAY // (3600 * SECOND))
        case "minutes":
            return sign * (size // (60 * SECOND) % 60)
        case "seconds":
            return sign * seconds(size % (60 * SECOND))
    return None


def _of_months(value: MonthsDuration, name: str) -> Any:
    sign, size = (-1 if value.months < 0 else 1), abs(value.months)
    if name == "years":
        return sign * (size // 12)
    return sign * (size % 12) if name == "months" else None


def _of_range(value: Range, name: str) -> Any:
    return {
        "start": value.low,
        "end": value.high,
        "start included": value.low_in,
        "end included": value.high_in,
    }.get(name)


_READERS: dict[type, Any] = {
    Date: _of_date,
    Time: _of_time,
    DateTime: _of_date_time,
    DaysDuration: _of_days,
    MonthsDuration: _of_months,
    Range: _of_range,
}
