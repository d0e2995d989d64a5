"""One legal calendar: which days are off, and the end of a term of days, working days, months or years."""

import calendar as gregorian
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

JSON = dict[str, Any]
ONE_DAY = timedelta(days=1)


class CalendarWrong(ValueError):
    """A calendar's file cannot be understood. Final until it is mended; the message says where."""


class Calendar:
    """Made once from its JSON; safe to share between threads."""

    def __init__(self, document: JSON) -> None:
        self.name: str = document["calendar"]
        self.zone = ZoneInfo(document["zone"])
        self._weekend = frozenset(document.get("weekend", [6, 7]))
        self._rules: list[JSON] = document.get("holidays", [])
        self._of_year = lru_cache(maxsize=64)(self._holidays)
        self._of_year(2024)  # a wrong rule is found now, not in a case

    def holiday(self, day: date) -> str:
        """The name of a public holiday, or ""."""
        return self._of_year(day.year).get(day, "")

    def is_working_day(self, day: date) -> bool:
        """Neither weekend nor holiday."""
        return day.isoweekday() not in self._weekend and not self.holiday(day)

    def last_day(self, begun: date, term: JSON) -> date:
        """The last day of a term that begins on a day, which is not counted."""
        day = _months_later(begun, 12 * term.get("years", 0) + term.get("months", 0))
        day += timedelta(days=term.get("days", 0))
        for _ in range(term.get("working_days", 0)):
            day = self._working(day + ONE_DAY)
        return self._working(day) if term.get("rolls", True) else day

    def end(self, begun: datetime, term: JSON) -> datetime:
        """When a term is over: at a time of its last day (``at``), or with that day."""
        day = self.last_day(begun.astimezone(self.zone).date(), term)
        if term.get("at"):
            return datetime.combine(day, time.fromisoformat(term["at"]), self.zone)
        return self.beginning(day + ONE_DAY)

    def beginning(self, day: date) -> datetime:
        """The first moment of a day."""
        return datetime.combine(day, time(), self.zone)

    def _working(self, day: date) -> date:
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def _holidays(self, year: int) -> dict[date, str]:
        found: dict[date, str] = {}
        for rule in self._rules:
            if rule.get("since", year) <= year <= rule.get("until", year):
                day = self._day(rule, year)
                if day is not None:
                    found[day] = rule["name"]
        return found

    def _day(self, rule: JSON, year: int) -> date | None:
        try:
            if "date" in rule:
                day = date.fromisoformat(rule["date"])
                return day if day.year == year else None
            if "easter" in rule:
                return easter(year) + timedelta(days=rule["easter"])
            if "weekday" in rule:
                first = date.fromisoformat(f"{year}-{rule['from']}")
                return first + timedelta(days=(rule["weekday"] - first.isoweekday()) % 7)
            if rule["on"] == "02-29" and not gregorian.isleap(year):
                return None
            return date.fromisoformat(f"{year}-{rule['on']}")
        except (KeyError, TypeError, ValueError) as error:
            hint = "give on, easter, weekday with from, or date"
            raise CalendarWrong(
                f"calendar {self.name!r}, holiday {rule.get('name')!r}: {error}; {hint}"
            ) from error


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap, left = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - correction + 15) % 30
    quarter, odd = divmod(rest, 4)
    weekday = (32 + 2 * left + 2 * quarter - epact - odd) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or the month's last where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))
