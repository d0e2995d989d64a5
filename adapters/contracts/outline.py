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

    def __init__(
        self,
        model: Model,
        element: Element,
        *,
        required: bool = True,
        repeats: bool = False,
        narrowed: Type | None = None,
    ):
        self._model = model
        self._element = element
        self._narrowed = narrowed
        self.required = required
        self.repeats = repeats
        self.name = element.name
        self.tag = element.tag
        self.nillable = element.nillable

    @cached_property
    def _type(self) -> Type:
        if self._narrowed is not None:
            return self._narrowed
        try:
            return self._element.type
        except NotCompiled as error:
            raise ContractUnreadable(self._model.schemas.folder.name, str(error)) from error

    @property
    def type_name(self) -> str:
        """Clark name of the type, "" for an anonymous one."""
        return self._type.name

    @property
    def is_narrowed(self) -> bool:
        """True where its type is another than the declared one: a message must say ``xsi:type``."""
        return self._narrowed is not None

    @property
    def is_abstract(self) -> bool:
        """True where a message must say ``xsi:type``, since the declared type is abstract."""
        return isinstance(self._type, ComplexType) and self._type.abstract

    @property
    def derived(self) -> list[str]:
        """Local names of the types that ``xsi:type`` may say in its place."""
        return [name.rpartition("}")[2] for name in self._derived]

    @property
    def _derived(self) -> list[str]:
        if not isinstance(self._type, ComplexType):
            return []
        if self._type.is_any:
            return list(self._model.schemas.declared.get("complexType", {}))
        return self._model.derived(self._type.name) if self._type.name else []

    def as_type(self, local: str) -> "Node | None":
        """The same element by a type derived from its own (XSD part 1, 2.6.1), by that type's local name.

        It is not required: another type may stand there.
        """
        name = next((one for one in self._derived if one.rpartition("}")[2] == local), None)
        if name is None:
            return None
        type_ = self._model.type(name)
        return Node(self._model, self._element, required=False, repeats=self.repeats, narrowed=type_)

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
        return [one for one in self.content if isinstance(one, Node)]

    @cached_property
    def content(self) -> list["Node | Wildcard"]:
        """Child elements and wildcards in contract order; [] for text."""
        if not isinstance(self._type, ComplexType) or self._type.content is None:
            return []
        try:
            return list(self._within(self._type.content, True, False))
        except NotCompiled as error:
            raise ContractUnreadable(self._model.schemas.folder.name, str(error)) from error

    @cached_property
    def choices(self) -> list[tuple[str, ...]]:
        """For each choice of which one must be there, the local names of what it offers."""
        if not isinstance(self._type, ComplexType) or self._type.content is None:
            return []
        return list(self._choices(self._type.content))

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

    @property
    def may_hold_nothing(self) -> bool:
        """True where it must be there, holds elements, and needs none of them: an empty list."""
        return (
            self.required
            and not self.is_abstract
            and not self.is_text
            and isinstance(self._type, ComplexType)
            and not any(one.required for one in self._type.attributes)
            and (self._type.content is None or _may_be_empty(self._type.content))
        )

    def child(self, name: str) -> "Node | None":
        """The child element of that local name, also one that a wildcard admits."""
        return next((node for node in self.children if node.name == name), None) or self.foreign(name)

    def foreign(self, name: str) -> "Node | None":
        """An element of that name that the contract declares and a wildcard (``xs:any``) admits here."""
        found = (self.admitted(one, name) for one in self.content if isinstance(one, Wildcard))
        return next((node for node in found if node is not None), None)

    def admitted(self, wildcard: Wildcard, name: str) -> "Node | None":
        """The element of that local name that one wildcard of this content admits."""
        for tag in self._model.schemas.declared.get("element", {}):
            if tag.rpartition("}")[2] == name and wildcard.allows(namespace(tag)):
                return Node(self._model, self._model.element(tag), required=False, repeats=True)
        return None

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that local name."""
        return next((found for found in self.attributes if found.name == name), None)

    def _within(self, particle: Particle, required: bool, repeats: bool) -> Iterator["Node | Wildcard"]:
        if isinstance(particle, Wildcard):
            yield particle
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

    def _choices(self, particle: Particle) -> Iterator[tuple[str, ...]]:
        """Choices that every message must make; those with an empty alternative leave it open."""
        if isinstance(particle, Wildcard) or _may_be_empty(particle):
            return
        if isinstance(particle, Use):
            members = self._model.substitutes(particle.element)
            if len(members) > 1:
                yield tuple(one.name for one in members)
        elif particle.kind == "choice":
            yield tuple(dict.fromkeys(name for one in particle.particles for name in self._names(one)))
        else:
            for inner in particle.particles:
                yield from self._choices(inner)

    def _names(self, particle: Particle) -> Iterator[str]:
        for one in self._within(particle, False, False):
            if isinstance(one, Node):
                yield one.name


def _may_be_empty(particle: Particle) -> bool:
    """Whether nothing at all satisfies it (XSD part 1, 3.9.6); a wildcard's content is nobody's to check."""
    if particle.minimum == 0 or isinstance(particle, Wildcard):
        return True
    if isinstance(particle, Use):
        return False
    within = [_may_be_empty(one) for one in particle.particles]
    return any(within) if particle.kind == "choice" else all(within)


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
