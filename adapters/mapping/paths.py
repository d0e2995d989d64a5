"""Paths compiled to functions that get and set: canonical (``person.identifier.notation``) and the agency's.

A step may choose from a list: ``address[0]`` by place, ``address[use = "home"]`` by a member's value. Places
in canonical paths count from 0, in an agency's paths from 1, as the errors about either do. In an agency's
path ``Party[@xsi:type = "Company"]`` takes an element by a type derived from its declared one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters.mapping.unfit import Unfit
from adapters.mapping.wrong import MappingWrong

Getter = Callable[[Any], Any]
Setter = Callable[[dict[str, Any], Any], None]
XSI_TYPE = "@xsi:type"
_STEP = re.compile(r"(?P<name>[^\[\]]+)(?:\[(?P<choice>[^\]]*)\])?\Z")
_CHOICE = re.compile(r"(?P<key>[^\s=\"]+)\s*=\s*(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^\s\"]+))\Z")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path. ``index`` counts from 0; ``key`` and ``word`` choose by a member's value."""

    name: str
    index: int | None = None
    key: str = ""
    word: str = ""

    @property
    def type(self) -> str:
        """Local name of the derived type that the step takes its element by, "" for the declared one."""
        return self.word if self.key == XSI_TYPE else ""

    @property
    def chooses(self) -> bool:
        """True where the step takes one of a list."""
        return self.index is not None or bool(self.key)


def head(path: str, separator: str = "/") -> tuple[str, str]:
    """The first step as text and the rest, "" where it is the last; brackets are left whole."""
    inside = False
    for at, letter in enumerate(path):
        if letter in "[]":
            inside = letter == "["
        elif letter == separator and not inside:
            return path[:at], path[at + 1 :]
    return path, ""


def step(text: str, first: int = 0) -> Step:
    """Parse one step; ``first`` is how its places are counted. Raises MappingWrong."""
    found = _STEP.match(text)
    if found is None:
        raise MappingWrong(f"{text!r} is not a step of a path")
    choice = found["choice"]
    if choice is None:
        return Step(text)
    if choice.strip().isdecimal():
        index = int(choice) - first
        if index < 0:
            raise MappingWrong(f"{text!r}: places count from {first}")
        return Step(found["name"], index)
    by = _CHOICE.match(choice.strip())
    if by is None:
        raise MappingWrong(f'{text!r} chooses neither by place, as [0], nor by a member, as [use = "home"]')
    return Step(found["name"], None, by["key"], by["quoted"] if by["bare"] is None else by["bare"])


def steps(path: str, separator: str = ".", first: int = 0) -> tuple[Step, ...]:
    """Parse a whole path; raises MappingWrong."""
    found = []
    while path:
        text, path = head(path, separator)
        found.append(step(text, first))
    return tuple(found)


def plain(path: str, separator: str = ".") -> str:
    """A path without what its steps choose by."""
    return separator.join(one.name for one in steps(path, separator))


def typed(path: str) -> str:
    """An agency's path without what its steps choose by, but for types."""
    return "/".join(of_type(one.name, one.type) if one.type else one.name for one in agency_steps(path))


def of_type(name: str, type_: str) -> str:
    """A step that takes an element by a derived type."""
    return f'{name}[{XSI_TYPE} = "{type_}"]'


def agency_steps(path: str) -> tuple[Step, ...]:
    """Parse a path of the agency's: ``/`` between, places from 1. Raises MappingWrong."""
    return steps(path, "/", 1)


def getter(path: str) -> Getter:
    """A function that returns the value at ``path``, None where it is absent or empty text."""
    return getter_of(steps(path), path)


def getter_of(wanted: tuple[Step, ...], path: str) -> Getter:
    """The same for a parsed path; ``path`` is what errors name."""
    if any(one.chooses for one in wanted):
        return _choosing(wanted, path)
    names = tuple(one.name for one in wanted)
    if len(names) == 1:
        return _one(names[0])
    if len(names) == 2:
        return _two(names[0], names[1], path)
    return _many(names, path)


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


