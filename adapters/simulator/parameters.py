"""Parameters as they are received: taken from path, query and headers, and checked by the contract."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.contracts.openapi import RestOperation
from adapters.contracts.parameters import Parameter
from adapters.contracts.violation import Violation
from adapters.simulator.server import Request

_JOINTS = {"spaceDelimited": " ", "pipeDelimited": "|"}


def checked(operation: RestOperation, path: Mapping[str, str], request: Request) -> dict[str, Any]:
    """The single values by name; raises Violation naming the parameter. Cookies are not looked at."""
    known: dict[str, Any] = {name: values[0] for name, values in request.query.items()}
    for one in operation.declared:
        if one.place == "path":
            _check(one, [path[one.name].removeprefix(_PREFIX.get(one.style, ""))])
            known[one.name] = path[one.name]
        elif one.place == "query":
            _query(one, request.query)
        elif one.place == "header":
            text = request.header(one.name)
            if text:
                _check(one, [text])
            elif one.required:
                raise Violation("is required", path=f"header {one.name}")
    return known


_PREFIX = {"label": "."}


def _query(one: Parameter, query: Mapping[str, list[str]]) -> None:
    values = query.get(one.name)
    spread = one.style == "deepObject" or (one.explode and _kind(one) == "object")  # under names of their own
    if values:
        _check(one, values)
    elif one.required and not spread:
        raise Violation("is required", path=one.name)


def _check(one: Parameter, texts: list[str]) -> None:
    """Text stands for what it writes: one of the readings must be right."""
    problem: Violation | None = None
    for value in _readings(one, texts):
        try:
            one.check(value)
            return
        except Violation as error:
            problem = problem or error
    if problem is not None:
        raise problem


def _readings(one: Parameter, texts: list[str]) -> Iterator[Any]:
    if one.is_json:
        try:
            yield json.loads(texts[0])
        except ValueError as error:
            raise Violation(f"not JSON: {error}", path=one.name) from error
    elif _kind(one) == "array":
        parts = texts if len(texts) > 1 else texts[0].split(_JOINTS.get(one.style, ","))
        yield parts
        yield [_plain(part) for part in parts]
    elif _kind(one) != "object":  # an object is spread over the text in ways that are not undone here
        is_plain = _kind(one) in {"integer", "number", "boolean"}
        yield _plain(texts[0]) if is_plain else texts[0]


def _kind(one: Parameter) -> Any:
    schema = one.validator.schema
    return schema.get("type") if isinstance(schema, Mapping) else None


def _plain(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
