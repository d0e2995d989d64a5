"""The places of a message, whatever its contract is written in: path, type, limits, codes and meaning."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from adapters.contracts.layout_fields import Record, form_of
from adapters.contracts.markup import XSD
from adapters.contracts.outline import Node
from adapters.contracts.schemas import SchemaSet
from adapters.mapping.paths import of_type

MAX_DEPTH = 14
MAX_DERIVED = 12
MAX_PLACES = 4000  # a message of more is cut there: nobody maps it by hand
_TYPES = {
    **dict.fromkeys(("date", "gYear", "gYearMonth"), "date"),
    **dict.fromkeys(("dateTime", "dateTimeStamp"), "moment"),
    **dict.fromkeys(("decimal", "float", "double"), "number"),
    **dict.fromkeys(("base64Binary", "hexBinary"), "binary"),
    "time": "time",
    "boolean": "bool",
}
_WHOLE = ("integer", "int", "long", "short", "byte", "Integer", "Int", "Long", "Short", "Byte")


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a message. ``within`` is the nearest optional part that holds it, "" where there is none.

    ``needed`` says that it must be there whenever ``within`` is; ``required``, in every message. ``lists``
    are the paths of the repeating parts around it, itself included.
    """

    path: str
    type: str = "text"
    needed: bool = False
    within: str = ""
    lists: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    max_length: int | None = None
    pattern: str = ""
    title: str = ""
    form: str = ""  # how dates are written, where the contract says so

    @property
    def required(self) -> bool:
        """True where no message is complete without it."""
        return self.needed and not self.within

    @property
    def name(self) -> str:
        """The last part of the path, bare of ``@`` and type; "text" where the message is all value."""
        if self.path == ".":
            return "text"
        return self.path.rpartition("/")[2].lstrip("@").partition("[")[0]


def of_message(schemas: SchemaSet, root: Node) -> list[Place]:
    """The places of a Body; of one that is a single value, that value (``.``)."""
    if root.is_text and root.text_type is not None:
        return [_typed(schemas, root, Place(".", needed=True)), *of_element(schemas, root)]
    return of_element(schemas, root)


def of_element(schemas: SchemaSet, root: Node) -> list[Place]:
    """The places of an XML message, in contract order."""
    found: list[Place] = []
    for place in _within(schemas, root, Place(""), frozenset(), 0):
        found.append(place)
        if len(found) >= MAX_PLACES:
            break
    return found


def _within(
    schemas: SchemaSet, node: Node, here: Place, above: frozenset[Any], depth: int
) -> Iterator[Place]:
    prefix = f"{here.path}/" if here.path else ""
    for attribute in node.attributes:
        yield replace(here, path=f"{prefix}@{attribute.name}", needed=attribute.required)
    declared = (node.tag, node.type_name)
    if depth >= MAX_DEPTH or declared in above:
        return
    for child, step in _by_types(node):
        path = f"{prefix}{step}"
        lists = (*here.lists, path) if child.repeats else here.lists
        inner = Place(path, needed=child.required, within=here.within, lists=lists)
        if child.is_text:
            yield _typed(schemas, child, inner)
            yield from _text_attributes(child, inner)
        else:
            opened = inner if child.required else replace(inner, within=path)
            yield from _within(schemas, child, opened, above | {declared}, depth + 1)


def _by_types(node: Node) -> Iterator[tuple[Node, str]]:
    """The children with their steps; one of an abstract type once for each type that may be said."""
    for child in node.children:
        if not child.is_abstract:
            yield child, child.name
            continue
        for name in child.derived[:MAX_DERIVED]:
            found = child.as_type(name)
            if found is not None and not found.is_abstract:
                yield found, of_type(child.name, name)


def _text_attributes(node: Node, here: Place) -> Iterator[Place]:
    within = here.within if here.needed else here.path
    for attribute in node.attributes:
        path = f"{here.path}/@{attribute.name}"
        yield Place(path, needed=attribute.required, within=within, lists=here.lists)


def _typed(schemas: SchemaSet, node: Node, place: Place) -> Place:
    """The place with what its simple type says (XSD 1.0 part 2, 4.3)."""
    held = node.text_type
    if held is None:
        return place
    facets = held.facets
    first = held.members[0] if held.members else held  # of a union the first member speaks for all
    patterns = facets.patterns[-1] if facets.patterns else ()
    limits = (facets.max_length, facets.length, facets.total_digits)
    return replace(
        place,
        type=_kind(first.builtin),
        codes=facets.enumeration,
        max_length=next((one for one in limits if one is not None), None),
        pattern=patterns[0] if patterns else "",
        title=_documentation(schemas, node),
    )


