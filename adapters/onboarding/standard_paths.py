"""The data standard by path: which fields a type has, what they hold, what they mean."""

from difflib import get_close_matches
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import StringConstraints

from adapters.standard import TYPES, Canonical
from adapters.standard.dates import FullDate, PartialDate
from adapters.standard.text import Code

MODELS: dict[str, type[Canonical]] = {model.__name__: model for model in TYPES}
ROOTS = {name[0].lower() + name[1:]: model for name, model in MODELS.items()} | {
    "address": MODELS["Address"],
    "previousAddress": MODELS["Address"],
}
NEAR = 0.8  # how alike two names are, from 0 to 1, of which one is probably the other misspelt
CODED = {"sex", "citizenship", "adminUnitL1", "adminUnitL2", "outcome", "status"}


@cache
def fields(model: type[Canonical]) -> dict[str, tuple[Any, str]]:
    """A type's fields by their names in JSON: annotation and meaning."""
    return {
        field.alias or name: (_annotation(model, name), field.description or "")
        for name, field in model.model_fields.items()
    }


def _annotation(model: type[Canonical], name: str) -> Any:
    return model.__annotations__.get(name, model.model_fields[name].annotation)


def inner(annotation: Any) -> tuple[type[Canonical] | None, bool]:
    """The standard's type an annotation holds, None for a plain value; and whether it is a list of it."""
    if isinstance(annotation, type) and issubclass(annotation, Canonical):
        return annotation, False
    is_list = get_origin(annotation) is list
    for part in get_args(annotation):
        if part is not NoneType and not isinstance(part, str):
            found, deeper = inner(part)
            if found is not None or deeper:
                return found, is_list or deeper
    return None, is_list


def holds(annotation: Any) -> str:
    """What a plain field holds: date, code, int or text."""
    if _mentions(annotation, PartialDate) or _mentions(annotation, FullDate):
        return "date"
    if any(get_origin(part) is Literal for part in (annotation, *get_args(annotation))):
        return "code"
    return "int" if _mentions(annotation, int) else "text"


def _mentions(annotation: Any, wanted: Any) -> bool:
    return annotation == wanted or any(part == wanted for part in get_args(annotation))


def missing(path: str, root: type[Canonical] | None = None) -> str:
    """What is wrong with a canonical path, "" where the standard has it.

    The first name of an operation's value is free unless it is one of the standard's types (``person``,
    ``address`` ...): answers of a case are called as its service calls them. One that nearly is such a type
    is taken for a slip of the pen.
    """
    names = [part.partition("[")[0] for part in path.split(".")]
    if root is None:
        root = ROOTS.get(names[0])
        near = get_close_matches(names[0], ROOTS, 1, NEAR) if root is None else []
        if near:
            return f"{names[0]} is no type of the standard; is {near[0]} meant?"
        names = names[1:]
    for name in names:
        if root is None:
            return ""
        known = fields(root)
        if name not in known:
            near = get_close_matches(name, known, 1, NEAR)
            meant = f"; is {near[0]} meant?" if near else f"; it has {', '.join(known)}"
            return f"{root.__name__} has no {name}{meant}"
        root = inner(known[name][0])[0]
    return ""


def longest(path: str, root: type[Canonical] | None = None) -> int | None:
    """How many characters the standard allows at a path; None for codes and for what it does not limit."""
    parent, _, name = path.rpartition(".")
    model = type_at(parent, root) if parent else root
    if model is None or name not in fields(model):
        return None
    annotation = fields(model)[name][0]
    if _mentions(annotation, Code):
        return None
    parts = (part for one in (annotation, *get_args(annotation)) for part in get_args(one))
    return next((one.max_length for one in parts if isinstance(one, StringConstraints)), None)


def type_at(path: str, root: type[Canonical] | None = None) -> type[Canonical] | None:
    """The standard's type at a path, None for a plain value or a name that is free."""
    names = [part.partition("[")[0] for part in path.split(".")]
    if root is None:
        root, names = ROOTS.get(names[0]), names[1:]
    for name in names:
        if root is None or name not in fields(root):
            return None
        root = inner(fields(root)[name][0])[0]
    return root
