"""Elements to JSON values, compiled from the model: a table of tags for each type, filled on first use.

What is read was checked against the schema before; an element that the model has no place for is still
refused, so that nothing is lost in silence.
"""

from collections.abc import Callable
from typing import Any

from adapters.contracts.markup import XSD, XSI, canonical, clark, local, namespace
from adapters.mapping.unfit import Unfit
from adapters.xsd import lexical, shape
from adapters.xsd.components import UNBOUNDED, ComplexType, Element, NotCompiled, SimpleType, Type
from adapters.xsd.model import Model
from adapters.xsd.shape import Field, Run
from adapters.xsd.whitespace import collapse, untidy

TEXT, TOKEN, LEAF, NODE, LEAVES, NODES, IN_RUN = range(7)
NIL, TYPE = f"{XSI}nil", f"{XSI}type"
XML_KEY, TYPE_KEY, NIL_KEY, TEXT_KEY, ANY_ATTRIBUTES = "_xml", "_xsi_type", "_nil", "_value_1", "_attr_1"
ANY_SIMPLE = f"{XSD}anySimpleType"
ReadElement = Callable[[Any], Any]
Fallback = Callable[[Element, NotCompiled], ReadElement]


class Decoders:
    """Compiles and keeps the readers of one model. ``xsi:type`` counts where a type has derived ones."""

    def __init__(self, model: Model, fallback: Fallback) -> None:
        self.model = model
        self.fallback = fallback
        self._objects: dict[int, tuple[ComplexType, ObjectReader]] = {}

    def element(self, element: Element) -> ReadElement:
        """The reader of an element, whatever its type."""
        try:
            read = self._typed(element.type, element)
        except NotCompiled as error:
            return self.fallback(element, error)
        if self._has_derived(element.type):
            read = self._by_type(element, read)
        return _nillable(read) if element.nillable else read

    def _typed(self, type_: Type, element: Element) -> ReadElement:
        if isinstance(type_, ComplexType):
            return self.object(type_).read
        default = element.fixed if element.fixed is not None else element.default
        return _text_element(type_, default)

    def _has_derived(self, type_: Type) -> bool:
        is_any = type_.is_any if isinstance(type_, ComplexType) else type_.name == ANY_SIMPLE
        return is_any or bool(type_.name and self.model.derived(type_.name))

    def object(self, type_: ComplexType) -> "ObjectReader":
        """The reader of a complex type, kept, so that recursive types end."""
        with self.model.lock:
            kept = self._objects.get(id(type_))
            if kept is None:
                kept = type_, ObjectReader(self, type_)
                self._objects[id(type_)] = kept
            return kept[1]

    def _by_type(self, element: Element, read: ReadElement) -> ReadElement:
        declared = element.type
        is_open = isinstance(declared, ComplexType) or declared.name == ANY_SIMPLE

        def typed(found: Any) -> Any:
            name = found.get(TYPE)
            if name is None:
                return read(found)
            tag = clark(found, name)
            actual = self.model.type(tag)
            if actual is element.type or (isinstance(actual, SimpleType) and not is_open):
                return read(found)
            value = self._typed(actual, element)(found)
            return {TYPE_KEY: tag, **value} if isinstance(value, dict) else {TYPE_KEY: tag, TEXT_KEY: value}

        return typed

    def entry(self, table: dict[str, Any], field: Field) -> tuple[Any, ...]:
        """What a table says of a field: how to read it. Complex types compile when they are first met."""
        element = field.element
        try:
            type_ = element.type
        except NotCompiled as error:
            return field.key, NODES if field.many else NODE, self.fallback(element, error)
        default = element.fixed if element.fixed is not None else element.default
        is_plain = isinstance(type_, SimpleType) and not element.nillable and not self._has_derived(type_)
        if is_plain and isinstance(type_, SimpleType) and not lexical.needs_scope(type_):
            convert = _leaf(type_, default)
            single = TEXT if convert is None else TOKEN if convert is collapse else LEAF
            return field.key, LEAVES if field.many else single, convert
        kind = NODES if field.many else NODE

        def first(found: Any) -> Any:
            read = self.element(element)
            table[element.tag] = (field.key, kind, read)
            return read(found)

        return field.key, kind, first


