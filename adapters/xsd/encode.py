"""JSON values to XML text, compiled from the model: one function a type, made on first use.

Text is built rather than a tree; every value is escaped in one place, names come from the contract alone.
"""

import re
from collections.abc import Callable
from typing import Any

from adapters.contracts.markup import XSI, namespace, parse
from adapters.contracts.violation import Violation
from adapters.mapping.unfit import Unfit
from adapters.mapping.xml_text import XML_URI, Prefixes, escape
from adapters.xsd import lexical, shape
from adapters.xsd.components import Attribute, ComplexType, Element, NotCompiled, SimpleType, Type
from adapters.xsd.decode import ANY_ATTRIBUTES, NIL_KEY, TEXT_KEY, TYPE_KEY, XML_KEY, as_xml
from adapters.xsd.model import Model
from adapters.xsd.shape import Field, Run

MOST_PREFIXES = 500  # names in values may bring namespaces of their own, but not without end
Write = Callable[[list[str], Any], None]
Inner = Callable[[list[str], Any, str, str], None]  # start tag without its end, closing tag
Fallback = Callable[[Element, NotCompiled], Write]
_ABSENT = object()
_CLARK = re.compile(r"(\{[^{}\s<>\"]*\})?[^\W\d][\w.\-]*")


class Encoders:
    """Compiles and keeps the writers of one model. ``typed`` writes ``xsi:type`` below the root."""

    def __init__(self, model: Model, fallback: Fallback, *, typed: bool) -> None:
        self.model = model
        self.fallback = fallback
        self.typed = typed
        self.prefixes = Prefixes()
        self._objects: dict[int, tuple[ComplexType, ObjectWriter]] = {}

    def name(self, tag: str) -> str:
        """A Clark name with a prefix; raises Unfit for a namespace or name that XML cannot carry."""
        uri = namespace(tag)
        with self.model.lock:
            if uri not in self.prefixes.by_uri and uri not in {"", XML_URI}:
                self._admit(uri)
            return self.prefixes.name(tag)

    def _admit(self, uri: str) -> None:
        """Prefixes are declared on every later message: one that cannot be parsed would spoil them all."""
        if len(self.prefixes.by_uri) > MOST_PREFIXES:
            raise Unfit("", "too many namespaces")
        try:
            parse(f'<n xmlns:p="{escape(uri)}"/>'.encode())
        except Violation as error:
            raise Unfit("", f"{uri!r} is no namespace") from error

    def qname(self, value: str) -> str:
        """A name that is a value, with a prefix; raises Unfit."""
        if _CLARK.fullmatch(value) is None:
            raise Unfit("", f"{value!r} is no name")
        return self.name(value)

    def element(self, element: Element, *, is_root: bool = False) -> Write:
        """The writer of an element; None is written as nil where the contract allows it, else left out."""
        try:
            inner = self.inner(element.type)
        except NotCompiled as error:
            return self.fallback(element, error)
        name = self.name(element.tag)
        start, close, typed = f"<{name}", f"</{name}>", ""
        if self.typed and not is_root and element.type.name:
            typed = f' {self.name(f"{XSI}type")}="{self.name(element.type.name)}"'
        nil = f'{start} {self.name(f"{XSI}nil")}="true"/>' if element.nillable else ""

        def write(out: list[str], value: Any) -> None:
            if value is None:
                out.append(nil)
            elif value.__class__ is dict and (TYPE_KEY in value or NIL_KEY in value):
                self._special(out, value, start, close)
            else:
                inner(out, value, start + typed, close)

        return write

    def _special(self, out: list[str], value: dict[str, Any], start: str, close: str) -> None:
        rest = {key: one for key, one in value.items() if key not in {TYPE_KEY, NIL_KEY}}
        if value.get(NIL_KEY):
            attributes = self.foreign_attributes(rest.get(ANY_ATTRIBUTES, {}))
            out.append(f'{start}{attributes} {self.name(f"{XSI}nil")}="true"/>')
            return
        try:
            type_ = self.model.type(str(value[TYPE_KEY]))
        except NotCompiled as error:
            raise Unfit(TYPE_KEY, error.reason) from None
        inner = self.inner(type_)
        typed = f'{start} {self.name(f"{XSI}type")}="{self.name(type_.name)}"'
        inner(out, rest.get(TEXT_KEY) if isinstance(type_, SimpleType) else rest, typed, close)

    def foreign_attributes(self, given: Any) -> str:
        """Attributes under a wildcard as text. Their names come with the value and so are checked first."""
        if not isinstance(given, dict):
            raise Unfit(ANY_ATTRIBUTES, "is not an object with fields")
        out = []
        for tag, text in given.items():
            if not isinstance(tag, str) or _CLARK.fullmatch(tag) is None or not isinstance(text, str):
                raise Unfit(ANY_ATTRIBUTES, f"{tag!r} is no name of an attribute, or its value is no text")
            out.append(f' {self.name(tag)}="{escape(text)}"')
        return "".join(out)

    def inner(self, type_: Type) -> Inner:
        """What writes attributes and content of a type."""
        if isinstance(type_, SimpleType):
            return _text(lexical.writer(type_, self.qname))
        if type_.is_any:
            return _anything
        return self.object(type_).write

    def object(self, type_: ComplexType) -> "ObjectWriter":
        """The writer of a complex type, kept, so that recursive types end."""
        with self.model.lock:
            kept = self._objects.get(id(type_))
            if kept is None:
                kept = type_, ObjectWriter(self, type_)
                self._objects[id(type_)] = kept
            return kept[1]

    def lazily(self, element: Element) -> Write:
        """As :meth:`element`, compiled when it is first used."""
        made: list[Write] = []

        def write(out: list[str], value: Any) -> None:
            if not made:
                made.append(self.element(element))
            made[0](out, value)

        return write


