"""The shape of a message as its contract declares it: which elements, in which order, required or not.

Read lazily from the schema documents, so recursive types cost nothing. Mappings are resolved against it
(local names to namespaces, contract order), and it tells which required fields no rule fills.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from adapters.contracts.markup import XSD, clark, local
from adapters.contracts.schemas import SchemaSet

_CONTAINERS = {f"{XSD}{name}" for name in ("sequence", "all", "choice")}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an element."""

    tag: str
    name: str
    required: bool


class Node:
    """One element of a message. ``required`` and ``repeats`` come from its particle and those around it."""

    def __init__(self, schemas: SchemaSet, declaration: Any, *, required: bool = True, repeats: bool = False):
        self._schemas = schemas
        self.required = required
        self.repeats = repeats
        reference = declaration.get("ref")
        if reference:
            found = schemas.find("element", clark(declaration, reference))
            declaration = declaration if found is None else found
        self._declaration = declaration
        self.name = local(declaration.get("name") or reference)
        self.tag = _tag(declaration, self.name)

    @property
    def type_name(self) -> str:
        """Clark name of the declared type, "" for an anonymous one."""
        declared = self._declaration.get("type")
        return clark(self._declaration, declared) if declared else ""

    @cached_property
    def _type(self) -> Any | None:
        if self.type_name:
            return self._schemas.find("complexType", self.type_name)
        return self._declaration.find(f"{XSD}complexType")

    @cached_property
    def children(self) -> list["Node"]:
        """Child elements in contract order; [] for text."""
        return [] if self._type is None else list(self._particles(self._type, True, False))

    @cached_property
    def attributes(self) -> list[Attribute]:
        """Declared attributes, those of base types included."""
        if self._type is None:
            return []
        return [
            Attribute(_tag(found, found.get("name")), found.get("name"), found.get("use") == "required")
            for part in self._parts(self._type)
            for found in part.iterchildren(f"{XSD}attribute")
            if found.get("name")
        ]

    @property
    def is_text(self) -> bool:
        """True where the element holds a value rather than elements."""
        return not self.children

    def child(self, name: str) -> "Node | None":
        """The child element of that local name."""
        return next((node for node in self.children if node.name == name), None)

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that local name."""
        return next((found for found in self.attributes if found.name == name), None)

    def _parts(self, type_: Any) -> Iterator[Any]:
        """The type itself and, where it extends another, first that one's parts."""
        for content in type_.iterchildren(f"{XSD}complexContent", f"{XSD}simpleContent"):
            for derived in content.iterchildren(f"{XSD}extension", f"{XSD}restriction"):
                base = self._schemas.find("complexType", clark(derived, derived.get("base")))
                if base is not None and derived.tag == f"{XSD}extension":
                    yield from self._parts(base)
                yield derived
        yield type_

    def _particles(self, type_: Any, required: bool, repeats: bool) -> Iterator["Node"]:
        for part in self._parts(type_):
            yield from self._within(part, required, repeats)

    def _within(self, parent: Any, required: bool, repeats: bool) -> Iterator["Node"]:
        for child in parent:
            must = required and child.get("minOccurs") != "0"
            many = repeats or child.get("maxOccurs", "1") not in {"0", "1"}
            if child.tag == f"{XSD}element":
                yield Node(self._schemas, child, required=must, repeats=many)
            elif child.tag in _CONTAINERS:
                yield from self._within(child, must and child.tag != f"{XSD}choice", many)
            elif child.tag == f"{XSD}group" and child.get("ref"):
                group = self._schemas.find("group", clark(child, child.get("ref")))
                if group is not None:
                    yield from self._within(group, must, many)


def root(schemas: SchemaSet, name: str) -> Node | None:
    """The outline of a global element by Clark name."""
    declaration = schemas.find("element", name)
    return None if declaration is None else Node(schemas, declaration)


def required_paths(node: Node, prefix: str = "", depth: int = 12) -> Iterator[str]:
    """Paths of the values a message must carry, as mappings write them (``Notifier/Surname``, ``@key``)."""
    for attribute in node.attributes:
        if attribute.required:
            yield f"{prefix}@{attribute.name}"
    for child in node.children:
        if not child.required or depth == 0:
            continue
        if child.is_text and not child.attributes:
            yield f"{prefix}{child.name}"
        else:
            yield from required_paths(child, f"{prefix}{child.name}/", depth - 1)


def _tag(declaration: Any, name: str) -> str:
    """Clark name: global and qualified declarations are in the schema's namespace (XSD 1.0 part 1, 3.3.2)."""
    schema = next(declaration.iterancestors(f"{XSD}schema"))
    uri = schema.get("targetNamespace")
    is_global = declaration.getparent() is schema
    default = "elementFormDefault" if declaration.tag == f"{XSD}element" else "attributeFormDefault"
    form = declaration.get("form") or schema.get(default, "unqualified")
    return f"{{{uri}}}{name}" if uri and (is_global or form == "qualified") else name