class ObjectReader:
    """Reads an element of one complex type."""

    __slots__ = (
        "any_attribute",
        "attributes",
        "children",
        "order",
        "owner",
        "read",
        "runs",
        "table",
        "text",
        "wild",
    )

    def __init__(self, owner: Decoders, type_: ComplexType) -> None:
        self.owner = owner
        form = shape.of(owner.model, type_)
        self.table: dict[str, Any] = {}
        self.runs = [part for part in form.parts if isinstance(part, Run)]
        self.order = {part.key: place for place, part in enumerate(form.parts)}
        self.wild = [run for run in self.runs if run.wildcards]
        self.attributes = {
            one.tag: (form.attributes[one.tag], lexical.reader(one.type), one.type)
            for one in type_.attributes
        }
        self.any_attribute = type_.any_attribute
        self.text = None if type_.simple is None else _text_element(type_.simple, None)
        for part in form.parts:
            if isinstance(part, Field):
                self.table[part.element.tag] = owner.entry(self.table, part)
        for run in self.runs:
            places = {field.key: place for place, field in enumerate(run.fields)}
            for field in run.fields:
                inner: dict[str, Any] = {}
                inner[field.element.tag] = owner.entry(inner, field)
                read = _in_rounds if run.rounds else _in_turn
                self.table[field.element.tag] = (run.key, IN_RUN, read(run.key, field, inner, places))
        self.children = _children(self.table, self._other)
        is_bare = not (self.attributes or self.any_attribute or self.text or any(r.mixed for r in self.runs))
        self.read: ReadElement = self._anything if type_.is_any else self.children if is_bare else self._whole

    def _whole(self, element: Any) -> Any:
        """An object with attributes, text, or text between elements."""
        out: dict[str, Any] = {}
        if self.attributes or self.any_attribute is not None:
            self._attributes(element, out)
        if self.text is not None:
            out[TEXT_KEY] = self.text(element)
        elif self.runs and self.runs[0].mixed:
            self._mixed(element, out)
        else:
            self.children(element, out)
        return out

    def _attributes(self, element: Any, out: dict[str, Any]) -> None:
        for tag, value in element.items():
            found = self.attributes.get(tag)
            if found is not None:
                key, convert, type_ = found
                if lexical.needs_scope(type_):
                    out[key] = lexical.name_reader(type_)(value, element.nsmap)
                else:
                    out[key] = value if convert is None else convert(value)
            elif not tag.startswith(XSI):
                if self.any_attribute is None:
                    raise Unfit(f"@{local(tag)}", "the contract has no such attribute")
                out.setdefault(ANY_ATTRIBUTES, {})[tag] = value

    def _mixed(self, element: Any, out: dict[str, Any]) -> None:
        items: list[Any] = [element.text] if element.text else []
        out[self.runs[0].key] = items
        for child in element:
            found = self.table.get(child.tag)
            if found is not None:
                found[2](child, out)
            else:
                self._other(child, out)
            if child.tail:
                items.append(child.tail)
        if not items:
            del out[self.runs[0].key]

    def _other(self, child: Any, out: dict[str, Any]) -> None:
        uri = namespace(child.tag)
        for run in self.wild if len(self.wild) < 2 else self._ahead(child, out):
            if any(wildcard.allows(uri) for wildcard in run.wildcards):
                out.setdefault(run.key, []).append(self._foreign(child, run))
                return
        raise Unfit(local(child.tag), "the contract has no such element here")

    def _ahead(self, child: Any, out: dict[str, Any]) -> list[Run]:
        """Of several wildcards those that come after what was read, and are not full."""
        before = child.getprevious()
        key = "" if before is None else self.table.get(before.tag, ("",))[0]
        filled = [self.order[run.key] for run in self.wild if run.key in out]
        last = max([self.order.get(key, 0), *filled])
        return [
            run
            for run in self.wild
            if self.order[run.key] >= last and (run.most == UNBOUNDED or len(out.get(run.key, ())) < run.most)
        ]

    def _foreign(self, child: Any, run: Run) -> Any:
        """An element under a wildcard: by its own declaration where there is one, else as XML."""
        uri = namespace(child.tag)
        strict = any(one.process != "skip" and one.allows(uri) for one in run.wildcards)
        if strict and self.owner.model.has_element(child.tag):
            read = self.owner.element(self.owner.model.element(child.tag))
            return {child.tag if uri else f"{{}}{child.tag}": read(child)}
        return {XML_KEY: as_xml(child)}

    def _anything(self, element: Any) -> Any:
        """xs:anyType: text where there is only text, else the whole element as XML."""
        others = [tag for tag in element.attrib if not tag.startswith(XSI)]
        if len(element) == 0 and not others:
            return element.text or ""
        return {XML_KEY: as_xml(element)}


