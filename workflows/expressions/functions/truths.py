"""Functions of truth values: all, any, not (tables 73 and 75), in three-valued logic."""

from typing import Any

from workflows.expressions.functions.registry import builtin


def _every(items: list[Any]) -> bool | None:
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


def _some(items: list[Any]) -> bool | None:
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@builtin("all", "list:list")
def every(items: list[Any]) -> bool | None:
    """False where one is false, true where all are true."""
    return _every(items)


@builtin("any", "list:list")
def some(items: list[Any]) -> bool | None:
    """True where one is true, false where all are false."""
    return _some(items)


@builtin("all", "list...:any")
def every_of(*items: Any) -> bool | None:
    """As ``all(list)``."""
    return _every(list(items))


@builtin("any", "list...:any")
def some_of(*items: Any) -> bool | None:
    """As ``any(list)``."""
    return _some(list(items))


@builtin("not", "negand:any")
def negation(value: Any) -> bool | None:
    """The opposite of true or false; null of anything else."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return (not value) if isinstance(value, bool) else None
