"""When a time of a definition is over: a duration by the clock, or a term of a legal calendar."""

from datetime import date, datetime
from typing import Any

from workflows.definitions.calendars import calendar
from workflows.definitions.durations import duration

JSON = dict[str, Any]


def end(now: datetime, stated: str | JSON, usual: str = "national") -> datetime:
    """The end of ``P7D`` or ``{"working_days": 5}`` that begins now; raises ValueError."""
    if isinstance(stated, str):
        return now + duration(stated)
    return calendar(stated.get("calendar") or usual).end(now, stated)


def moment(value: Any, usual: str = "national") -> datetime:
    """A date-time as it is, a date as its first moment in the calendar's zone; raises ValueError."""
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        return calendar(usual).beginning(value)
    elif not isinstance(value, str):
        raise ValueError(f"{value!r} is neither a date nor a moment")
    elif len(value) == 10:
        return calendar(usual).beginning(date.fromisoformat(value))
    else:
        found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=calendar(usual).zone)