def _documentation(schemas: SchemaSet, node: Node) -> str:
    """What the contract says of a place: at its declaration where that is global, else at its type's."""
    for kind, name in (("element", node.tag), ("simpleType", node.type_name)):
        declared = schemas.find(kind, name) if name else None
        text = "" if declared is None else declared.findtext(f"{XSD}annotation/{XSD}documentation") or ""
        if text:
            return " ".join(text.split())[:200]
    return ""


def _kind(builtin: str) -> str:
    return "int" if builtin.endswith(_WHOLE) else _TYPES.get(builtin, "text")


def of_body(schema: Any, resolve: Any) -> Iterator[Place]:
    """The places of a body; of one that is a list or a single value, that (``.``)."""
    seen = resolve(schema)
    kinds = seen.get("type") if isinstance(seen, dict) else None
    kinds = set(kinds) - {"null"} if isinstance(kinds, list) else {kinds}
    is_object = kinds & {None, "object"} or (isinstance(seen, dict) and "properties" in seen)
    return of_schema(schema, resolve, Place("") if is_object else Place(".", needed=True))


def of_schema(
    schema: Any, resolve: Any, here: Place = Place(""), trail: tuple[int, ...] = ()
) -> Iterator[Place]:
    """The places of a JSON value by its schema; ``resolve`` follows a ``$ref``.

    A schema within itself (``trail`` are those around it) is not unfolded a second time.
    """
    schema = resolve(schema)
    if not isinstance(schema, dict) or len(trail) > MAX_DEPTH or id(schema) in trail:
        return
    inside = (*trail, id(schema))
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    variants = [one for word in ("oneOf", "anyOf") for one in map(resolve, schema.get(word, []))]
    has_members = any(isinstance(one, dict) and "properties" in one for one in variants)
    if has_members or "object" in kinds or schema.keys() & {"properties", "allOf"}:
        yield from _members(schema, resolve, here, inside)
    elif "array" in kinds:
        lists = (*here.lists, here.path)
        yield from of_schema(schema.get("items", {}), resolve, replace(here, lists=lists), inside)
    elif here.path:
        yield _scalar(schema, kinds, here)


def _members(schema: dict[str, Any], resolve: Any, here: Place, trail: tuple[int, ...]) -> Iterator[Place]:
    parts = list(_parts(schema, resolve))
    listed: set[str] = set()
    needed = {name for part in parts for name in part.get("required", [])}
    variants = [one for word in ("oneOf", "anyOf") for one in map(resolve, schema.get(word, []))]
    for part in (*parts, *(one for one in variants if isinstance(one, dict))):
        inside = (*trail, id(part))
        for name, member in part.get("properties", {}).items():
            if name in listed and part in parts:
                continue
            listed.add(name)
            path = f"{here.path}/{name}" if here.path else name
            inner = resolve(member)
            deep = isinstance(inner, dict) and ("properties" in inner or _holds(inner.get("type")))
            within = path if deep and name not in needed else here.within
            place = Place(path, needed=name in needed, within=within, lists=here.lists)
            yield from of_schema(inner, resolve, place, inside)


def _holds(kind: Any) -> bool:
    """True where a type, or one of several, holds other values."""
    return not {"object", "array"}.isdisjoint(kind if isinstance(kind, list) else [kind])


def _parts(schema: dict[str, Any], resolve: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The schema and those of its ``allOf``, references followed."""
    yield schema
    for one in map(resolve, schema.get("allOf", []) if depth < MAX_DEPTH else []):
        if isinstance(one, dict):
            yield from _parts(one, resolve, depth + 1)


def _scalar(schema: dict[str, Any], kinds: list[Any], here: Place) -> Place:
    form = schema.get("format", "")
    by_kind = {"integer": "int", "number": "number", "boolean": "bool"}
    kind = next((by_kind[one] for one in kinds if one in by_kind), "text")
    by_format = {"date": "date", "date-time": "moment", "time": "time", "byte": "binary", "binary": "binary"}
    codes = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    return replace(
        here,
        type=by_format.get(form, kind),
        codes=tuple(str(code) for code in codes if code is not None),
        max_length=schema.get("maxLength"),
        pattern=schema.get("pattern", ""),
        title=" ".join(str(schema.get("description") or schema.get("title") or "").split())[:200],
    )


def of_record(record: Record) -> list[Place]:
    """The places of a record; what the batch itself fills is left out."""
    by_type = {"number": "int", "packed": "number", "binary": "number", "date": "date", "time": "time"}
    return [
        Place(
            field.name,
            type=by_type.get(field.type, "text"),
            needed=field.required,
            codes=tuple(sorted(field.codes)),
            max_length=field.width or None,
            pattern=field.pattern.pattern if field.pattern else "",
            title=field.title,
            form=form_of(field.form) if field.type == "date" else "",
        )
        for field in record.fields
        if field.type not in {"const", "blank"} and not field.total and field.name != "recordNo"
    ]
