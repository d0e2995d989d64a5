"""Canonical paths (``person.identifier.notation``) compiled to functions that get and set."""

from collections.abc import Callable
from typing import Any

from adapters.mapping.unfit import Unfit

Getter = Callable[[Any], Any]
Setter = Callable[[dict[str, Any], Any], None]
Condition = Callable[[Any], bool]


def getter(path: str) -> Getter:
    """A function that returns the value at ``path``, None where it is absent or empty text."""
    names = path.split(".")
    if len(names) == 1:
        return _one(names[0])
    if len(names) == 2:
        return _two(names[0], names[1], path)
    return _many(tuple(names), path)


def _one(name: str) -> Getter:
    def get(value: Any) -> Any:
        found = value.get(name)
        return None if found == "" else found

    return get


def _two(first: str, second: str, path: str) -> Getter:
    def get(value: Any) -> Any:
        try:
            found = value[first][second]
        except KeyError:
            return None
        except TypeError as error:
            raise Unfit(path, "is not an object with fields") from error
        return None if found == "" else found

    return get


def _many(names: tuple[str, ...], path: str) -> Getter:
    def get(value: Any) -> Any:
        try:
            for name in names:
                value = value[name]
        except KeyError:
            return None
        except TypeError as error:
            raise Unfit(path, "is not an object with fields") from error
        return None if value == "" else value

    return get


def setter(path: str) -> Setter:
    """A function that puts a value at ``path``, making the objects on the way."""
    *parents, last = path.split(".")
    if not parents:

        def put(out: dict[str, Any], value: Any) -> None:
            out[last] = value

        return put

    def put_deep(out: dict[str, Any], value: Any) -> None:
        for name in parents:
            out = out.setdefault(name, {})
        out[last] = value

    return put_deep


def condition(text: str) -> Condition:
    """``path``, ``not path`` or ``path = word`` as a function of a canonical value."""
    path, equals, word = (part.strip() for part in text.partition("="))
    if equals:
        get = getter(path)
        return lambda value: as_text(get(value)) == word
    if path.startswith("not "):
        absent = getter(path[4:].strip())
        return lambda value: not absent(value)
    present = getter(path)
    return lambda value: bool(present(value))


def as_text(value: Any) -> str:
    """A JSON scalar as text: true, false, numbers without loss, absent as ""."""
    if value is None:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    return value if isinstance(value, str) else str(value)
