"""SOAP 1.1 section 5 encoding, brought to a literal form that a schema can check.

At onboarding every rpc message gets an element in the schema set: its parts in order, unqualified, and
arrays (restrictions of ``soapenc:Array``) become a sequence of ``item``. On the hot path :func:`literal`
brings a received message to that form: multiRef values are put where they are referred to, array members are
renamed to ``item``, and the attributes of the encoding are dropped. Lines of the received document are kept.
"""

from copy import deepcopy
from typing import Any

from lxml import etree

from adapters.contracts.markup import XSD, XSI
from adapters.contracts.namespaces import file_of, resolve, split, unreadable
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import Violation

ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ARRAY_TYPE = f"{{{ENCODING}}}arrayType"
LITERAL_ARRAY = f"{{{ENCODING}}}literalArray"  # our own mark on a type that was an array
WSDL_ARRAY_TYPE = "{http://schemas.xmlsoap.org/wsdl/}arrayType"
MAX_ELEMENTS = 50_000  # after references are put in place: a few lines can otherwise refer to billions
MAX_DEPTH = 100
_DROPPED = {
    *("id", "href", f"{XSI}type", ARRAY_TYPE, f"{{{ENCODING}}}root", f"{{{ENCODING}}}offset"),
    f"{{{ENVELOPE}}}encodingStyle",
}


def add_literal_forms(schemas: SchemaSet, messages: dict[str, list[Any]]) -> None:
    """Declare an element for each rpc message, and give every array type a literal content."""
    for type_ in schemas.declared.get("complexType", {}).values():
        _make_literal_array(type_)
    by_namespace: dict[str, Any] = {}
    for element, parts in messages.items():
        uri, name = split(element)
        if uri not in by_namespace:
            by_namespace[uri] = etree.Element(f"{XSD}schema", nsmap={"xs": XSD[1:-1]})
            if uri:
                by_namespace[uri].set("targetNamespace", uri)
        if parts and not file_of(by_namespace[uri]):
            by_namespace[uri].getroottree().docinfo.URL = file_of(parts[0])
        _declare(by_namespace[uri], name, parts)
    for schema in by_namespace.values():
        schemas.add(schema, schemas.folder / "rpc")


def _declare(schema: Any, name: str, parts: list[Any]) -> None:
    if len(parts) == 1 and parts[0].get("name") == name and parts[0].get("type"):
        _member(schema, parts[0])  # a fault's part: its content stands under the part's name
        return
    wrapper = etree.SubElement(schema, f"{XSD}element", name=name)
    type_ = etree.SubElement(wrapper, f"{XSD}complexType")
    sequence = etree.SubElement(type_, f"{XSD}sequence")
    for part in parts:
        _member(sequence, part)
    etree.SubElement(type_, f"{XSD}anyAttribute", namespace="##other", processContents="skip")


def _member(parent: Any, part: Any) -> None:
    """An rpc part: an element of its name and type, or the global element that it names."""
    if part.get("element"):
        content = {"ref": part.get("element")}
    elif part.get("type") and part.get("name"):
        content = {"name": part.get("name"), "type": part.get("type")}
    else:
        raise unreadable(part, "an rpc part must have a name and a type")
    resolve(part, content.get("ref") or content["type"])
    bindings = {prefix: uri for prefix, uri in part.nsmap.items() if uri != XSD[1:-1] or prefix}
    etree.SubElement(parent, f"{XSD}element", content, nsmap=bindings).sourceline = part.sourceline


def _make_literal_array(type_: Any) -> None:
    for restriction in type_.iterfind(f"{XSD}complexContent/{XSD}restriction"):
        if resolve(restriction, restriction.get("base", "")) != f"{{{ENCODING}}}Array":
            continue
        item, scope = _member_type(restriction)
        for child in list(type_):
            type_.remove(child)
        sequence = etree.SubElement(type_, f"{XSD}sequence")
        member = {"name": "item", "minOccurs": "0", "maxOccurs": "unbounded", "nillable": "true"}
        type_.set(LITERAL_ARRAY, "true")
        if item:
            member["type"] = item
        etree.SubElement(sequence, f"{XSD}element", member, nsmap=scope)


def _member_type(restriction: Any) -> tuple[str, Any]:
    """The type of an array's members and the scope of its prefix; "" where members may be anything.

    It stands in ``wsdl:arrayType``, or is that of the only element; arrays of arrays are not checked further.
    """
    attribute = restriction.find(f"{XSD}attribute[@{WSDL_ARRAY_TYPE}]")
    if attribute is not None:
        item, _, rank = attribute.get(WSDL_ARRAY_TYPE).partition("[")
        return (item.strip() if "[" not in rank else ""), attribute.nsmap
    elements = restriction.findall(f"{XSD}sequence/{XSD}element")
    if len(elements) == 1 and elements[0].get("type"):
        return elements[0].get("type"), elements[0].nsmap
    return "", {}


def literal(wrapper: Any, referable: dict[str, Any]) -> Any:
    """Bring a received rpc message to its literal form, in place; raises Violation."""
    _Resolver(referable).resolve(wrapper, ())
    return wrapper


def referable(body: Any) -> dict[str, Any]:
    """The independent elements of a Body, by id (SOAP 1.1 section 5.2)."""
    return {child.get("id"): child for child in body if child.get("id")}


class _Resolver:
    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known
        self.count = 0

    def resolve(self, element: Any, trail: tuple[str, ...]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS or len(trail) > MAX_DEPTH:
            raise Violation("references unfold to more than is allowed", line=element.sourceline or 0)
        href = element.get("href")
        if href is not None:
            trail = self._fill(element, href, trail)
        is_array = ARRAY_TYPE in element.attrib
        for name in [name for name in element.attrib if name in _DROPPED]:
            del element.attrib[name]
        for child in element:
            if is_array:
                child.tag = "item"
            self.resolve(child, trail)

    def _fill(self, element: Any, href: str, trail: tuple[str, ...]) -> tuple[str, ...]:
        key = href.removeprefix("#")
        target = self.known.get(key)
        if target is None or not href.startswith("#"):
            raise Violation(f"the reference {href} leads nowhere", line=element.sourceline or 0)
        if key in trail:
            raise Violation(f"the reference {href} leads back to itself", line=element.sourceline or 0)
        element.text = target.text
        for name, value in target.attrib.items():
            if name != "id":
                element.set(name, value)
        for child in target:
            element.append(deepcopy(child))
        return (*trail, key)
