"""Parameters of a REST operation: checked, and written in the styles of OpenAPI (3.1.1, 4.8.12; RFC 6570)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from adapters.contracts.violation import Violation

STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
MAX_HOPS = 20
_JOINTS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. ``is_json`` is declared by ``content`` and written as JSON."""

    name: str
    place: str  # path, query, header or cookie
    required: bool
    style: str
    explode: bool
    validator: Draft202012Validator
    is_json: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """Its schema, references followed; {} where that says nothing."""
        found: Any = self.validator.schema
        inner: Any = self.validator
        for _ in range(MAX_HOPS):
            if not isinstance(found, dict) or "$ref" not in found:
                break
            resolved = inner._resolver.lookup(found["$ref"])  # jsonschema has no public way
            inner = inner.evolve(schema=resolved.contents, _resolver=resolved.resolver)
            found = inner.schema
        return found if isinstance(found, dict) else {}

    @property
    def kind(self) -> str:
        """The JSON type of its values: array, object, string …; "" where any is taken."""
        kinds = self.schema.get("type", "object" if "properties" in self.schema else "")
        return next((one for one in kinds if one != "null"), "") if isinstance(kinds, list) else str(kinds)

    def check(self, value: Any) -> None:
        """Raise Violation where a value breaks the contract; text stands for numbers and Booleans too."""
        error = best_match(self.validator.iter_errors(value))
        if error is not None and isinstance(value, str) and self.validator.is_valid(_plain(value)):
            return
        if error is not None:
            raise Violation(error.message, path="/".join([self.name, *map(str, error.absolute_path)]))

    def in_path(self, value: Any) -> str:
        """What stands in the place of ``{name}``."""
        if self.is_json:
            return quote(json.dumps(value), safe="")
        prefix, joint = {"label": (".", "."), "matrix": (f";{self.name}=", ",")}.get(self.style, ("", ","))
        if self.style == "label" and not self.explode:
            joint = ","
        if self.style == "matrix" and self.explode and isinstance(value, list):
            return "".join(f";{self.name}={_quoted(one)}" for one in value)
        if self.style == "matrix" and self.explode and isinstance(value, Mapping):
            return "".join(f";{name}={_quoted(one)}" for name, one in value.items())
        return prefix + joint.join(self._items(value))

    def in_query(self, value: Any) -> list[str]:
        """``name=value`` pairs, escaped."""
        name = quote(self.name, safe="")
        if self.is_json:
            return [f"{name}={quote(json.dumps(value), safe='')}"]
        if self.style == "deepObject" and isinstance(value, Mapping):
            return list(_deep(name, value))
        if self.explode and isinstance(value, list):
            return [f"{name}={_quoted(one)}" for one in value]
        if self.explode and isinstance(value, Mapping):
            return [f"{quote(str(key), safe='')}={_quoted(one)}" for key, one in value.items()]
        return [f"{name}={_JOINTS.get(self.style, ',').join(self._items(value))}"]

    def in_header(self, value: Any) -> str:
        """The value of the header; raises Violation for what no header can carry."""
        text = json.dumps(value) if self.is_json else ",".join(map(unquote, self._items(value)))
        if not text.isascii() or not text.isprintable():
            raise Violation("has a character that no header can carry", path=self.name)
        return text

    def in_cookie(self, value: Any) -> str:
        """Its part of the Cookie header: ``name=value``, several with semicolons between them."""
        return "; ".join(self.in_query(value))

    def _items(self, value: Any) -> list[str]:
        if isinstance(value, list):
            return [_quoted(one) for one in value]
        if isinstance(value, Mapping):
            pairs = [(quote(str(name), safe=""), _quoted(one)) for name, one in value.items()]
            return (
                [f"{name}={one}" for name, one in pairs]
                if self.explode
                else [one for two in pairs for one in two]
            )
        return [_quoted(value)]


def _deep(name: str, value: Any) -> Iterator[str]:
    """An object as ``name[member]=value``; what is deeper, as most servers have it."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _deep(f"{name}[{quote(str(key), safe='')}]", one)
    elif isinstance(value, list):
        for one in value:
            yield from _deep(name, one)
    else:
        yield f"{name}={_quoted(value)}"


def _plain(text: str) -> Any:
    """The JSON number, Boolean or null that a text writes; the text itself otherwise."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(found, (dict, list)) else found


def _quoted(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | Mapping):  # a member of a member: no style has a form for it
        return quote(json.dumps(value), safe="")
    return quote("" if value is None else str(value), safe="")
