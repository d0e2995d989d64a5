"""Dates, times and durations of FEEL: any year to 999999999, nanoseconds, offsets and named zones.

Python's own ``datetime`` knows the years 1 to 9999 only, so these count days themselves (proleptic
Gregorian calendar, ISO 8601). Comparing two of a kind is :func:`instant`'s business.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
LAST_YEAR = 999_999_999
LARGEST_MONTHS = 12 * (2 * LAST_YEAR + 2)
LARGEST_NANOS = 800_000_000_000 * DAY
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the calendar."""

    year: int
    month: int
    day: int

    @property
    def number(self) -> int:
        """Days since 1970-01-01."""
        year = self.year - (self.month <= 2)
        era, of_era = divmod(year, 400)
        of_year = (153 * ((self.month + 9) % 12) + 2) // 5 + self.day - 1
        return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468

    @property
    def weekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return (self.number + 3) % 7 + 1

    @property
    def day_of_year(self) -> int:
        """1 for the first of January."""
        return self.number - Date(self.year, 1, 1).number + 1


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day in nanoseconds; with an offset in seconds, or a named zone, or neither."""

    nanos: int
    offset: int | None = None
    zone: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether it says nowhere where it is."""
        return self.offset is None and self.zone is None


@dataclass(frozen=True, slots=True)
class DateTime:
    """A day and a time of it."""

    date: Date
    time: Time


@dataclass(frozen=True, slots=True)
class DaysDuration:
    """A duration of days, hours, minutes and seconds, in nanoseconds."""

    nanos: int


@dataclass(frozen=True, slots=True)
class MonthsDuration:
    """A duration of years and months, in months."""

    months: int


Moment = Date | Time | DateTime
Duration = DaysDuration | MonthsDuration


def make_date(year: int, month: int, day: int) -> Date | None:
    """The day, or None where the calendar has none."""
    if not (-LAST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= month_length(year, month)):
        return None
    return Date(year, month, day)


def month_length(year: int, month: int) -> int:
    """28 to 31."""
    leap = month == 2 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return _MONTH_DAYS[month - 1] + leap


def day_number(number: int) -> Date | None:
    """The day so many days after 1970-01-01."""
    era, of_era = divmod(number + 719_468, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    day = of_year - (153 * shifted + 2) // 5 + 1
    return make_date(year_of_era + era * 400 + (month <= 2), month, day)


def add_months(day: Date, months: int) -> Date | None:
    """The same day so many months on, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return make_date(year, month + 1, min(day.day, month_length(year, month + 1)))


@lru_cache(maxsize=256)
def known_zone(name: str) -> ZoneInfo | None:
    """The rules of an IANA zone, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def offset_at(day: Date, time: Time) -> int | None:
    """Seconds east of Greenwich at a day and time; None for local ones."""
    if time.zone is None:
        return time.offset
    rules = known_zone(time.zone)
    if rules is None:
        return None
    year = day.year if 1 < day.year < 9999 else 2000 + day.year % 400
    local = datetime(year, day.month, day.day, tzinfo=rules) + timedelta(seconds=time.nanos // SECOND)
    shift = local.utcoffset()
    return int(shift.total_seconds()) if shift is not None else None


def instant(value: Moment) -> tuple[bool, int]:
    """Whether it stands somewhere on the globe, and nanoseconds to compare it by."""
    if isinstance(value, Date):
        return True, value.number * DAY
    day, time = (value.date, value.time) if isinstance(value, DateTime) else (Date(1970, 1, 1), value)
    shift = offset_at(day, time)
    return shift is not None, day.number * DAY + time.nanos - (shift or 0) * SECOND


def from_python(value: date) -> Date | DateTime:
    """Python's date or datetime as ours; an aware one keeps its offset."""
    if not isinstance(value, datetime):
        return Date(value.year, value.month, value.day)
    shift = value.utcoffset()
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    offset = None if shift is None else int(shift.total_seconds())
    return DateTime(
        Date(value.year, value.month, value.day), Time(seconds * SECOND + value.microsecond * 1000, offset)
    )


def in_utc(value: datetime) -> datetime:
    """An aware datetime in UTC."""
    return value.astimezone(UTC)