class ObjectWriter:
    """Writes an object of one complex type."""

    __slots__ = ("any_attribute", "attributes", "fixed", "keys", "owner", "parts", "text")

    def __init__(self, owner: Encoders, type_: ComplexType) -> None:
        self.owner = owner
        form = shape.of(owner.model, type_)
        self.attributes = [(form.attributes[one.tag], _attribute(owner, one)) for one in type_.attributes]
        self.fixed = {
            form.attributes[one.tag]: f' {owner.name(one.tag)}="{escape(one.fixed)}"'
            for one in type_.attributes
            if one.required and one.fixed is not None
        }
        self.any_attribute = type_.any_attribute is not None
        self.text = None if type_.simple is None else lexical.writer(type_.simple, owner.qname)
        self.parts: list[tuple[str, Write]] = [
            (part.key, _run(owner, part) if isinstance(part, Run) else _field(owner, part))
            for part in form.parts
        ]

    def write(self, out: list[str], value: Any, start: str, close: str) -> None:
        """The element; raises Unfit with the place, also for a member that the contract has no place for."""
        if value.__class__ is not dict:
            raise Unfit("", "is not an object with fields")
        out.append(start)
        used = self._attributes(out, value) if self.attributes or self.any_attribute else 0
        out.append(">")
        if self.text is not None and TEXT_KEY in value:
            used += 1
            out.append(escape(_said(self.text, value[TEXT_KEY], TEXT_KEY)))
        for key, write in self.parts:
            found = value.get(key, _ABSENT)
            if found is not _ABSENT:
                used += 1
                try:
                    write(out, found)
                except Unfit as fault:
                    raise fault.under(key) from None
        out.append(close)
        if used != len(value):
            raise Unfit(self._unknown(value), "the contract has no such field here")

    def _attributes(self, out: list[str], value: dict[str, Any]) -> int:
        used = 0
        for key, write in self.attributes:
            found = value.get(key, _ABSENT)
            if found is _ABSENT:
                if key in self.fixed:
                    out.append(self.fixed[key])
                continue
            used += 1
            if found is not None:
                write(out, found)
        if self.any_attribute and ANY_ATTRIBUTES in value:
            used += 1
            out.append(self.owner.foreign_attributes(value[ANY_ATTRIBUTES]))
        return used

    def _unknown(self, value: dict[str, Any]) -> str:
        known = {key for key, _ in [*self.parts, *self.attributes]}
        return next((key for key in value if key not in known), "")


def _said(write: lexical.Write, value: Any, key: str) -> str:
    try:
        return write(value)
    except Unfit as fault:
        raise fault.under(key) from None


def _text(write_text: lexical.Write) -> Inner:
    def write(out: list[str], value: Any, start: str, close: str) -> None:
        out.append(f"{start}>{escape(write_text(value))}{close}")

    return write


def _attribute(owner: Encoders, attribute: Attribute) -> Write:
    write_text = lexical.writer(attribute.type, owner.qname)
    start, key = f' {owner.name(attribute.tag)}="', attribute.name

    def write(out: list[str], value: Any) -> None:
        out.append(f'{start}{escape(_said(write_text, value, f"@{key}"))}"')

    return write


def _field(owner: Encoders, field: Field) -> Write:
    write_one = owner.lazily(field.element)
    try:
        if isinstance(field.element.type, SimpleType):
            write_one = owner.element(field.element)
    except NotCompiled as error:
        write_one = owner.fallback(field.element, error)
    return _each(write_one) if field.many else write_one


def _each(write_one: Write) -> Write:
    def write(out: list[str], value: Any) -> None:
        if value.__class__ is not list:
            raise Unfit("", "is not a list")
        for index, one in enumerate(value):
            try:
                write_one(out, one)
            except Unfit as fault:
                raise fault.under(f"[{index}]") from None

    return write


def _run(owner: Encoders, run: Run) -> Write:
    writers = {field.key: (owner.lazily(field.element), field.many) for field in run.fields}
    order = {field.key: place for place, field in enumerate(run.fields)}

    def item(out: list[str], value: Any) -> None:
        if isinstance(value, str) and run.mixed:
            out.append(escape(value))
            return
        if value.__class__ is not dict:
            raise Unfit("", "is not an object with one field")
        for key in sorted(value, key=lambda one: order.get(one, 0)):
            found = writers.get(key)
            if found is None:
                _wild(owner, run, out, key, value[key])
            elif found[1] and value[key].__class__ is list and run.rounds:
                for one in value[key]:
                    found[0](out, one)
            else:
                found[0](out, value[key])

    return _each(item)


def _wild(owner: Encoders, run: Run, out: list[str], key: str, value: Any) -> None:
    tag = key.removeprefix("{}")
    if not run.wildcards:
        raise Unfit(key, "the contract has no such field here")
    if key == XML_KEY:
        out.append(_foreign(value))
    elif owner.model.has_element(tag):
        owner.element(owner.model.element(tag))(out, value)
    else:
        raise Unfit(key, "the contract declares no such element; write it as _xml")


def _foreign(value: Any) -> str:
    """XML from a value: parsed first, so that it can neither break out nor bring a document type."""
    if not isinstance(value, str):
        raise Unfit(XML_KEY, "is not text")
    try:
        return as_xml(parse(value.encode()))
    except Violation as error:
        raise Unfit(XML_KEY, error.message) from None


def _anything(out: list[str], value: Any, start: str, close: str) -> None:
    if isinstance(value, dict) and set(value) == {XML_KEY}:
        out.append(_foreign(value[XML_KEY]))
    elif isinstance(value, str):
        out.append(f"{start}>{escape(value)}{close}")
    else:
        raise Unfit("", "is neither text nor _xml")
