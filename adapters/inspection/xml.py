"""Fields of an XML message, from the model of its schemas; labels of codes from their annotations."""

from collections.abc import Iterator
from typing import Any

from adapters.contracts.markup import XSD, local
from adapters.inspection.fields import Field, Message
from adapters.xsd.components import (
    UNBOUNDED,
    ComplexType,
    Element,
    Facets,
    Group,
    NotCompiled,
    Particle,
    SimpleType,
    Use,
    Wildcard,
)
from adapters.xsd.model import Model
from adapters.xsd.simple_types import builtin

MAX_FIELDS = 2_000  # of one message
MAX_DEPTH = 30


class XmlFields:
    """Lists messages of one schema set. ``everything`` lists optional fields too."""

    def __init__(self, model: Model, *, everything: bool = False) -> None:
        self.model = model
        self.everything = everything
        self.labels = _labels(model)

    def message(self, title: str, name: str) -> Message:
        """The message whose root is a global element, by Clark name; "" is an empty Body."""
        message = Message(title, name, [])
        if not name:
            return message
        try:
            self._element(message, Use(self.model.element(name)), "", True, ())
        except NotCompiled as error:
            message.fields.append(Field(local(name), "not listed", True, note=str(error)))
        return message

    def _add(self, message: Message, field: Field) -> bool:
        """Keep a field; False where it is left out, and what is below it too."""
        if len(message.fields) >= MAX_FIELDS or not (field.required or self.everything):
            message.left_out += 1
            return False
        message.fields.append(field)
        return True

    def _element(
        self, message: Message, use: Use, prefix: str, required: bool, trail: tuple[Any, ...]
    ) -> None:
        element, type_ = use.element, use.element.type
        is_root = not trail and not prefix
        path = f"{prefix}{element.name}"
        field = Field(path, "", required and use.minimum > 0, use.minimum, _maximum(use.maximum))
        field.nillable, field.note = element.nillable, self._instead(element)
        simple = type_ if isinstance(type_, SimpleType) else type_.simple
        if simple is not None:
            field.type, field.codes = describe(simple), self.codes(simple)
        else:
            field.type = "any content" if isinstance(type_, ComplexType) and type_.is_any else "group"
        is_seen = any(type_ is one for one in trail)
        if is_seen or len(trail) > MAX_DEPTH:
            field.note = "the same again, recursively"
        if (not is_root or field.type != "group") and not self._add(message, field):
            return
        if isinstance(type_, ComplexType) and not field.note.startswith("the same"):
            below = "" if is_root else f"{path}/"
            self._inside(message, type_, below, required and field.required or is_root, (*trail, type_))

    def _inside(self, message: Message, type_: ComplexType, prefix: str, required: bool, trail: Any) -> None:
        for attribute in type_.attributes:
            field = Field(
                f"{prefix}@{attribute.name}", describe(attribute.type), required and attribute.required
            )
            field.minimum, field.codes = int(attribute.required), self.codes(attribute.type)
            field.note = f"always {attribute.fixed!r}" if attribute.fixed is not None else ""
            self._add(message, field)
        if type_.content is not None:
            self._particle(message, type_.content, prefix, required, trail)

    def _particle(self, message: Message, one: Particle, prefix: str, required: bool, trail: Any) -> None:
        if isinstance(one, Use):
            self._element(message, one, prefix, required, trail)
        elif isinstance(one, Wildcard):
            field = Field(f"{prefix}*", "any element", required and one.minimum > 0, one.minimum)
            field.maximum, field.note = _maximum(one.maximum), one.namespaces
            self._add(message, field)
        else:
            self._group(message, one, prefix, required and one.minimum > 0, trail)

    def _group(self, message: Message, group: Group, prefix: str, required: bool, trail: Any) -> None:
        is_choice = group.kind == "choice" and len(group.particles) > 1
        if is_choice and required and not all(_is_optional(one) for one in group.particles):
            names = ", ".join(dict.fromkeys(_first_names(group)))
            field = Field(f"{prefix}(choice)", "choice", True, group.minimum, _maximum(group.maximum))
            field.note = f"one of: {names}"
            self._add(message, field)
        for one in group.particles:
            self._particle(message, one, prefix, required and not is_choice, trail)

    def codes(self, type_: SimpleType) -> list[tuple[str, str]]:
        """Values and labels of an enumeration, [] where it is none."""
        known = self.labels.get(type_.facets.enumeration, {})
        return [(value, known.get(value, "")) for value in type_.facets.enumeration]

    def _instead(self, element: Element) -> str:
        if not element.is_global or not element.abstract:
            return ""
        names = ", ".join(sorted(one.name for one in self.model.substitutes(element)))
        return f"abstract; stands for: {names or 'nothing that is declared'}"


def describe(type_: SimpleType) -> str:
    """A simple type in a few words: ``string, at most 40 characters``."""
    if type_.item is not None:
        return f"list of {describe(type_.item)}"
    if type_.members:
        return " or ".join(dict.fromkeys(describe(one) for one in type_.members))
    words = [local(type_.builtin)]
    if type_.facets.enumeration:
        words.append(f"one of {len(type_.facets.enumeration)} codes")
    given = builtin(local(type_.builtin))
    known = set() if given is None else set(_limits(given.facets))
    return ", ".join([*words, *(one for one in _limits(type_.facets) if one not in known)])


def _limits(facets: Facets) -> Iterator[str]:
    if facets.length is not None:
        yield f"{facets.length} characters"
    elif facets.min_length and facets.max_length is not None:
        yield f"{facets.min_length} to {facets.max_length} characters"
    elif facets.max_length is not None:
        yield f"at most {facets.max_length} characters"
    elif facets.min_length:
        yield f"at least {facets.min_length} characters"
    if facets.total_digits is not None:
        yield f"{facets.total_digits} digits"
    if facets.fraction_digits is not None:
        yield f"{facets.fraction_digits} after the point"
    for sign, bound in (
        (">=", facets.min_inclusive),
        (">", facets.min_exclusive),
        ("<=", facets.max_inclusive),
        ("<", facets.max_exclusive),
    ):
        if bound is not None:
            yield f"{sign} {bound}"
    for patterns in facets.patterns:
        yield f"pattern {'|'.join(patterns)}"


def _maximum(value: int) -> int:
    return -1 if value == UNBOUNDED else value


def _is_optional(one: Particle) -> bool:
    return one.minimum == 0 or (isinstance(one, Group) and all(_is_optional(two) for two in one.particles))


def _first_names(group: Group) -> Iterator[str]:
    for one in group.particles:
        if isinstance(one, Use):
            yield one.element.name
        elif isinstance(one, Group):
            yield from list(_first_names(one))[:1]
        else:
            yield "any element"


def _labels(model: Model) -> dict[tuple[str, ...], dict[str, str]]:
    """Labels of codes by the whole list of values; lists of the same values with other labels have none."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for documents in model.schemas.documents.values():
        for restriction in (one for document in documents for one in document.iter(f"{XSD}restriction")):
            codes = restriction.findall(f"{XSD}enumeration")
            labels = {code.get("value", ""): _words(code) for code in codes}
            if any(labels.values()):
                key = tuple(code.get("value", "") for code in codes)
                found[key] = labels if found.get(key, labels) == labels else {}
    return found


def _words(code: Any) -> str:
    texts = code.iterfind(f"{XSD}annotation/{XSD}documentation")
    return " ".join(" ".join("".join(one.itertext()).split()) for one in texts)
