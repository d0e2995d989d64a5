"""Which calendars there are, each read once."""

import json
from functools import lru_cache
from pathlib import Path

from workflows.definitions.calendars.calendar import Calendar, CalendarWrong

_FOLDERS = [Path(__file__).parent]


def add_folder(folder: Path) -> None:
    """Look for calendars in a further folder, before those that are shipped."""
    if folder not in _FOLDERS:
        _FOLDERS.insert(0, folder)
        calendar.cache_clear()


def names() -> list[str]:
    """Every calendar that can be named."""
    return sorted({path.stem for folder in _FOLDERS for path in folder.glob("*.json")})


@lru_cache(maxsize=64)
def calendar(name: str) -> Calendar:
    """The calendar of this name; raises CalendarWrong."""
    for folder in _FOLDERS:
        path = folder / f"{name}.json"
        if path.is_file():
            try:
                return Calendar(json.loads(path.read_text(encoding="utf-8")))
            except (ValueError, KeyError, OSError) as error:
                raise CalendarWrong(f"{path}: {error}") from error
    raise CalendarWrong(f"there is no calendar {name!r}; there are {', '.join(names())}")
