"""The shape of a message as its contract declares it: which elements, in which order, required or not.

Read lazily from the schema documents, so recursive types cost nothing. Mappings are resolved against it
(local names to namespaces, contract order), and it tells which required fields no rule fills.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from adapters.contracts.markup import namespace
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable
from adapters.xsd.components import (
    ComplexType,
    Element,
    NotCompiled,
    Particle,
    SimpleType,
    Type,
    Use,
    Wildcard,
)
from adapters.xsd.model import Model


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an element."""

    tag: str
    name: str
    required: bool


class Node:
    """One element of a message. ``required`` and ``repeats`` come from its particle and those around it.

    What may stand for it (its substitution group) and what a wildcard admits are nodes of their own.
    """

    def __init__(self, model: Model, element: Element, *, required: bool = True, repeats: bool = False):
        self._model = model
        self._element = element
        self.required = required
        self.repeats = repeats
        self.name = element.name
        self.tag = element.tag
        self.nillable = element.nillable

    @cached_property
    def _type(self) -> Type:
        try:
            return self._element.type
        except NotCompiled as error:
            raise ContractUnreadable(self._model.schemas.folder.name, str(error)) from error

    @property
    def type_name(self) -> str:
        """Clark name of the declared type, "" for an anonymous one."""
        return self._type.name

    @property
    def text_type(self) -> SimpleType | None:
        """The type of its text, None where it holds elements or anything."""
        return self._type if isinstance(self._type, SimpleType) else self._type.simple

    @property
    def is_list(self) -> bool:
        """True where one text is a list of values (``xs:list``)."""
        return self.text_type is not None and self.text_type.item is not None

    @cached_property
    def children(self) -> list["Node"]:
        """Child elements in contract order; [] for text."""
        if not isinstance(self._type, ComplexType) or self._type.content is None:
            return []
        try:
            return list(self._within(self._type.content, True, False))
        except NotCompiled as error:
            raise ContractUnreadable(self._model.schemas.folder.name, str(error)) from error

    @cached_property
    def attributes(self) -> list[Attribute]:
        """Declared attributes, those of base types and groups included."""
        if not isinstance(self._type, ComplexType):
            return []
        return [Attribute(one.tag, one.name, one.required) for one in self._type.attributes]

    @property
    def is_text(self) -> bool:
        """True where the element holds a value rather than elements."""
        return not self.children

    def child(self, name: str) -> "Node | None":
        """The child element of that local name, also one that a wildcard admits."""
        return next((node for node in self.children if node.name == name), None) or self.foreign(name)

    def foreign(self, name: str) -> "Node | None":
        """An element of that name that the contract declares and a wildcard (``xs:any``) admits here."""
        for wildcard in self._wildcards:
            for tag in self._model.schemas.declared.get("element", {}):
                if tag.rpartition("}")[2] == name and wildcard.allows(namespace(tag)):
                    return Node(self._model, self._model.element(tag), required=False, repeats=True)
        return None

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that local name."""
        return next((found for found in self.attributes if found.name == name), None)

    @cached_property
    def _wildcards(self) -> list[Wildcard]:
        found = self._type.content if isinstance(self._type, ComplexType) else None
        return [] if found is None else list(_wildcards(found))

    def _within(self, particle: Particle, required: bool, repeats: bool) -> Iterator["Node"]:
        if isinstance(particle, Wildcard):
            return
        must = required and particle.minimum > 0
        many = repeats or particle.maximum != 1
        if isinstance(particle, Use):
            members = self._model.substitutes(particle.element)
            for one in members:
                yield Node(self._model, one, required=must and len(members) == 1, repeats=many)
        else:
            for inner in particle.particles:
                yield from self._within(inner, must and particle.kind != "choice", many)


def _wildcards(particle: Particle) -> Iterator[Wildcard]:
    if isinstance(particle, Wildcard):
        yield particle
    elif not isinstance(particle, Use):
        for inner in particle.particles:
            yield from _wildcards(inner)


def root(schemas: SchemaSet, name: str) -> Node | None:
    """The outline of a global element by Clark name."""
    if schemas.find("element", name) is None:
        return None
    return Node(_model(schemas), _model(schemas).element(name))


def _model(schemas: SchemaSet) -> Model:
    """One model for a schema set, made anew where documents were added since."""
    size = sum(len(named) for named in schemas.declared.values())
    kept: tuple[int, Model] | None = schemas.kept.get("outline")
    if kept is None or kept[0] != size:
        kept = schemas.kept["outline"] = (size, Model(schemas))
    return kept[1]


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
