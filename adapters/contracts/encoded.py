"""SOAP 1.1 section 5 encoding, brought to a literal form that a schema can check.

At onboarding every rpc message gets an element in the schema set: its parts in order, unqualified, and
arrays (restrictions of ``soapenc:Array``) become a sequence of ``item``. On the hot path :func:`literal`
brings a received message to that form: multiRef values are put where they are referred to, array members are
renamed to ``item``, and the attributes of the encoding are dropped. Lines of the received document are kept.
"""

from copy import deepcopy
from typing import Any

from lxml import etree

from adapters.contracts.markup import XSD, XSI, clark
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable, Violation

ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ARRAY_TYPE = f"{{{ENCODING}}}arrayType"
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
        uri, _, name = element[1:].partition("}")
        if uri not in by_namespace:
            by_namespace[uri] = _schema_for(uri, parts)
        _declare(by_namespace[uri], name, parts)
    for schema in by_namespace.values():
        schemas.add(schema, schemas.folder / "rpc")


def _schema_for(uri: str, parts: list[Any]) -> Any:
    prefixes = {prefix: bound for part in parts for prefix, bound in part.nsmap.items() if prefix}
    return etree.Element(f"{XSD}schema", nsmap={**prefixes, "xs": XSD[1:-1]}, targetNamespace=uri)


def _declare(schema: Any, name: str, parts: list[Any]) -> None:
    if (
        len(parts) == 1 and parts[0].get("name") == name
    ):  # a fault's part: its content stands under the part's name
        etree.SubElement(schema, f"{XSD}element", name=name, type=parts[0].get("type"))
        return
    wrapper = etree.SubElement(schema, f"{XSD}element", name=name)
    type_ = etree.SubElement(wrapper, f"{XSD}complexType")
    sequence = etree.SubElement(type_, f"{XSD}sequence")
    for part in parts:
        if not part.get("type"):
            raise ContractUnreadable(name, "an rpc part must name a type", line=part.sourceline)
        etree.SubElement(sequence, f"{XSD}element", name=part.get("name"), type=part.get("type"))
    etree.SubElement(type_, f"{XSD}anyAttribute", namespace="##other", processContents="skip")


def _make_literal_array(type_: Any) -> None:
    for restriction in type_.iterfind(f"{XSD}complexContent/{XSD}restriction"):
        if clark(restriction, restriction.get("base")) != f"{{{ENCODING}}}Array":
            continue
        attribute = restriction.find(f"{XSD}attribute")
        item = attribute.get(WSDL_ARRAY_TYPE, "").rstrip("[]0123456789,") if attribute is not None else ""
        if not item:
            raise ContractUnreadable(type_.get("name"), "an array must name the type of its members")
        for child in list(type_):
            type_.remove(child)
        sequence = etree.SubElement(type_, f"{XSD}sequence")
        member = {
            "name": "item",
            "type": item,
            "minOccurs": "0",
            "maxOccurs": "unbounded",
            "nillable": "true",
        }
        etree.SubElement(sequence, f"{XSD}element", member)


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
