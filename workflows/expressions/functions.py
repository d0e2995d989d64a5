"""The functions an expression may call. Each is total: a wrong argument gives null, as FEEL has it."""

from collections.abc import Callable
from typing import Any


def count(items: Any) -> Any:
    """The number of items of a list."""
    return len(items) if isinstance(items, list) else None


def lower_case(text: Any) -> Any:
    """The text in small letters."""
    return text.lower() if isinstance(text, str) else None


def list_contains(items: Any, item: Any) -> Any:
    """Whether the list has the item."""
    return item in items if isinstance(items, list) else None


def negation(value: Any) -> Any:
    """The opposite of true or false."""
    return (not value) if isinstance(value, bool) else None


FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "count": (1, count),
    "lower case": (1, lower_case),
    "list contains": (2, list_contains),
    "not": (1, negation),
}