def _choosing(wanted: tuple[Step, ...], path: str) -> Getter:
    def get(value: Any) -> Any:
        for one in wanted:
            if value is None:
                return None
            if not isinstance(value, dict):
                raise Unfit(path, "is not an object with fields")
            value = value.get(one.name)
            if one.chooses and value is not None:
                value = next(iter(_chosen(value, one, path)), None)
        return None if value == "" else value

    return get


def _chosen(value: Any, one: Step, path: str) -> list[Any]:
    """What a step takes of a list, [] where there is nothing of the kind."""
    if not isinstance(value, list):
        raise Unfit(path, "is not a list")
    if one.index is not None:
        return value[one.index : one.index + 1]
    return [item for item in value if isinstance(item, dict) and as_text(item.get(one.key)) == one.word]


def lister(path: str) -> Getter:
    """A function for a list at ``path``: a last step that chooses by a member takes all that fit."""
    *before, last = steps(path)
    if not last.key:
        return getter(path)
    get = getter_of((*before, Step(last.name)), path)
    return lambda value: None if (found := get(value)) is None else _chosen(found, last, path)


def setter(path: str) -> Setter:
    """A function that puts a value at ``path``, making the objects and lists on the way."""
    return setter_of(steps(path))


def setter_of(wanted: tuple[Step, ...]) -> Setter:
    """The same for a parsed path."""
    *parents, last = wanted
    if last.chooses:
        return _setter_into_list(tuple(parents), last)
    name = last.name
    if not parents:

        def put(out: dict[str, Any], value: Any) -> None:
            out[name] = value

        return put
    if not any(one.chooses for one in parents):
        names = [one.name for one in parents]

        def put_deep(out: dict[str, Any], value: Any) -> None:
            for one in names:
                out = out.setdefault(one, {})
            out[name] = value

        return put_deep

    def put_chosen(out: dict[str, Any], value: Any) -> None:
        for one in parents:
            out = _enter(out, one)
        out[name] = value

    return put_chosen


def _setter_into_list(parents: tuple[Step, ...], last: Step) -> Setter:
    def put(out: dict[str, Any], value: Any) -> None:
        for one in parents:
            out = _enter(out, one)
        if last.index is None:
            _enter(out, last).update(value)
            return
        items = out.setdefault(last.name, [])
        items.extend({} for _ in range(last.index + 1 - len(items)))
        items[last.index] = value

    return put


def _enter(out: dict[str, Any], one: Step) -> dict[str, Any]:
    """The object that a step leads to, made where it is absent."""
    if not one.chooses:
        inner: dict[str, Any] = out.setdefault(one.name, {})
        return inner
    items: list[dict[str, Any]] = out.setdefault(one.name, [])
    if one.index is not None:
        items.extend({} for _ in range(one.index + 1 - len(items)))
        return items[one.index]
    for item in items:
        if as_text(item.get(one.key)) == one.word:
            return item
    items.append({one.key: one.word})
    return items[-1]


def appender(path: str) -> Setter:
    """A function that adds a value to the list at ``path``; a last ``[use = "home"]`` marks what it adds."""
    *parents, last = steps(path)

    def append(out: dict[str, Any], value: Any) -> None:
        for one in parents:
            out = _enter(out, one)
        if last.key and isinstance(value, dict):
            value = {last.key: last.word, **value}
        out.setdefault(last.name, []).append(value)

    return append


def starter(path: str) -> Callable[[dict[str, Any]], None]:
    """A function that makes an empty list at ``path`` where there is none yet."""
    *parents, last = steps(path)

    def start(out: dict[str, Any]) -> None:
        for one in parents:
            out = _enter(out, one)
        out.setdefault(last.name, [])

    return start


def as_text(value: Any) -> str:
    """A JSON scalar as text: true, false, numbers without loss, absent as ""."""
    if value is None:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    return value if isinstance(value, str) else str(value)
