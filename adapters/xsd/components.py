"""The components of a schema (XSD 1.0 part 1, chapter 3) as frozen values; types resolve on demand."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

UNBOUNDED = -1


@dataclass(frozen=True, slots=True)
class Facets:
    """What a simple type restricts (part 2, chapter 4.3). Bounds are lexical; a step's patterns are ORed."""

    enumeration: tuple[str, ...] = ()
    patterns: tuple[tuple[str, ...], ...] = ()
    length: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_inclusive: str | None = None
    max_inclusive: str | None = None
    min_exclusive: str | None = None
    max_exclusive: str | None = None
    total_digits: int | None = None
    fraction_digits: int | None = None


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A simple type. ``builtin`` is the nearest built-in ancestor; lists and unions have parts."""

    name: str
    builtin: str
    whitespace: str = "collapse"
    facets: Facets = Facets()
    item: "SimpleType | None" = None
    members: tuple["SimpleType", ...] = ()

    def named(self, name: str) -> "SimpleType":
        """The same type under another name."""
        return replace(self, name=name)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute use. ``tag`` is in Clark notation."""

    tag: str
    type: SimpleType
    required: bool = False
    default: str | None = None
    fixed: str | None = None

    @property
    def name(self) -> str:
        """The local name."""
        return self.tag.rpartition("}")[2]


@dataclass(frozen=True, slots=True)
class Wildcard:
    """``xs:any`` and ``xs:anyAttribute``: namespaces as written, ``own`` is the schema's namespace."""

    namespaces: str
    process: str
    own: str
    minimum: int = 1
    maximum: int = 1

    def allows(self, uri: str) -> bool:
        """Whether something of that namespace may stand here (part 1, 3.10.4)."""
        if self.namespaces == "##any":
            return True
        if self.namespaces == "##other":
            return uri not in {"", self.own}
        names = {"##targetNamespace": self.own, "##local": ""}
        return uri in {names.get(one, one) for one in self.namespaces.split()}


@dataclass(eq=False)
class Element:
    """An element declaration. ``resolve`` gives its type when it is first asked for."""

    tag: str
    resolve: Callable[[], "Type"] = field(repr=False)
    nillable: bool = False
    abstract: bool = False
    default: str | None = None
    fixed: str | None = None
    is_global: bool = False
    type_name: str = ""  # Clark name of the type that the declaration names

    @property
    def name(self) -> str:
        """The local name."""
        return self.tag.rpartition("}")[2]

    @cached_property
    def type(self) -> "Type":
        """The declared type; raises NotCompiled where it cannot be read."""
        return self.resolve()


@dataclass(frozen=True, slots=True)
class Use:
    """An element as a particle."""

    element: Element
    minimum: int = 1
    maximum: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """A model group as a particle. ``kind`` is sequence, choice or all."""

    kind: str
    particles: tuple["Particle", ...]
    minimum: int = 1
    maximum: int = 1


Particle = Use | Group | Wildcard


@dataclass(eq=False)
class ComplexType:
    """A complex type with its base types worked in. ``simple`` is its text where it has no elements."""

    name: str
    base: str
    abstract: bool
    mixed: bool
    simple: SimpleType | None
    content: Group | None
    attributes: tuple[Attribute, ...]
    any_attribute: Wildcard | None
    is_any: bool = False  # xs:anyType


Type = SimpleType | ComplexType


class NotCompiled(Exception):
    """A construct that this model does not read. ``where`` names the component."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason
