"""OpenAPI 3 documents: operations, and validators of their bodies and parameters, compiled once.

The subset: JSON bodies, path and header parameters, ``$ref`` within the document. Schemas are JSON Schema
2020-12 (OpenAPI 3.1), checked with formats.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from adapters.contracts.json_lines import line_of
from adapters.contracts.violation import ContractUnreadable, Violation

_DOCUMENT = "urn:contract"
_METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one status promises."""

    body: Draft202012Validator | None
    media_type: str
    required_headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RestOperation:
    """One operation of the document."""

    name: str
    method: str
    path: str  # template, RFC 6570 level 1
    parameters: dict[str, Draft202012Validator]  # path parameters
    headers: dict[str, Draft202012Validator]  # header parameters, by name as declared
    body: Draft202012Validator | None
    body_schema: Any
    answers: dict[int, Answer]

    def url(self, values: Mapping[str, str]) -> str:
        """The path with its parameters filled in and escaped; raises Violation naming the parameter."""
        path = self.path
        for name, validator in self.parameters.items():
            value = values.get(name, "")
            _insist(validator, value, name)
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        return path

    def check_request(self, body: Any) -> None:
        """Raise Violation where a body breaks the contract; ``path`` has ``/`` between members."""
        if self.body is not None:
            _insist(self.body, body, "")

    def read(self, status: int, headers: Mapping[str, str], media_type: str, body: bytes) -> Any:
        """The JSON value of an answer; raises Violation, with the line where there is one."""
        answer = self.answers.get(status)
        if answer is None:
            raise Violation(f"the contract knows no answer {status} of {self.name}")
        for name in answer.required_headers:
            if name not in headers:
                raise Violation(f"the answer has no header {name}")
        if answer.body is None:
            return None
        if media_type != answer.media_type:
            raise Violation(f"the answer is {media_type or 'of no type'}, not {answer.media_type}")
        text, value = _parse(body)
        error = best_match(answer.body.iter_errors(value))
        if error is not None:
            place = list(error.absolute_path)
            raise Violation(error.message, path=_joined(place), line=line_of(text, place))
        return value


def read(path: Path) -> dict[str, RestOperation]:
    """The operations of a document by ``operationId``; raises ContractUnreadable."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContractUnreadable(path.name, f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ContractUnreadable(path.name, str(error), line=getattr(error, "lineno", 0)) from error
    if not str(document.get("openapi", "")).startswith("3."):
        raise ContractUnreadable(path.name, "is not an OpenAPI 3 document")
    try:
        return {operation.name: operation for operation in _Reader(document).operations()}
    except (KeyError, SchemaError, Unresolvable) as error:
        raise ContractUnreadable(path.name, f"{type(error).__name__}: {error}") from error


class _Reader:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = DRAFT202012.create_resource(document)
        self.registry: Registry[Any] = Registry().with_resource(_DOCUMENT, resource)

    def operations(self) -> Iterator[RestOperation]:
        for path, item in self.document["paths"].items():
            for method in _METHODS:
                if method in item:
                    yield self._operation(path, method, item, item[method])

    def _operation(self, path: str, method: str, item: Any, declared: Any) -> RestOperation:
        shared, own = item.get("parameters", []), declared.get("parameters", [])
        parameters = [self.resolved(one) for one in [*shared, *own]]
        schema = self._json_schema(self.resolved(declared.get("requestBody", {})).get("content", {}))[1]
        return RestOperation(
            name=declared["operationId"],
            method=method.upper(),
            path=path,
            parameters={one["name"]: self._validator(one["schema"]) for one in _in(parameters, "path")},
            headers={one["name"]: self._validator(one["schema"]) for one in _in(parameters, "header")},
            body=self._validator(schema) if schema is not None else None,
            body_schema=schema,
            answers={
                int(status): self._answer(self.resolved(answer))
                for status, answer in declared["responses"].items()
                if status.isdecimal()
            },
        )

    def _answer(self, declared: Any) -> Answer:
        media_type, schema = self._json_schema(declared.get("content", {}))
        required = [name for name, one in declared.get("headers", {}).items() if one.get("required")]
        validator = self._validator(schema) if schema is not None else None
        return Answer(validator, media_type, tuple(required))

    def _json_schema(self, content: Any) -> tuple[str, Any]:
        for media_type, entry in content.items():
            if media_type == "application/json" or media_type.endswith("+json"):
                return media_type, self.resolved(entry.get("schema", True))
        return "", None

    def _validator(self, schema: Any) -> Draft202012Validator:
        rooted = _rooted(schema)
        Draft202012Validator.check_schema(rooted)
        return Draft202012Validator(
            rooted, registry=self.registry, format_checker=Draft202012Validator.FORMAT_CHECKER
        )

    def resolved(self, node: Any) -> Any:
        """Follow a local ``$ref``."""
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node


def required_paths(schema: Any, document_schema: Any = None, prefix: str = "") -> Iterator[str]:
    """Members a body must have, as mappings write them (``address/city``)."""
    for name in schema.get("required", []) if isinstance(schema, dict) else []:
        member = schema.get("properties", {}).get(name, {})
        nested = list(required_paths(member, document_schema, f"{prefix}{name}/"))
        yield from nested or [f"{prefix}{name}"]


def _rooted(node: Any) -> Any:
    """Make local references absolute, so that a part of the document can be checked by itself."""
    if isinstance(node, list):
        return [_rooted(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"{_DOCUMENT}{value}" if key == "$ref" and str(value).startswith("#") else _rooted(value)
        for key, value in node.items()
    }


def _in(parameters: list[Any], place: str) -> list[Any]:
    return [one for one in parameters if one["in"] == place]


def _insist(validator: Draft202012Validator, value: Any, name: str) -> None:
    error = best_match(validator.iter_errors(value))
    if error is None:
        return
    place = [*([name] if name else []), *error.absolute_path]
    if error.validator == "required" and isinstance(error.instance, dict):
        place += [one for one in error.validator_value if one not in error.instance][:1]
    raise Violation(error.message, path=_joined(place))


def _joined(place: list[str | int]) -> str:
    return "/".join(str(part) for part in place)


def _parse(body: bytes) -> tuple[str, Any]:
    try:
        text = body.decode("utf-8")
        return text, json.loads(text, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Violation(f"not UTF-8 at byte {error.start}", line=line) from error
    except json.JSONDecodeError as error:
        raise Violation(f"not JSON: {error.msg}", line=error.lineno) from error
    except RecursionError as error:
        raise Violation("nested too deep") from error


def _refuse_constant(name: str) -> Any:
    raise Violation(f"{name} is not JSON")
