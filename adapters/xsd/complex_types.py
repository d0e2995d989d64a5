"""Complex type definitions read from a schema, with groups, attribute groups and base types worked in."""

from typing import TYPE_CHECKING, Any

from adapters.contracts.markup import XSD
from adapters.xsd import simple_types
from adapters.xsd.builtin import BUILTIN
from adapters.xsd.components import (
    UNBOUNDED,
    Attribute,
    ComplexType,
    Element,
    Group,
    NotCompiled,
    Particle,
    SimpleType,
    Use,
    Wildcard,
)
from adapters.xsd.names import named, resolved

if TYPE_CHECKING:
    from adapters.xsd.model import Model

_GROUPS = {f"{XSD}{name}": name for name in ("sequence", "choice", "all")}
_CONTENT = (f"{XSD}simpleContent", f"{XSD}complexContent")
_PASSED = {f"{XSD}annotation", f"{XSD}attribute", f"{XSD}attributeGroup", f"{XSD}anyAttribute", *_CONTENT}
_FACETS = {
    *("enumeration", "pattern", "length", "minLength", "maxLength", "totalDigits", "fractionDigits"),
    *("minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "whiteSpace", "simpleType"),
}


def read(model: "Model", definition: Any, name: str) -> ComplexType:
    """The type of an ``xs:complexType``; raises NotCompiled for what XSD 1.0 does not have."""
    mixed = definition.get("mixed") in {"true", "1"}
    for content in definition.iterchildren(*_CONTENT):
        for derivation in content.iterchildren(f"{XSD}extension", f"{XSD}restriction"):
            mixed = content.tag != _CONTENT[0] and (mixed or content.get("mixed") in {"true", "1"})
            return _derived(model, definition, derivation, name, mixed)
    attributes, wildcard = _attributes(model, definition)
    return ComplexType(
        name,
        "",
        definition.get("abstract") in {"true", "1"},
        mixed,
        None,
        _content(model, definition, name),
        tuple(one for one in attributes.values() if one is not None),
        wildcard,
    )


def _derived(model: "Model", definition: Any, derivation: Any, name: str, mixed: bool) -> ComplexType:
    base_name = resolved(derivation, derivation.get("base", ""))
    base = model.type(base_name, derivation)
    extends = derivation.tag == f"{XSD}extension"
    own, wildcard = _attributes(model, derivation)
    simple: SimpleType | None = None
    content: Group | None = None
    inherited: dict[str, Attribute | None] = {}
    if isinstance(base, SimpleType):
        simple = base
    else:
        simple = base.simple
        inherited = {one.tag: one for one in base.attributes}
        wildcard = wildcard or (base.any_attribute if extends else None)
        mixed = mixed or (extends and base.mixed and not base.is_any)
        content = _joined(model, base, derivation, name) if extends else _content(model, derivation, name)
    if not extends and derivation.getparent().tag == _CONTENT[0]:
        simple = _narrowed(model, simple, derivation)
    merged = {tag: one for tag, one in {**inherited, **own}.items() if one is not None}
    abstract = definition.get("abstract") in {"true", "1"}
    return ComplexType(
        name,
        base_name,
        abstract,
        mixed,
        simple,
        None if simple else content,
        tuple(merged.values()),
        wildcard,
    )


def _narrowed(model: "Model", simple: SimpleType | None, derivation: Any) -> SimpleType:
    inner = derivation.find(f"{XSD}simpleType")
    base = simple_types.read(model, inner) if inner is not None else simple
    if base is None:
        raise NotCompiled("simpleContent", f"has no text to restrict, line {derivation.sourceline}")
    return simple_types.restricted(base, derivation)


def _joined(model: "Model", base: ComplexType, derivation: Any, name: str) -> Group | None:
    own = _content(model, derivation, name)
    parts = [one for one in (base.content, own) if one is not None]
    if len(parts) < 2:
        return parts[0] if parts else None
    return Group("sequence", tuple(parts))


def _content(model: "Model", parent: Any, name: str) -> Group | None:
    found: Group | None = None
    for child in parent:
        if child.tag in _GROUPS or child.tag == f"{XSD}group":
            group = _particle(model, child, name)
            found = group if isinstance(group, Group) else None
        elif child.tag not in _PASSED and str(child.tag).removeprefix(XSD) not in _FACETS:
            raise NotCompiled(name or "a type", f"{str(child.tag).removeprefix(XSD)} is not XSD 1.0")
    return found


def _particle(model: "Model", child: Any, name: str, trail: tuple[str, ...] = ()) -> Particle | None:
    low, high = _occurs(child)
    if high == 0:
        return None
    if child.tag == f"{XSD}element":
        return Use(_element(model, child), low, high)
    if child.tag == f"{XSD}any":
        return _wildcard(child, low, high)
    if child.tag == f"{XSD}group":
        return _reference(model, child, low, high, trail)
    if child.tag in _GROUPS:
        return Group(_GROUPS[child.tag], _inside(model, child, name, trail), low, high)
    if child.tag == f"{XSD}annotation":
        return None
    raise NotCompiled(name or "a group", f"{str(child.tag).removeprefix(XSD)} is not XSD 1.0")


def _inside(model: "Model", parent: Any, name: str, trail: tuple[str, ...]) -> tuple[Particle, ...]:
    found = [_particle(model, child, name, trail) for child in parent.iterchildren("{*}*")]
    return tuple(one for one in found if one is not None)


def _reference(model: "Model", child: Any, low: int, high: int, trail: tuple[str, ...]) -> Group | None:
    name = resolved(child, child.get("ref", ""))
    declaration = model.find("group", name, child)
    if declaration is None:
        raise NotCompiled(name, "the contract defines no such group")
    if trail.count(name) > 1:  # once is a redefinition, which may hold its original
        raise NotCompiled(name, "the group holds itself")
    for inner in declaration.iterchildren(*_GROUPS):
        return Group(_GROUPS[inner.tag], _inside(model, inner, name, (*trail, name)), low, high)
    return None


def _occurs(particle: Any) -> tuple[int, int]:
    high = particle.get("maxOccurs", "1")
    return int(particle.get("minOccurs", "1")), UNBOUNDED if high == "unbounded" else int(high)


def _element(model: "Model", child: Any) -> Element:
    if child.get("ref"):
        return model.element(resolved(child, child.get("ref")))
    return model.declared(child, _tag(child, "elementFormDefault"))


def _tag(declaration: Any, default: str) -> str:
    schema = next(declaration.iterancestors(f"{XSD}schema"))
    form = declaration.get("form") or schema.get(default, "unqualified")
    return named(schema.get("targetNamespace", "") if form == "qualified" else "", declaration.get("name"))


def _wildcard(child: Any, low: int = 1, high: int = 1) -> Wildcard:
    schema = next(child.iterancestors(f"{XSD}schema"))
    return Wildcard(
        child.get("namespace", "##any"),
        child.get("processContents", "strict"),
        schema.get("targetNamespace", ""),
        low,
        high,
    )


def _attributes(
    model: "Model", parent: Any, trail: tuple[str, ...] = ()
) -> tuple[dict[str, Attribute | None], Wildcard | None]:
    """Attribute uses by Clark name; None for a prohibited one, which takes an inherited one away."""
    found: dict[str, Attribute | None] = {}
    wildcard: Wildcard | None = None
    for child in parent.iterchildren(f"{XSD}attribute", f"{XSD}attributeGroup", f"{XSD}anyAttribute"):
        if child.tag == f"{XSD}anyAttribute":
            wildcard = _wildcard(child)
        elif child.tag == f"{XSD}attribute":
            use = _use(model, child)
            found[use.tag] = None if child.get("use") == "prohibited" else use
        elif child.get("ref"):
            name = resolved(child, child.get("ref"))
            group = model.find("attributeGroup", name, child)
            if group is None or trail.count(name) > 1:
                raise NotCompiled(name, "the contract defines no such attribute group, or it holds itself")
            inner, below = _attributes(model, group, (*trail, name))
            found.update(inner)
            wildcard = wildcard or below
    return found, wildcard


def _use(model: "Model", child: Any) -> Attribute:
    if not child.get("ref"):
        return attribute(model, child, _tag(child, "attributeFormDefault"))
    base = model.attribute(resolved(child, child.get("ref")))
    return Attribute(
        base.tag,
        base.type,
        child.get("use") == "required",
        child.get("default", base.default),
        child.get("fixed", base.fixed),
    )


def attribute(model: "Model", declaration: Any, tag: str) -> Attribute:
    """The attribute of a declaration."""
    inner = declaration.find(f"{XSD}simpleType")
    if inner is not None:
        type_ = simple_types.read(model, inner)
    elif declaration.get("type"):
        type_ = model.simple(resolved(declaration, declaration.get("type")), declaration)
    else:
        type_ = BUILTIN["anySimpleType"]
    required = declaration.get("use") == "required"
    return Attribute(tag, type_, required, declaration.get("default"), declaration.get("fixed"))
