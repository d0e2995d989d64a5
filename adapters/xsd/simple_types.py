"""Simple type definitions read from a schema: restriction, list and union, facets of all steps merged."""

from dataclasses import replace
from typing import Any, Protocol

from adapters.contracts.markup import XSD
from adapters.xsd.builtin import BUILTIN
from adapters.xsd.components import NotCompiled, SimpleType
from adapters.xsd.names import resolved

_WHOLE = {
    "length": "length",
    "minLength": "min_length",
    "maxLength": "max_length",
    "totalDigits": "total_digits",
    "fractionDigits": "fraction_digits",
}
_BOUNDS = {
    "minInclusive": "min_inclusive",
    "maxInclusive": "max_inclusive",
    "minExclusive": "min_exclusive",
    "maxExclusive": "max_exclusive",
}
_OPPOSITE = {
    "min_inclusive": "min_exclusive",
    "min_exclusive": "min_inclusive",
    "max_inclusive": "max_exclusive",
    "max_exclusive": "max_inclusive",
}


class Names(Protocol):
    """How a name in a schema document finds its simple type."""

    def simple(self, name: str, where: Any) -> SimpleType:
        """Return the simple type of a Clark name met at ``where``."""
        ...


def read(names: Names, definition: Any, name: str = "") -> SimpleType:
    """The type of an ``xs:simpleType``; raises NotCompiled."""
    for child in definition:
        if child.tag == f"{XSD}restriction":
            return restricted(_base(names, child), child).named(name)
        if child.tag == f"{XSD}list":
            item = _inline(names, child) or names.simple(resolved(child, child.get("itemType", "")), child)
            return SimpleType(name, "anySimpleType", item=item)
        if child.tag == f"{XSD}union":
            return SimpleType(name, "anySimpleType", "preserve", members=_members(names, child))
    raise NotCompiled(name or "a simple type", "is neither restriction, list nor union")


def _base(names: Names, restriction: Any) -> SimpleType:
    base = restriction.get("base")
    found = (
        _inline(names, restriction) if not base else names.simple(resolved(restriction, base), restriction)
    )
    if found is None:
        raise NotCompiled("a restriction", f"has no base, line {restriction.sourceline}")
    return found


def _inline(names: Names, parent: Any) -> SimpleType | None:
    inner = parent.find(f"{XSD}simpleType")
    return None if inner is None else read(names, inner)


def _members(names: Names, union: Any) -> tuple[SimpleType, ...]:
    listed = [names.simple(resolved(union, one), union) for one in union.get("memberTypes", "").split()]
    return (*listed, *(read(names, one) for one in union.iterchildren(f"{XSD}simpleType")))


def restricted(base: SimpleType, restriction: Any) -> SimpleType:
    """``base`` with the facets of a restriction; an enumeration replaces, patterns add up."""
    changed: dict[str, Any] = {}
    values: list[str] = []
    patterns: list[str] = []
    whitespace = base.whitespace
    for facet in restriction:
        kind, value = str(facet.tag).removeprefix(XSD), facet.get("value", "")
        if kind == "enumeration":
            values.append(_qualified(base, facet, value))
        elif kind == "pattern":
            patterns.append(value)
        elif kind == "whiteSpace":
            whitespace = value
        elif kind in _WHOLE:
            changed[_WHOLE[kind]] = int(value)
        elif kind in _BOUNDS:
            changed[_BOUNDS[kind]] = value.strip()
            changed[_OPPOSITE[_BOUNDS[kind]]] = None
    if values:
        changed["enumeration"] = tuple(values)
    if patterns:
        changed["patterns"] = (*base.facets.patterns, tuple(patterns))
    return replace(base, whitespace=whitespace, facets=replace(base.facets, **changed))


def _qualified(base: SimpleType, facet: Any, value: str) -> str:
    """Names in an enumeration of QNames are known by their namespace, not by the schema's prefix."""
    return resolved(facet, value) if base.builtin in {"QName", "NOTATION"} else value


def builtin(local: str) -> SimpleType | None:
    """A built-in type by local name."""
    return BUILTIN.get(local)
