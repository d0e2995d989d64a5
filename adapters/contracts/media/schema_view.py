"""What a schema says of a value's outside: its types, members, items and ``xml`` hints, references followed.

Alternatives (``oneOf``, ``anyOf``) are taken together: the validator decides which of them holds.
"""

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

MAX_HOPS = 20
_FACTS = ("format", "contentMediaType", "contentEncoding", "description")
_WHOLE = re.compile(r"[+-]?\d+\Z")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}


@dataclass(slots=True)
class View:
    """One schema, seen from outside. Schemas go with the validator in whose scope their references lead."""

    kinds: set[str] = field(default_factory=set)
    members: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    items: tuple[Any, Any] | None = None
    others: tuple[Any, Any] | None = None  # what members that are not declared follow
    xml: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    name: str = ""  # of the component that the schema refers to

    @property
    def is_object(self) -> bool:
        """True where its values are objects."""
        return "object" in self.kinds or bool(self.members or self.others)

    @property
    def is_list(self) -> bool:
        """True where its values are lists."""
        return not self.is_object and ("array" in self.kinds or self.items is not None)

    @property
    def says_nothing(self) -> bool:
        """True of a schema that any value follows."""
        holds = self.members or self.items or self.others
        return not (self.kinds or holds or self.facts.keys() - {"description"})

    @property
    def is_octets(self) -> bool:
        """True of a text that stands for octets that travel as they are."""
        if "contentMediaType" in self.facts and "contentEncoding" not in self.facts:
            return not self.kinds - {"string", "null"}
        return self.facts.get("format") == "binary"


def view(schema: Any, at: Any) -> View:
    """Look at a schema; ``at`` is a validator in whose scope it stands."""
    found = View()
    _gather(found, schema, at, 0)
    found.kinds.discard("null")
    return found


def _gather(found: View, schema: Any, at: Any, depth: int) -> None:
    if not isinstance(schema, dict) or depth > MAX_HOPS:
        return
    if "$ref" in schema:
        resolved = at._resolver.lookup(schema["$ref"])  # jsonschema has no public way
        found.name = found.name or str(schema["$ref"]).rpartition("/")[2].partition(".")[0]
        inner = at.evolve(schema=resolved.contents, _resolver=resolved.resolver)
        _gather(found, resolved.contents, inner, depth + 1)
    for word in ("allOf", "oneOf", "anyOf"):
        for one in schema.get(word, []) if isinstance(schema.get(word), list) else []:
            name = found.name
            _gather(found, one.get("then", one) if isinstance(one, dict) else one, at, depth + 1)
            found.name = name
    kinds = schema.get("type", [])
    found.kinds |= {kinds} if isinstance(kinds, str) else set(kinds)
    if "type" not in schema:
        codes = [*schema.get("enum", []), *([schema["const"]] if "const" in schema else [])]
        found.kinds |= {_TYPES[type(one)] for one in codes if type(one) in _TYPES}
    for name, member in schema.get("properties", {}).items():
        found.members.setdefault(name, (member, at))
    if isinstance(schema.get("items"), dict):
        found.items = (schema["items"], at)
    if isinstance(schema.get("additionalProperties"), dict):
        found.others = (schema["additionalProperties"], at)
    if isinstance(schema.get("xml"), dict):
        found.xml |= schema["xml"]
    found.facts |= {name: schema[name] for name in _FACTS if name in schema}


def typed(text: str, kinds: set[str]) -> Any:
    """The value that a text writes in a schema of these types; the text itself where it writes none."""
    if not kinds or "string" in kinds:
        return text
    plain = text.strip()
    if kinds & {"integer", "number"} and _WHOLE.match(plain):
        return int(plain)
    if kinds & {"integer", "number"} and _NUMBER.match(plain):
        number = float(plain)
        if not math.isfinite(number):
            return text
        return int(number) if "number" not in kinds and number.is_integer() else number
    if "boolean" in kinds and plain in {"true", "false", "1", "0"}:
        return plain in {"true", "1"}
    return text


def texted(value: Any) -> str:
    """A single value as text; JSON for what is several."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
