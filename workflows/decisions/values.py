"""Values on their way into a table: the texts of JSON as the dates and durations that a column wants."""

from collections.abc import Callable
from typing import Any

from workflows.expressions import native
from workflows.expressions.moments_text import read_date, read_date_time, read_duration, read_time
from workflows.expressions.numbers import number
from workflows.expressions.values import kind_of

KINDS = {
    "text": "string",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "days duration": "days and time duration",
    "months duration": "years and months duration",
}
_READERS: dict[str, Callable[[str], Any]] = {
    "date": read_date,
    "time": read_time,
    "date and time": read_date_time,
    "days duration": read_duration,
    "months duration": read_duration,
}


class WrongKind(ValueError):
    """A value is not of its column's type."""


def as_type(value: Any, wanted: str) -> Any:
    """The value as a column's type; texts of JSON are read as dates and durations. Raises WrongKind."""
    found = native(value)
    if wanted == "any" or found is None:
        return found
    if wanted == "date" and kind_of(found) == "date and time":
        return found.date
    if isinstance(found, str) and wanted in _READERS:
        read = _READERS[wanted](found)
        if read is None or kind_of(read) != KINDS[wanted]:
            raise WrongKind(f"{found!r} is no {wanted}")
        return read
    if kind_of(found) != KINDS[wanted] or (wanted == "number" and number(found) is None):
        raise WrongKind(f"{value!r} is no {wanted}")
    return found
