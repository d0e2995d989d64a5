"""Schemas of OpenAPI 3.0 and 3.1 as JSON Schema 2020-12, one set for requests and one for answers.

``nullable``, Boolean ``exclusiveMinimum`` and siblings of ``$ref`` are 3.0's own; ``readOnly`` members are
not required in a request nor ``writeOnly`` ones in an answer (OpenAPI 3.0.3, 4.7.24); a discriminator chooses
among its alternatives. Each schema that is referred to is converted once and kept under ``$defs``.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from adapters.contracts.json_documents import Document
from adapters.contracts.metaschema import insist_on_schema

REQUEST, ANSWER = "request", "answer"
_ONE = {
    *("not", "if", "then", "else", "additionalProperties", "items", "contains", "propertyNames"),
    *("unevaluatedItems", "unevaluatedProperties", "additionalItems"),
}
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_DROPPED = {"example", "examples", "externalDocs", "discriminator", "nullable", "$id", "$schema"}
# a reference, the document that it stands in and its path there -> what it leads to, with document and path
Follow = Callable[[str, Document, tuple[str | int, ...]], tuple[Any, Document, tuple[str | int, ...]]]


class SchemaSetOfDirection:
    """The schemas of one direction. Validators are made when all are converted."""

    def __init__(self, direction: str, follow: Follow, *, is_old: bool) -> None:
        self.direction = direction
        self.follow = follow
        self.is_old = is_old  # 3.0
        self.uri = f"urn:contract:{direction}"
        self.defs: dict[str, Any] = {}
        self._names: dict[tuple[str, tuple[str | int, ...]], str] = {}
        self.notes: list[str] = []
        self._checked: set[str] = set()  # schemas by their text: parameters say the same thing everywhere
        self._registry: Registry[Any] | None = None

    def validator(self, schema: Any) -> Draft202012Validator:
        """The validator of a converted schema; raises ``jsonschema.exceptions.SchemaError``."""
        if self._registry is None:
            resource = DRAFT202012.create_resource({"$defs": self.defs})
            self._registry = Registry().with_resource(self.uri, resource)
        return Draft202012Validator(
            schema, registry=self._registry, format_checker=Draft202012Validator.FORMAT_CHECKER
        )

    def convert(self, schema: Any, document: Document, path: tuple[str | int, ...]) -> Any:
        """A schema object as JSON Schema; raises ContractUnreadable."""
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            raise document.unreadable("a schema must be an object", path)
        if "$ref" in schema and (self.is_old or len(schema) == 1):
            return self._reference(schema["$ref"], document, path)
        found = {
            key: self._keyword(key, value, document, path) for key, value in schema.items() if _is_kept(key)
        }
        if "$ref" in schema:
            found["$ref"] = self._reference(schema["$ref"], document, path)["$ref"]
        self._without_other_direction(found, schema, document, path)
        if "discriminator" in schema:
            self._choose(found, schema, document, path)
        self._without_foreign_pattern(found, document, path)
        self._without_lengths_of_octets(found, document, path)
        found = self._bounds(found)  # 3.1 has no Boolean bounds, but there is one thing only they can mean
        return self._nullable(found, schema) if self.is_old else found

    def check(self, schema: Any, document: Document, path: tuple[str | int, ...]) -> None:
        """Raise ContractUnreadable where a converted schema is none."""
        text = json.dumps(schema, sort_keys=True)
        if text in self._checked:
            return
        self._checked.add(text)
        try:
            insist_on_schema(schema)
        except SchemaError as error:
            raise document.unreadable(
                f"is no schema: {error.message}", (*path, *error.absolute_path)
            ) from error

    def _without_foreign_pattern(
        self, found: dict[str, Any], document: Document, path: tuple[str | int, ...]
    ) -> None:
        """Leave out a pattern that is written for another engine (``\\p{L}``), and note it."""
        pattern = found.get("pattern")
        if not isinstance(pattern, str):
            return
        try:
            re.compile(pattern)
        except re.error:
            del found["pattern"]
            place = f"{document.source.name}, line {document.line((*path, 'pattern'))}"
            self.notes.append(f"{place}: the pattern {pattern!r} cannot be compiled and is not checked")

    def _without_lengths_of_octets(
        self, found: dict[str, Any], document: Document, path: tuple[str | int, ...]
    ) -> None:
        """Octets are base64 in a value, so their length is not its length; note it."""
        for word in ("minLength", "maxLength") if found.get("format") == "binary" else ():
            if found.pop(word, None) is not None:
                place = f"{document.source.name}, line {document.line((*path, word))}"
                self.notes.append(f"{place}: {word} of octets is not checked")

    def _keyword(self, key: str, value: Any, document: Document, path: tuple[str | int, ...]) -> Any:
        at = (*path, key)
        if key in _ONE:
            return self.convert(value, document, at)
        if key in _LISTS and isinstance(value, list):
            return [self.convert(one, document, (*at, number)) for number, one in enumerate(value)]
        if key in _MAPS and isinstance(value, dict):
            return {name: self.convert(one, document, (*at, name)) for name, one in value.items()}
        return value

    def _reference(self, reference: Any, document: Document, path: tuple[str | int, ...]) -> dict[str, Any]:
        target, home, place = self.follow(str(reference), document, path)
        key = (home.source.key, place)
        if key not in self._names:
            bare = "".join(one if one.isalnum() else "_" for one in str(place[-1] if place else "schema"))
            name = bare if bare not in self.defs else f"{bare}.{len(self.defs)}"
            self._names[key] = name
            self.defs[name] = True  # its own references find the name
            self.defs[name] = self.convert(target, home, place)
            self.check(self.defs[name], home, place)
        return {"$ref": f"{self.uri}#/$defs/{self._names[key]}"}

    def _without_other_direction(
        self, found: dict[str, Any], schema: dict[str, Any], document: Document, path: tuple[str | int, ...]
    ) -> None:
        word = "readOnly" if self.direction == REQUEST else "writeOnly"
        members = schema.get("properties")
        if not isinstance(found.get("required"), list) or not isinstance(members, dict):
            return
        found["required"] = [
            name
            for name in found["required"]
            if not self._says(members.get(str(name)), word, document, (*path, "properties", str(name)))
        ]

    def _says(self, member: Any, word: str, document: Document, path: tuple[str | int, ...]) -> bool:
        for _ in range(20):
            if not isinstance(member, dict):
                return False
            if member.get(word) is True:
                return True
            if "$ref" not in member:
                return False
            member, document, path = self.follow(str(member["$ref"]), document, path)
        return False

    def _choose(
        self, found: dict[str, Any], schema: dict[str, Any], document: Document, path: tuple[str | int, ...]
    ) -> None:
        """Alternatives by their discriminator: the value decides which one must hold."""
        word = next((one for one in ("oneOf", "anyOf") if isinstance(schema.get(one), list)), None)
        declared = schema["discriminator"]
        if word is None or not isinstance(declared, dict) or not declared.get("propertyName"):
            return
        member = declared["propertyName"]
        by_target = {
            str(value).rpartition("/")[2]: str(key) for key, value in (declared.get("mapping") or {}).items()
        }
        rules, values = [], []
        for raw, one in zip(schema[word], found[word], strict=True):
            target = str(raw.get("$ref", "")).rpartition("/")[2] if isinstance(raw, dict) else ""
            if not target:
                return
            values.append(by_target.get(target, target))
            condition = {"properties": {member: {"const": values[-1]}}, "required": [member]}
            rules.append({"if": condition, "then": one})
        del found[word]
        choice = {"required": [member], "properties": {member: {"enum": values}}}
        found["allOf"] = [*found.get("allOf", []), choice, *rules]

    def _bounds(self, found: dict[str, Any]) -> dict[str, Any]:
        for word, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if isinstance(found.get(word), bool) and found.pop(word) and bound in found:
                found[word] = found.pop(bound)
        return found

    def _nullable(self, found: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        if schema.get("nullable") is not True:
            return found
        if isinstance(found.get("type"), str):
            found["type"] = [found["type"], "null"]
            if isinstance(found.get("enum"), list) and None not in found["enum"]:
                found["enum"] = [*found["enum"], None]
            return found
        return {"anyOf": [found, {"type": "null"}]} if found else found


def _is_kept(key: str) -> bool:
    return (
        key not in _DROPPED and key != "$ref" and not (key.startswith("x-") and not key.startswith("x-enum"))
    )
