"""An element that follows its declaration: the least that is valid, or with everything optional in it."""

import random
from typing import Any

from lxml import etree

from adapters.contracts.markup import XSI, namespace
from adapters.samples.text import NoExample, text
from adapters.xsd.builtin import QNAMES
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
from adapters.xsd.model import Model

DEEPEST = 40
MOST_ELEMENTS = 3_000  # a full sample leaves optional parts out from here on
FOREIGN = "urn:example:extension"


class Endless(Exception):
    """A required part that holds itself without end; another branch is tried."""


class XmlSampler:
    """Makes one message. ``full`` puts in everything optional, ``seed`` decides among equals."""

    def __init__(self, model: Model, *, full: bool = False, seed: int = 0) -> None:
        self.model = model
        self.full = full
        self.seed = random.Random(seed)  # noqa: S311 - examples, not secrets
        self.count = 0
        self.ids = 0

    def element(self, name: str) -> Any:
        """A global element by Clark name; raises NotCompiled, or NoExample where nothing valid was found."""
        try:
            return self._global(self.model.element(name))
        except Endless as error:
            reason = (
                "something that it must have holds itself, or is declared nowhere, as under a strict xs:any"
            )
            raise NoExample(name, reason) from error

    def _global(self, element: Element) -> Any:
        holder = etree.Element("holder", nsmap={"xsi": XSI[1:-1]})
        self._put(holder, element, ())
        made = holder[0]
        holder.remove(made)
        return made

    def _put(self, parent: Any, element: Element, trail: tuple[str, ...]) -> None:
        choices = self.model.substitutes(element)
        for one in choices:
            mark = len(parent)
            try:
                self._one(parent, one, trail)
                return
            except (Endless, NoExample):
                del parent[mark:]
                if one is choices[-1]:
                    raise
        raise Endless(element.tag)

    def _one(self, parent: Any, element: Element, trail: tuple[str, ...]) -> None:
        if len(trail) > DEEPEST or trail.count(element.tag) > 1:
            raise Endless(element.tag)
        self.count += 1
        made = etree.SubElement(parent, element.tag)
        type_ = element.type
        if isinstance(type_, ComplexType) and type_.abstract:
            self._derived(made, element, type_, (*trail, element.tag))
        elif isinstance(type_, SimpleType) and type_.builtin in QNAMES and type_.facets.enumeration:
            self._name(parent, made, type_)
        elif isinstance(type_, SimpleType):
            try:
                made.text = self._text(type_, element.name, element.fixed)
            except NoExample:
                if not element.nillable:
                    raise
                made.set(f"{XSI}nil", "true")  # some official types have no value at all
        else:
            self._fill(made, type_, element, (*trail, element.tag))

    def _name(self, parent: Any, made: Any, type_: SimpleType) -> None:
        """One of the names of an enumeration, its prefix bound on the element."""
        uri, _, bare = self.seed.choice(type_.facets.enumeration)[1:].rpartition("}")
        parent.remove(made)
        known = next((one for one, bound in parent.nsmap.items() if bound == uri and one), "q")
        etree.SubElement(parent, made.tag, nsmap={known: uri}).text = f"{known}:{bare}"

    def _derived(self, made: Any, element: Element, base: ComplexType, trail: tuple[str, ...]) -> None:
        for name in self.model.derived(base.name):
            type_ = self.model.type(name)
            if isinstance(type_, ComplexType) and not type_.abstract:
                for child in list(made):
                    made.remove(child)
                try:
                    self._fill(made, type_, element, trail)
                except (Endless, NoExample):
                    continue
                made.set(f"{XSI}type", _prefixed(made, name))
                return
        raise Endless(element.tag)

    def _fill(self, made: Any, type_: ComplexType, element: Element, trail: tuple[str, ...]) -> None:
        for attribute in type_.attributes:
            if attribute.required or self._wants_more():
                self._attribute(made, attribute)
        if type_.simple is not None:
            made.text = self._text(type_.simple, element.name, element.fixed)
        elif type_.is_any:
            made.text = element.name
        elif type_.content is not None:
            self._particle(made, type_.content, trail)

    def _attribute(self, made: Any, attribute: Attribute) -> None:
        try:
            made.set(attribute.tag, self._text(attribute.type, attribute.name, attribute.fixed))
        except NoExample:
            if attribute.required:
                raise

    def _wants_more(self) -> bool:
        return self.full and self.count < MOST_ELEMENTS

    def _particle(self, made: Any, particle: Particle, trail: tuple[str, ...]) -> None:
        low, high = particle.minimum, particle.maximum
        for _ in range(low):
            self._again(made, particle, trail)
        more = 1 if low == 0 else 1 if (high == UNBOUNDED or high > low) and low < 2 else 0
        for _ in range(more if self._wants_more() else 0):
            mark, count = len(made), self.count
            try:
                self._again(made, particle, trail)
            except (Endless, NoExample):
                del made[mark:]
                self.count = count
                return

    def _again(self, made: Any, particle: Particle, trail: tuple[str, ...]) -> None:
        if isinstance(particle, Use):
            self._put(made, particle.element, trail)
        elif isinstance(particle, Wildcard):
            self._foreign(made, particle, trail)
        elif particle.kind == "choice":
            self._choice(made, particle, trail)
        else:
            for inner in particle.particles:
                self._particle(made, inner, trail)

    def _choice(self, made: Any, group: Group, trail: tuple[str, ...]) -> None:
        branches = list(group.particles)
        if self.full:  # another branch for another seed; the least is always the first that ends
            self.seed.shuffle(branches)
        for inner in branches:
            mark = len(made)
            try:
                self._particle(made, inner, trail)
                return
            except (Endless, NoExample):
                del made[mark:]
        if branches:
            raise Endless("choice")

    def _foreign(self, made: Any, wildcard: Wildcard, trail: tuple[str, ...]) -> None:
        if wildcard.process != "strict" and wildcard.allows(FOREIGN):
            etree.SubElement(made, f"{{{FOREIGN}}}extension", nsmap={"ext": FOREIGN}).text = "extension"
            return
        names = self.model.schemas.declared.get("element", {})
        for name in sorted(names, key=lambda one: (names[one].get("type") is None, one)):
            if wildcard.allows(namespace(name)):
                mark = len(made)
                try:
                    self._put(made, self.model.element(name), trail)
                    return
                except (Endless, NoExample, NotCompiled):
                    del made[mark:]
        raise Endless("any")

    def _text(self, type_: SimpleType, name: str, fixed: str | None) -> str:
        if fixed is not None:
            return fixed
        if type_.builtin == "ID" and not type_.facets.enumeration:
            self.ids += 1
            return f"id{self.ids}"
        if type_.builtin == "IDREF":
            return f"id{max(self.ids, 1)}"
        return text(type_, name, self.seed)


def _prefixed(made: Any, name: str) -> str:
    """A type's name with a prefix that is bound on the element."""
    uri, _, local = name[1:].rpartition("}") if name.startswith("{") else ("", "", name)
    if not uri:
        return local
    prefix = next((one for one, bound in made.nsmap.items() if bound == uri and one), None)
    if prefix is None:
        prefix = f"t{len(made.nsmap)}"
        _declare(made, prefix, uri)
    return f"{prefix}:{local}"


def _declare(made: Any, prefix: str, uri: str) -> None:
    """Bind a prefix on an element that exists: libxml2 does so where an attribute needs it."""
    parent = made.getparent()
    bound = etree.Element(made.tag, made.attrib, nsmap={**made.nsmap, prefix: uri})
    bound.text = made.text
    bound.extend(list(made))
    parent.replace(made, bound)
