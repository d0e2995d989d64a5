"""Fields of a REST operation, from the JSON Schemas of its parameters and bodies."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from adapters.contracts.media.content import Content
from adapters.contracts.openapi import Answer, RestOperation
from adapters.inspection.fields import UNBOUNDED, Field, Message, Operation

MAX_FIELDS = 2_000
MAX_DEPTH = 20
_LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "pattern {}",
    "minimum": ">= {}",
    "exclusiveMinimum": "> {}",
    "maximum": "<= {}",
    "exclusiveMaximum": "< {}",
}


def rest_operation(one: RestOperation, *, everything: bool = False) -> Operation:
    """An operation with its parameters, its body and its answers by status."""
    facts = {"method": one.method, "path": one.path}
    parameters = Message("parameters", "", [])
    for parameter in one.declared:
        if not (parameter.required or everything):
            parameters.left_out += 1
            continue
        field = JsonFields(parameter.validator, everything).described(parameter.name, parameter.required)
        field.note = f"in {parameter.place}, {parameter.style}{', exploded' if parameter.explode else ''}"
        parameters.fields.append(field)
    messages = [parameters] if parameters.fields or parameters.left_out else []
    for number, content in enumerate(one.contents):
        messages.append(_body("request" if not number else "request, or", content, everything))
    answers = [(str(status), answer) for status, answer in one.answers.items()]
    answers += [(f"{status}XX", answer) for status, answer in one.ranges.items()]
    answers += [("of any other status", one.default)] if one.default is not None else []
    for status, answer in answers:
        messages += _answer(status, answer, everything)
    return Operation(one.name, facts, messages)


def _answer(status: str, answer: Answer, everything: bool) -> Iterator[Message]:
    """The headers and the bodies of an answer."""
    headers = Message(f"answer {status} header", "", [])
    for one in answer.headers:
        if one.required or everything:
            field = JsonFields(one.validator, everything).described(one.name, one.required)
            field.note = "" if one.required else "not checked"
            headers.fields.append(field)
        else:
            headers.left_out += 1
    yield from [headers] if headers.fields or headers.left_out else []
    for number, content in enumerate(answer.contents):
        yield _body(f"answer {status}{', or' if number else ''}", content, everything)
    if not answer.contents:
        yield Message(f"answer {status}", "", [])


def _body(title: str, content: Content, everything: bool) -> Message:
    said = f" ({content.remark})" if content.remark else ""
    return JsonFields(content.validator, everything).message(title, f"{content.media_type}{said}")


class JsonFields:
    """Lists the members of one schema."""

    def __init__(self, validator: Draft202012Validator, everything: bool) -> None:
        self.validator = validator
        self.everything = everything

    def message(self, title: str, name: str) -> Message:
        """All members that are listed."""
        message = Message(title, name, [])
        schema, at = self._resolved(self.validator.schema, self.validator)
        if "properties" not in _merged(schema):
            message.fields.append(self.described("(body)", True))
        self._members(message, schema, at, "", True, ())
        return message

    def described(self, path: str, required: bool) -> Field:
        """The schema itself as one field."""
        schema, _ = self._resolved(self.validator.schema, self.validator)
        return _field(path, schema, required)

    def _members(
        self, message: Message, schema: Any, at: Any, prefix: str, required: bool, trail: tuple[int, ...]
    ) -> None:
        listed: set[str] = set()
        parts = self._parts(schema, at, 0)
        wanted = {name for part, _ in parts for name in part.get("required", [])}
        for part, inner in parts:
            for name, declared in part.get("properties", {}).items():
                if f"{prefix}{name}" in listed:
                    continue
                listed.add(f"{prefix}{name}")
                member, below = self._resolved(declared, inner)
                field = _field(f"{prefix}{name}", member, required and name in wanted)
                if not (field.required or self.everything) or len(message.fields) >= MAX_FIELDS:
                    message.left_out += 1
                    continue
                message.fields.append(field)
                if id(member) in trail or len(trail) > MAX_DEPTH:
                    field.note = "the same again, recursively"
                    continue
                self._members(
                    message, member, below, f"{prefix}{name}/", field.required, (*trail, id(member))
                )
            choices = part.get("oneOf") or part.get("anyOf")
            if choices and required:
                names = [self._name(one) for one in choices]
                message.fields.append(
                    Field(f"{prefix}(choice)", "choice", True, note=f"one of: {', '.join(names)}")
                )
        items = schema.get("items") if isinstance(schema, dict) else None
        if isinstance(items, dict) and len(trail) <= MAX_DEPTH:
            member, below = self._resolved(items, at)
            if id(member) not in trail:
                self._members(message, member, below, prefix, required, (*trail, id(member)))

    def _parts(self, schema: Any, at: Any, depth: int) -> list[tuple[dict[str, Any], Any]]:
        """The schema itself and those of its ``allOf``."""
        if not isinstance(schema, dict):
            return []
        found = [(schema, at)]
        for one in schema.get("allOf", []) if depth < MAX_DEPTH else []:
            found += self._parts(*self._resolved(one, at), depth + 1)
        return found

    def _resolved(self, schema: Any, at: Any) -> tuple[Any, Any]:
        for _ in range(MAX_DEPTH):
            if not isinstance(schema, dict) or "$ref" not in schema:
                break
            found = at._resolver.lookup(schema["$ref"])  # jsonschema has no public way
            schema, at = found.contents, at.evolve(schema=found.contents, _resolver=found.resolver)
        return (schema if isinstance(schema, dict) else {}), at

    def _name(self, schema: Any) -> str:
        if not isinstance(schema, dict):
            return "anything"
        return str(schema.get("title") or str(schema.get("$ref", "")).rpartition("/")[2] or _type(schema))


def _merged(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        key: one
        for part in [*schema.get("allOf", []), schema]
        if isinstance(part, dict)
        for key, one in part.items()
    }


def _field(path: str, schema: dict[str, Any], required: bool) -> Field:
    field = Field(path, _type(schema), required, int(required))
    if "items" in schema or schema.get("type") == "array":
        field.minimum, field.maximum = schema.get("minItems", 0), schema.get("maxItems", UNBOUNDED)
    codes = schema.get("enum") or (
        schema["items"].get("enum") if isinstance(schema.get("items"), dict) else None
    )
    labels = schema.get("x-enum-varnames") or schema.get("x-enumNames") or []
    names = dict(zip(map(str, codes or []), map(str, labels), strict=False))
    field.codes = [(str(one), names.get(str(one), "")) for one in codes or []]
    if "const" in schema:
        field.note = f"always {schema['const']!r}"
    return field


def _type(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    words = [
        " or ".join(one for one in kinds if one) or ("object" if "properties" in schema else "any value")
    ]
    if schema.get("format"):
        words[0] = f"{words[0]} ({schema['format']})"
    if isinstance(schema.get("items"), dict):
        words[0] += f" of {_type(schema['items'])}"
    if schema.get("enum"):
        words.append(f"one of {len(schema['enum'])} codes")
    words += [text.format(schema[key]) for key, text in _LIMITS.items() if key in schema]
    return ", ".join(words)
