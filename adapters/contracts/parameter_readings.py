"""Parameters as texts that came over the wire: what they may stand for, in every style of OpenAPI."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.contracts.parameters import Parameter
from adapters.contracts.violation import Violation

_JOINTS = {"spaceDelimited": " ", "pipeDelimited": "|"}
Pairs = list[tuple[str, str]]


def check(one: Parameter, readings: list[Any]) -> None:
    """Text stands for what it writes: one of the readings must be right."""
    if not readings:
        if one.required:
            raise Violation("is required", path=f"header {one.name}" if one.place == "header" else one.name)
        return
    problem: Violation | None = None
    for value in (two for reading in readings for two in typed(one, reading)):
        try:
            one.check(value)
            return
        except Violation as error:
            problem = problem or error
    if problem is not None:
        raise problem


def in_path(one: Parameter, text: str) -> list[Any]:
    """What stands in the place of a template (RFC 6570: 3.2.2, 3.2.5, 3.2.7)."""
    if one.style == "label":
        return [listed(one, text.removeprefix("."), "." if one.explode else ",")]
    if one.style != "matrix":
        return [listed(one, text)]
    pairs = [pair(part) for part in text.split(";") if part]
    if not one.explode:
        return [listed(one, value) for name, value in pairs if name == one.name]
    if one.kind == "object":
        return [dict(pairs)]
    values = [value for name, value in pairs if name == one.name]
    return [values if one.kind == "array" else values[0]] if values else []


def in_pairs(one: Parameter, pairs: Pairs) -> Iterator[Any]:
    """A parameter of the query or of the cookies, under its own name or those of its members."""
    if one.style == "deepObject":
        found = _deep(one.name, pairs)
        yield from [found] if found else []
    elif one.kind == "object" and one.explode and not one.is_json:
        members = one.schema.get("properties", {})
        found = {name: value for name, value in pairs if name in members}
        yield from [found] if found else []
    else:
        values = [value for name, value in pairs if name == one.name]
        if len(values) > 1 or (values and one.kind == "array" and one.explode and not one.is_json):
            yield values
        if len(values) == 1:
            yield listed(one, values[0], _JOINTS.get(one.style, ","))


def _deep(name: str, pairs: Pairs) -> dict[str, Any]:
    """``name[a][b]=c`` as an object; a name that stands there twice is a list."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if not key.startswith(f"{name}[") or not key.endswith("]"):
            continue
        *outer, last = key[len(name) + 1 : -1].split("][")
        here = found
        for step in outer:
            inner = here.setdefault(step, {})
            if not isinstance(inner, dict):
                raise Violation(f"{key} stands for a value and for an object", path=name)
            here = inner
        here[last] = value if last not in here else [*_several(here[last]), value]
    return found


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def listed(one: Parameter, text: str, joint: str = ",") -> Any:
    """One text as the list or object that it stands for; raises Violation where it is JSON and broken."""
    if one.is_json:
        try:
            return json.loads(text)
        except ValueError as error:
            raise Violation(f"not JSON: {error}", path=one.name) from error
    if one.kind == "array":
        return text.split(joint) if text else []
    if one.kind != "object":
        return text
    parts = text.split(joint) if text else []
    if one.explode:
        return dict(pair(part) for part in parts)
    return dict(zip(parts[::2], parts[1::2], strict=False))


def typed(one: Parameter, reading: Any) -> Iterator[Any]:
    """A reading with its texts as they are, and as the numbers and Booleans that they may write."""
    if one.is_json:
        yield reading
        return
    if one.kind not in {"integer", "number", "boolean"}:
        yield reading
    if isinstance(reading, dict):
        members = one.schema.get("properties", {})
        yield {name: _member(value, members.get(name)) for name, value in reading.items()}
    yield _plain(reading)


def _member(value: Any, schema: Any) -> Any:
    is_text = isinstance(schema, Mapping) and schema.get("type") == "string"
    return value if is_text else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def pair(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition("=")
    return name, value
