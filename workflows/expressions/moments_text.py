"""Reading and writing dates, times and durations: ISO 8601 as XML Schema has it, with ``@Zone/Name``."""

import re

from workflows.expressions.moments import (
    DAY,
    LARGEST_MONTHS,
    LARGEST_NANOS,
    SECOND,
    Date,
    DateTime,
    DaysDuration,
    Duration,
    Moment,
    MonthsDuration,
    Time,
    known_zone,
    make_date,
)

_DATE = re.compile(r"(-?)(\d{4}|[1-9]\d{4,8})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,18}))?(?:(Z|z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z0-9_+\-/]{1,60}))?",
    re.ASCII,
)
_MONTHS = re.compile(r"(-?)P(?:(\d{1,15})Y)?(?:(\d{1,15})M)?", re.ASCII)
_DAYS = re.compile(
    r"(-?)P(?:(\d{1,15})D)?(T(?:(\d{1,15})H)?(?:(\d{1,15})M)?(?:(\d{1,15})(?:\.(\d{0,18}))?S)?)?", re.ASCII
)


def read_date(text: str) -> Date | None:
    """``2017-08-10``; None for anything else."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year = int(found[2])
    if found[1] and year == 0:
        return None
    return make_date(-year if found[1] else year, int(found[3]), int(found[4]))


def read_time(text: str) -> Time | None:
    """``10:20:00``, with a fraction, ``Z``, an offset or ``@Europe/Paris`` behind it."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3])
    if hour > 23 or minute > 59 or second > 59:
        return None
    nanos = (hour * 3600 + minute * 60 + second) * SECOND + _fraction(found[4])
    if found[5]:
        return Time(nanos, 0)
    if found[10]:
        return Time(nanos, zone=found[10]) if known_zone(found[10]) else None
    if not found[6]:
        return Time(nanos)
    if int(found[8]) > 59 or int(found[9] or 0) > 59:
        return None
    offset = int(found[7]) * 3600 + int(found[8]) * 60 + int(found[9] or 0)
    return None if offset > 18 * 3600 else Time(nanos, -offset if found[6] == "-" else offset)


def _fraction(digits: str | None) -> int:
    return int((digits or "0")[:9].ljust(9, "0"))


def read_date_time(text: str) -> DateTime | None:
    """``2017-08-10T10:20:00``; a date alone is its midnight."""
    day_text, separator, time_text = text.partition("T")
    day = read_date(day_text)
    time = read_time(time_text) if separator else Time(0)
    return DateTime(day, time) if day is not None and time is not None else None


def read_duration(text: str) -> Duration | None:
    """``P1Y2M``, ``P3DT4H``, ``-PT0.5S``."""
    months = _MONTHS.fullmatch(text)
    if months is not None and (months[2] or months[3]):
        total = int(months[2] or 0) * 12 + int(months[3] or 0)
        return MonthsDuration(-total if months[1] else total) if total <= LARGEST_MONTHS else None
    days = _DAYS.fullmatch(text)
    if days is None or days[3] == "T" or not (days[2] or days[3]):
        return None
    hours, minutes, seconds = (int(days[at] or 0) for at in (4, 5, 6))
    nanos = int(days[2] or 0) * DAY + (hours * 3600 + minutes * 60 + seconds) * SECOND + _fraction(days[7])
    return DaysDuration(-nanos if days[1] else nanos) if nanos <= LARGEST_NANOS else None


def read_any(text: str) -> Moment | Duration | None:
    """What ``@"…"`` stands for: a date, a date and time, a time or a duration."""
    if "P" in text[:2]:
        return read_duration(text)
    return read_date(text) or (read_date_time(text) if "T" in text else read_time(text))


def write(value: Moment | Duration) -> str:
    """The text that reads as the value again."""
    match value:
        case Date():
            sign = "-" if value.year < 0 else ""
            return f"{sign}{abs(value.year):04}-{value.month:02}-{value.day:02}"
        case Time():
            return _clock(value.nanos) + _place(value)
        case DateTime():
            return f"{write(value.date)}T{write(value.time)}"
        case MonthsDuration():
            years, months = divmod(abs(value.months), 12)
            parts = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
            return f"{'-' if value.months < 0 else ''}P{parts}"
        case DaysDuration():
            return _days(value.nanos)


def _clock(nanos: int) -> str:
    seconds, fraction = divmod(nanos, SECOND)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return text + (f".{fraction:09}".rstrip("0") if fraction else "")


def _place(time: Time) -> str:
    if time.zone is not None:
        return f"@{time.zone}"
    if time.offset is None:
        return ""
    if time.offset == 0:
        return "Z"
    seconds = abs(time.offset)
    rest = f":{seconds % 60:02}" if seconds % 60 else ""
    return f"{'-' if time.offset < 0 else '+'}{seconds // 3600:02}:{seconds // 60 % 60:02}{rest}"


def _days(nanos: int) -> str:
    days, rest = divmod(abs(nanos), DAY)
    seconds, fraction = divmod(rest, SECOND)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    shown = f"{seconds}" + (f".{fraction:09}".rstrip("0") if fraction else "")
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{shown}S" if seconds or fraction else ""
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return f"{'-' if nanos < 0 else ''}P{text or 'T0S'}"
