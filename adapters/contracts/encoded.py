"""SOAP encoding, of 1.1 (section 5) and 1.2 (part 2, chapter 3), brought to a literal form for a schema.

At onboarding arrays (restrictions of ``Array`` of either encoding) become a sequence of ``item``. On the hot
path :func:`literal` brings a received message to that form: values are put where they are referred to, array
members are renamed to ``item``, and the attributes of the encoding are dropped. Lines of the received
document are kept. :func:`mark_arrays` is the way out.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree

from adapters.contracts.markup import XSD, XSI, clark, local, namespace
from adapters.contracts.namespaces import resolve
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import Violation

ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
ENCODING_12 = "http://www.w3.org/2003/05/soap-encoding"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ENVELOPE_12 = "http://www.w3.org/2003/05/soap-envelope"
ARRAY_TYPE = f"{{{ENCODING}}}arrayType"
ITEM_TYPE, ARRAY_SIZE = f"{{{ENCODING_12}}}itemType", f"{{{ENCODING_12}}}arraySize"
NODE_TYPE = f"{{{ENCODING_12}}}nodeType"
LITERAL_ARRAY = f"{{{ENCODING}}}literalArray"  # our own mark on a type that was an array
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
RESULT = "{http://www.w3.org/2003/05/soap-rpc}result"  # names the return value (1.2 part 2, 4.2.1)
MAX_ELEMENTS = 50_000  # after references are put in place: a few lines can otherwise refer to billions
MAX_DEPTH = 100
_ID, _REF = f"{{{ENCODING_12}}}id", f"{{{ENCODING_12}}}ref"
_ROOT = f"{{{ENCODING}}}root"
_DROPPED = {
    *("id", "href", f"{XSI}type", ARRAY_TYPE, _ROOT, f"{{{ENCODING}}}offset"),
    *(_ID, _REF, ITEM_TYPE, ARRAY_SIZE, NODE_TYPE),
    *(f"{{{uri}}}encodingStyle" for uri in (ENVELOPE, ENVELOPE_12)),
}


def make_arrays_literal(schemas: SchemaSet) -> None:
    """Give every array type of a schema set a literal content."""
    for type_ in schemas.declared.get("complexType", {}).values():
        _make_literal_array(type_)


def _make_literal_array(type_: Any) -> None:
    for restriction in type_.iterfind(f"{XSD}complexContent/{XSD}restriction"):
        base = resolve(restriction, restriction.get("base", ""))
        if base not in {f"{{{ENCODING}}}Array", f"{{{ENCODING_12}}}Array"}:
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

    It stands in ``wsdl:arrayType`` or ``wsdl:itemType``, or is that of the only element; arrays of arrays are
    not checked further.
    """
    for attribute in restriction.iterfind(f"{XSD}attribute"):
        if (named := attribute.get(f"{WSDL}arrayType")) is not None:
            item, _, rank = named.partition("[")
            return (item.strip() if "[" not in rank else ""), attribute.nsmap
        if (named := attribute.get(f"{WSDL}itemType")) is not None:
            return named.strip(), attribute.nsmap
    elements = restriction.findall(f"{XSD}sequence/{XSD}element")
    if len(elements) == 1 and elements[0].get("type"):
        return elements[0].get("type"), elements[0].nsmap
    return "", {}


def mark_arrays(element: Any, schemas: SchemaSet, encoding: str) -> bool:
    """Say of each array in a typed message what its members are, in place; False where there is none.

    SOAP 1.1, 5.4.2 (``arrayType``); SOAP 1.2 part 2, 3.1.6 (``itemType``, ``arraySize``).
    """
    found = False
    for one in list(element.iter()):
        named = one.get(f"{XSI}type")
        type_ = schemas.find("complexType", clark(one, named)) if named else None
        if type_ is None or not type_.get(LITERAL_ARRAY):
            continue
        member = type_.find(f"{XSD}sequence/{XSD}element")
        item = resolve(member, member.get("type")) if member.get("type") else f"{XSD}anyType"
        uri = namespace(item)
        made = etree.Element(one.tag, dict(one.attrib), nsmap={**one.nsmap, "item": uri, "enc": encoding})
        made.text, made.tail = one.text, one.tail
        made.extend(list(one))
        one.getparent().replace(one, made)
        prefix = next((prefix for prefix, bound in made.nsmap.items() if bound == uri and prefix), "")
        name, size = f"{prefix}:{local(item)}" if prefix else local(item), len(made)
        if encoding == ENCODING:
            made.set(ARRAY_TYPE, f"{name}[{size}]")
        else:
            made.set(ITEM_TYPE, name)
            made.set(ARRAY_SIZE, str(size))
        found = True
    return found


def literal(content: Any, known: dict[str, Any]) -> Any:
    """Bring a received message to its literal form, in place; raises Violation."""
    for result in content.findall(RESULT):
        content.remove(result)
    _Resolver(known).resolve(content, ())
    return content


def referable(body: Any) -> dict[str, Any]:
    """What a message may refer to, by id.

    SOAP 1.1: the independent elements of the Body (5.2); 1.2: any element (part 2, 3.1.5.1).
    """
    found = {child.get("id"): child for child in body if child.get("id")}
    found |= {one.get(_ID): one for one in body.iter() if one.get(_ID)}
    return found


def roots(body: Any) -> list[Any]:
    """The elements of a Body that are the message, not values that it refers to (SOAP 1.1, 5.6)."""
    referred = {href.removeprefix("#") for one in body.iter() for href in _references(one)}
    return [
        child
        for child in body
        if child.get(_ROOT) not in {"0", "false"}
        and (child.get("id") or child.get(_ID) or "") not in referred - {""}
    ] or list(body)


def _references(element: Any) -> Iterator[str]:
    for name in ("href", _REF):
        value = element.get(name)
        if value is not None:
            yield value


class _Resolver:
    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known
        self.count = 0

    def resolve(self, element: Any, trail: tuple[str, ...]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS or len(trail) > MAX_DEPTH:
            raise Violation("references unfold to more than is allowed", line=element.sourceline or 0)
        href, ref = element.get("href"), element.get(_REF)
        if href is not None:
            trail = self._fill(element, href, href[1:] if href.startswith("#") else None, trail)
        elif ref is not None:
            trail = self._fill(element, ref, ref, trail)
        is_array = not {ARRAY_TYPE, ITEM_TYPE, ARRAY_SIZE}.isdisjoint(element.attrib)
        is_array = is_array or element.get(NODE_TYPE) == "array"
        for name in [name for name in element.attrib if name in _DROPPED]:
            del element.attrib[name]
        for child in element:
            if is_array:
                child.tag = "item"
            self.resolve(child, trail)

    def _fill(self, element: Any, said: str, key: str | None, trail: tuple[str, ...]) -> tuple[str, ...]:
        target = None if key is None else self.known.get(key)
        if key is None or target is None:
            raise Violation(f"the reference {said} leads nowhere", line=element.sourceline or 0)
        if key in trail or target is element or target in element.iterancestors():
            raise Violation(f"the reference {said} leads back to itself", line=element.sourceline or 0)
        element.text = target.text
        for name, value in target.attrib.items():
            if name not in {"id", _ID}:
                element.set(name, value)
        for child in target:
            element.append(deepcopy(child))
        return (*trail, key)
