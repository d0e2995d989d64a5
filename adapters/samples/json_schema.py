"""A value for a JSON Schema (2020-12, and words of OpenAPI 3.0), checked by the schema's own validator."""

import random
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from adapters.samples.json_merging import merged
from adapters.samples.json_scalars import number, text
from adapters.samples.text import NoExample

TRIES = 40
DEEPEST = 12


class JsonSampler:
    """Makes one value. ``full`` puts in every optional member, ``seed`` decides among equals.

    Where that is not accepted, as it may be under ``oneOf``, optional members are put in by chance.
    """

    def __init__(self, validator: Draft202012Validator, *, full: bool = False, seed: int = 0) -> None:
        self.validator = validator
        self.full = full
        self.seed = random.Random(seed)  # noqa: S311 - examples, not secrets
        self.by_chance = False

    def value(self) -> Any:
        """A value that the schema accepts; raises NoExample."""
        reason = "nothing fits"
        for turn in range(TRIES):
            self.by_chance = turn >= TRIES // 4
            try:
                found = self._value(self.validator.schema, self.validator, "", 0)
                error = next(self.validator.iter_errors(found), None)
            except RecursionError as fault:
                raise NoExample("the schema", "it refers to itself without end") from fault
            if error is None:
                return found
            reason = f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
        schema = self.validator.schema
        title = schema.get("title") if isinstance(schema, dict) else None
        raise NoExample(str(title or "the schema"), reason)

    def _value(self, schema: Any, validator: Any, name: str, depth: int) -> Any:
        if not isinstance(schema, dict):
            return name or "text"
        if "$ref" in schema:
            resolved = validator._resolver.lookup(schema["$ref"])  # jsonschema has no public way
            inner = validator.evolve(schema=resolved.contents, _resolver=resolved.resolver)
            rest = {key: one for key, one in schema.items() if key != "$ref"}
            whole = merged([resolved.contents, rest]) if rest else resolved.contents
            return self._value(whole, inner, name, depth + 1)
        for word in ("const", "example", "default"):
            if word in schema and validator.evolve(schema={**schema}).is_valid(schema[word]):
                return schema[word]
        for one in schema.get("examples", []) if isinstance(schema.get("examples"), list) else []:
            if validator.evolve(schema=schema).is_valid(one):
                return one
        if "enum" in schema:
            return self.seed.choice([one for one in schema["enum"] if one is not None] or schema["enum"])
        if "allOf" in schema:
            return self._all(schema, validator, name, depth)
        for word in ("oneOf", "anyOf"):
            if schema.get(word):
                return self._one(schema, word, validator, name, depth)
        return self._typed(schema, validator, name, depth)

    def _all(self, schema: Any, validator: Any, name: str, depth: int) -> Any:
        rest = {key: one for key, one in schema.items() if key != "allOf"}
        return self._value(merged([rest, *self._parts(schema, validator)]), validator, name, depth + 1)

    def _parts(self, schema: Any, validator: Any) -> Iterator[Any]:
        """What an allOf asks for. Of a discriminator's rules one, and the value that stands for it."""
        rules = []
        for one in schema["allOf"]:
            if isinstance(one, dict) and "if" in one and "then" in one:
                rules.append(one)
            else:
                yield self._followed(one, validator)
        if rules:
            rule = self.seed.choice(rules)
            yield self._followed(rule["then"], validator)
            yield rule["if"]

    def _followed(self, schema: Any, validator: Any) -> Any:
        """A part of an allOf with its reference, and its own parts, worked in."""
        while isinstance(schema, dict) and "$ref" in schema:
            found = validator._resolver.lookup(schema["$ref"]).contents
            schema = merged([found, {key: one for key, one in schema.items() if key != "$ref"}])
        if isinstance(schema, dict) and "allOf" in schema:
            rest = {key: one for key, one in schema.items() if key != "allOf"}
            return merged([rest, *self._parts(schema, validator)])
        return schema

    def _one(self, schema: Any, word: str, validator: Any, name: str, depth: int) -> Any:
        rest = {key: one for key, one in schema.items() if key not in {"oneOf", "anyOf"}}
        branches = [one for one in schema[word] if one != {"type": "null"}] or schema[word]
        if depth > DEEPEST:
            branches = sorted(branches, key=lambda one: "$ref" in str(one))[:1]
        chosen = self._followed(self.seed.choice(branches), validator)
        return self._value(merged([rest, chosen]), validator, name, depth + 1)

    def _typed(self, schema: Any, validator: Any, name: str, depth: int) -> Any:
        kinds = schema.get("type", _guessed(schema))
        kind = next((one for one in kinds if one != "null"), "null") if isinstance(kinds, list) else kinds
        if kind == "object":
            return self._object(schema, validator, depth)
        if kind == "array":
            return self._array(schema, validator, name, depth)
        if kind in {"integer", "number"}:
            return number(schema, self.seed, whole=kind == "integer")
        if kind == "boolean":
            return self.seed.random() < 0.5
        return None if kind == "null" else text(schema, name, self.seed)

    def _object(self, schema: Any, validator: Any, depth: int) -> dict[str, Any]:
        members, required = schema.get("properties", {}), schema.get("required", [])
        wanted = [*required]
        if depth < DEEPEST and (self.full or self.by_chance):
            optional = [name for name in members if name not in wanted]
            wanted += [name for name in optional if not self.by_chance or self.seed.random() < 0.5]
        found = {
            name: self._value(members.get(name, True), validator, name, depth + 1)
            for name in wanted
            if members.get(name, True) is not False
        }
        extra = schema.get("additionalProperties")
        count = 0
        while len(found) < schema.get("minProperties", 0):
            count += 1
            found[f"member{count}"] = self._value(extra or True, validator, "text", depth + 1)
        return found

    def _array(self, schema: Any, validator: Any, name: str, depth: int) -> list[Any]:
        fixed = [self._value(one, validator, name, depth + 1) for one in schema.get("prefixItems", [])]
        size = max(schema.get("minItems", 0), 1 if self.full and depth < DEEPEST else 0)
        if schema.get("maxItems") is not None:
            size = min(size, schema["maxItems"])
        while len(fixed) < size:
            one = self._value(schema.get("items", True), validator, name, depth + 1)
            if schema.get("uniqueItems") and one in fixed:
                one = f"{one}{len(fixed)}" if isinstance(one, str) else len(fixed)
            fixed.append(one)
        return fixed


def _guessed(schema: Any) -> str:
    if "properties" in schema or "required" in schema or "additionalProperties" in schema:
        return "object"
    return "array" if "items" in schema or "prefixItems" in schema else "string"
