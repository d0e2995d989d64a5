"""Durations as ISO 8601 writes them, without years and months (whose length depends on the calendar)."""

import re
from datetime import datetime, timedelta

SHAPE = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)


def duration(text: str) -> timedelta:
    """Return the length of ``P7D``, ``PT36H`` and the like; raises ValueError."""
    match = SHAPE.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError(f"{text!r} is not a duration; write P7D, PT36H or PT10M")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def after(now: datetime, text: str) -> datetime:
    """Return the moment ``text`` after ``now``."""
    return now + duration(text)


def signed(text: str) -> timedelta:
    """Return the length of a duration that may be negative, as ``-P14D``; raises ValueError."""
    return -duration(text[1:]) if text.startswith("-") else duration(text)
