"""Types of FEEL: how they are written, and whether a value is of one (DMN 1.4, 10.3.2.9)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.expressions.values import Builtin, Function, Range, kind_of

SIMPLE = {
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "dateTime": "date and time",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "list": "list",
    "context": "context",
    "function": "function",
    "range": "range",
    "Any": "Any",
    "Null": "null",
}


@dataclass(frozen=True, slots=True)
class Type:
    """A type: its name, what it is made of, and for named ones of a model the check they stand for."""

    name: str
    parts: "tuple[Type, ...]" = ()
    fields: "tuple[tuple[str, Type], ...]" = ()
    gives: "Type | None" = None
    check: Callable[[Any], bool] | None = None


ANY = Type("Any")
Types = Mapping[str, Type]


def conforms(value: Any, wanted: Type) -> bool:
    """Whether a value may stand where the type is wanted; null may everywhere."""
    return value is None or is_of(value, wanted)


def is_of(value: Any, wanted: Type) -> bool:
    """``value instance of wanted``."""
    if wanted.check is not None:
        return wanted.check(value)
    kind = kind_of(value)
    if wanted.name == "Any":
        return value is not None
    if kind != wanted.name:
        return False
    match kind:
        case "list" if wanted.parts:
            return all(conforms(item, wanted.parts[0]) for item in value)
        case "context" if wanted.fields:
            return all(name in value and conforms(value[name], of) for name, of in wanted.fields)
        case "range" if wanted.parts:
            return _range_of(value, wanted.parts[0])
        case "function" if wanted.gives is not None or wanted.parts:
            return _function_of(value, wanted)
    return True


def _range_of(value: Range, wanted: Type) -> bool:
    return all(end is None or is_of(end, wanted) for end in (value.low, value.high))


def _function_of(value: Function | Builtin, wanted: Type) -> bool:
    if isinstance(value, Builtin):
        return any(_fits_builtin(signature, wanted) for signature in value.signatures)
    if len(value.names) != len(wanted.parts):
        return False
    takes = [declared if isinstance(declared, Type) else ANY for declared in value.types]
    if not all(_narrower(want, have) for want, have in zip(wanted.parts, takes, strict=True)):
        return False
    gives = value.gives if isinstance(value.gives, Type) else None
    return (
        wanted.gives is None or wanted.gives.name == "Any" or gives is None or _narrower(gives, wanted.gives)
    )


def _fits_builtin(signature: Any, wanted: Type) -> bool:
    least, most = signature.takes
    return bool(least <= len(wanted.parts) <= most)


def _narrower(one: Type, other: Type) -> bool:
    """Whether every value of the one is a value of the other."""
    if other.name == "Any" or one == other:
        return True
    if one.name != other.name:
        return one.name == "null"
    if one.name == "context":
        have = dict(one.fields)
        return all(name in have and _narrower(have[name], of) for name, of in other.fields)
    return all(_narrower(a, b) for a, b in zip(one.parts, other.parts, strict=False))