def _children(table: dict[str, Any], other: Callable[[Any, dict[str, Any]], None]) -> Callable[..., Any]:
    """The hot loop: what a table says of each child."""

    def read(element: Any, out: dict[str, Any] | None = None) -> Any:
        if out is None:
            out = {}
        for child in element:
            try:
                key, kind, convert = table[child.tag]
            except KeyError:
                other(child, out)
                continue
            if kind == TEXT:
                out[key] = child.text or ""
            elif kind == LEAF:
                out[key] = convert(child.text or "")
            elif kind == NODE:
                out[key] = convert(child)
            elif kind == TOKEN:
                text = child.text or ""
                out[key] = text if untidy(text) is None else convert(text)
            elif kind == IN_RUN:
                convert(child, out)
            else:
                value = (
                    convert(child)
                    if kind == NODES
                    else convert(child.text or "")
                    if convert
                    else child.text or ""
                )
                if key in out:
                    out[key].append(value)
                else:
                    out[key] = [value]
        return out

    return read


def as_xml(element: Any) -> str:
    """An element as exclusive canonical XML, which keeps every namespace that it needs."""
    return canonical(element, exclusive=True).decode()


def _leaf(type_: SimpleType, default: str | None) -> lexical.Read | None:
    read = lexical.reader(type_)
    if default is None:
        return read
    return (lambda text: text or default) if read is None else (lambda text: read(text or default))


def _text_element(type_: SimpleType, default: str | None) -> ReadElement:
    if lexical.needs_scope(type_):
        names = lexical.name_reader(type_)
        return lambda element: names(element.text or default or "", element.nsmap)
    read = _leaf(type_, default)
    if read is None:
        return lambda element: element.text or ""
    return lambda element: read(element.text or "")


def _nillable(read: ReadElement) -> ReadElement:
    def nil_or(element: Any) -> Any:
        if element.get(NIL) not in {"true", "1"}:
            return read(element)
        rest = {tag: value for tag, value in element.attrib.items() if not tag.startswith(XSI)}
        return None if not rest else {NIL_KEY: True, ANY_ATTRIBUTES: rest}

    return nil_or


def _one(entry: tuple[Any, ...], child: Any) -> Any:
    _, kind, convert = entry
    if kind in {TEXT, TOKEN, LEAF, LEAVES}:
        text = child.text or ""
        return text if convert is None else convert(text)
    return convert(child)


def _in_turn(key: str, field: Field, inner: dict[str, Any], places: dict[str, int]) -> Any:
    tag, name = field.element.tag, field.key

    def handle(child: Any, out: dict[str, Any]) -> None:
        out.setdefault(key, []).append({name: _one(inner[tag], child)})

    return handle


def _in_rounds(key: str, field: Field, inner: dict[str, Any], places: dict[str, int]) -> Any:
    tag, name, place, many = field.element.tag, field.key, places[field.key], field.many

    def handle(child: Any, out: dict[str, Any]) -> None:
        rounds = out.setdefault(key, [])
        last = places[next(reversed(rounds[-1]))] if rounds else len(places)
        if last > place or (last == place and not many):
            rounds.append({})
        value = _one(inner[tag], child)
        if many:
            rounds[-1].setdefault(name, []).append(value)
        else:
            rounds[-1][name] = value

    return handle
