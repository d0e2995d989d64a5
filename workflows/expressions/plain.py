"""Between FEEL's values and JSON: what a case keeps of a result, and what a model makes of its inputs."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from workflows.expressions.functions.writing import text_of
from workflows.expressions.limits import Budget, BudgetSpent
from workflows.expressions.moments import (
    SECOND,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    from_python,
)
from workflows.expressions.moments_text import write
from workflows.expressions.numbers import number, whole
from workflows.expressions.values import Builtin, Function, Range

LARGEST_EXPONENT = 300  # of a float of JSON
PLAIN = (bool, int, str, type(None), float)


def plain(value: Any, budget: Budget | None = None) -> Any:
    """A value as JSON has it: whole numbers as int, others as float, moments and durations as their texts."""
    if type(value) in PLAIN:
        return value
    counter = budget or Budget()
    counter.spend(1)
    match value:
        case Decimal():
            cut = whole(value)
            if cut is None and value.adjusted() > LARGEST_EXPONENT:
                raise BudgetSpent(f"a number past 10 to the {LARGEST_EXPONENT}, which no case can keep")
            return cut if cut is not None else float(value)
        case list():
            return [plain(item, counter) for item in value]
        case dict():
            return {key: plain(item, counter) for key, item in value.items() if isinstance(key, str)}
        case Date() | Time() | DateTime() | DaysDuration() | MonthsDuration():
            return write(value)
        case Range() | Function() | Builtin():
            return text_of(value, counter)
    return value


def native(value: Any) -> Any:
    """A value of Python or JSON as FEEL has it."""
    match value:
        case float():
            return number(value)
        case datetime() | date():
            return from_python(value)
        case time():
            seconds = value.hour * 3600 + value.minute * 60 + value.second
            return Time(seconds * SECOND + value.microsecond * 1000)
        case list() | tuple():
            return [native(item) for item in value]
        case dict():
            return {str(key): native(item) for key, item in value.items()}
    return value
