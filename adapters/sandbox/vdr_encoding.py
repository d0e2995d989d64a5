"""SOAP encoding (section 5 of SOAP 1.1) as Axis 1 wrote and read it: multiRef values, arrays, xsi:type."""

from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from adapters.simulator.answering import Refusal

NS = "urn:aurelia:vdr:keeper"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
# The types of the beans' members, where they are not xsd:string.
MEMBER_TYPES = {
    "plate": "ns1:Plate",
    "inTraffic": "xsd:boolean",
    "bookedAt": "xsd:dateTime",
    "errorNo": "xsd:int",
}
DEEPEST = 5
NAMESPACES = {"ns1": NS, "soapenc": ENCODING, "xsd": XSD, "xsi": XSI}


def keeper_error(number: int, text: str) -> Refusal:
    """The register's declared fault."""
    detail = etree.Element(f"{{{NS}}}KeeperException", nsmap=NAMESPACES)
    detail.set(f"{{{XSI}}}type", "ns1:KeeperException")
    _members(detail, {"errorNo": str(number), "errorText": text})
    return Refusal(text, detail, code="Server.userException")


def parameters(root: Element) -> dict[str, Any]:
    """The operation's parameters in an envelope, references followed; raises Refusal."""
    body = root.find(f"{{{SOAP}}}Body")
    children = [] if body is None else list(body)
    targets = {child.get("id", ""): child for child in children}
    return {str(etree.QName(part).localname): _value(part, targets, 0) for part in children[0]}


def _value(element: Element, targets: dict[str, Element], depth: int) -> Any:
    if depth > DEEPEST:
        raise Refusal("values are nested too deep")
    reference = element.get("href", "")
    if reference:
        target = targets.get(reference.removeprefix("#"))
        if target is None:
            raise Refusal(f"the reference {reference} leads nowhere")
        return _value(target, targets, depth + 1)
    if len(element):
        return {etree.QName(child).localname: _value(child, targets, depth + 1) for child in element}
    return element.text or ""


def array_reply(operation: str, bean: str, items: list[dict[str, Any]]) -> list[Element]:
    """The body of an answer whose value is an array: the items come after it, as multiRef."""
    answer = _answer(operation)
    array = etree.SubElement(answer, f"{operation}Return")
    array.set(f"{{{ENCODING}}}arrayType", f"ns1:{bean}[{len(items)}]")
    array.set(f"{{{XSI}}}type", "soapenc:Array")
    for number in range(len(items)):
        etree.SubElement(array, f"{operation}Return", href=f"#id{number}")
    return [answer, *(_multi_ref(number, bean, item) for number, item in enumerate(items))]


def bean_reply(operation: str, bean: str, value: dict[str, Any]) -> list[Element]:
    """The body of an answer whose value is one bean."""
    answer = _answer(operation)
    etree.SubElement(answer, f"{operation}Return", href="#id0")
    return [answer, _multi_ref(0, bean, value)]


def _answer(operation: str) -> Element:
    answer = etree.Element(f"{{{NS}}}{operation}Response", nsmap=NAMESPACES)
    answer.set(f"{{{SOAP}}}encodingStyle", ENCODING)
    return answer


def _multi_ref(number: int, bean: str, value: dict[str, Any]) -> Element:
    element = etree.Element("multiRef", {"id": f"id{number}"}, nsmap=NAMESPACES)
    element.set(f"{{{ENCODING}}}root", "0")
    element.set(f"{{{SOAP}}}encodingStyle", ENCODING)
    element.set(f"{{{XSI}}}type", f"ns1:{bean}")
    _members(element, value)
    return element


def _members(element: Element, value: dict[str, Any]) -> None:
    for name, text in value.items():
        member = etree.SubElement(element, name)
        member.set(f"{{{XSI}}}type", MEMBER_TYPES.get(name, "xsd:string"))
        member.text = str(text)
