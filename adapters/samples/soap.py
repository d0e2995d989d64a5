"""SOAP messages made from a contract: envelopes around sampled headers, bodies and faults."""

from typing import Any

from lxml import etree

from adapters.contracts import bodies, encoded
from adapters.contracts.markup import local, namespace
from adapters.contracts.wsdl import WsdlOperation
from adapters.samples.contract import XmlContract

ENVELOPES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}


def envelope(version: str, headers: list[Any], body: list[Any]) -> Any:
    """An Envelope element; ``version`` is 1.1 or 1.2, ``body`` what the schema set knows of it."""
    uri = ENVELOPES[version]
    root = etree.Element(f"{{{uri}}}Envelope", nsmap={"soap": uri})
    if headers:
        etree.SubElement(root, f"{{{uri}}}Header").extend(headers)
    holder = etree.SubElement(root, f"{{{uri}}}Body")
    holder.extend(body)
    bodies.write(holder)
    return root


def on_the_wire(contract: XmlContract, operation: WsdlOperation, element: Any) -> Any:
    """A message that an Envelope takes: SOAP encoding says the types of its elements, and of its arrays."""
    if not operation.is_encoded:
        return element
    codec = contract.codecs.codec(element.tag, typed=True)
    made = codec.element_of(codec.decode(element))
    encoded.mark_arrays(made, contract.schemas, operation.encoding)
    made.set(f"{{{ENVELOPES[operation.soap_version]}}}encodingStyle", operation.encoding)
    return made


def request(contract: XmlContract, operation: WsdlOperation, *, full: bool = False, seed: int = 0) -> Any:
    """The Envelope of a valid request; raises NoExample."""
    headers = [contract.sample(name, full=full, seed=seed) for name in operation.headers]
    return envelope(
        operation.soap_version, headers, _body(contract, operation, operation.request, full, seed)
    )


def reply(contract: XmlContract, operation: WsdlOperation, *, full: bool = False, seed: int = 0) -> Any:
    """The Envelope of a valid answer; raises NoExample."""
    headers = [contract.sample(name, full=full, seed=seed) for name in operation.reply_headers]
    return envelope(operation.soap_version, headers, _body(contract, operation, operation.reply, full, seed))


def _body(contract: XmlContract, operation: WsdlOperation, name: str, full: bool, seed: int) -> list[Any]:
    if not name:
        return []
    return [on_the_wire(contract, operation, contract.sample(name, full=full, seed=seed))]


def fault(version: str, detail: Any | None, text: str, *, code: str = "", lang: str = "en") -> Any:
    """The Envelope of a Fault (SOAP 1.1, 4.4; 1.2 part 1, 5.4).

    ``code`` is Client (the default), Server, or one below them (``Server.userException``); in Clark notation
    it is somebody else's code, which SOAP 1.2 has below Sender.
    """
    uri = ENVELOPES[version]
    root = envelope(version, [], [etree.Element(f"{{{uri}}}Fault")])
    element = root[-1][0]
    foreign, bare = namespace(code), local(code) or "Client"
    if version == "1.1":
        faultcode = etree.SubElement(element, "faultcode", nsmap={"code": foreign} if foreign else None)
        faultcode.text = f"{'code' if foreign else 'soap'}:{bare}"
        etree.SubElement(element, "faultstring").text = text
        holder = "detail"
    else:
        outer = etree.SubElement(element, f"{{{uri}}}Code")
        is_theirs = foreign or bare.startswith("Client")
        etree.SubElement(outer, f"{{{uri}}}Value").text = "soap:Sender" if is_theirs else "soap:Receiver"
        if foreign:
            inner = etree.SubElement(outer, f"{{{uri}}}Subcode")
            etree.SubElement(inner, f"{{{uri}}}Value", nsmap={"code": foreign}).text = f"code:{bare}"
        reason = etree.SubElement(etree.SubElement(element, f"{{{uri}}}Reason"), f"{{{uri}}}Text")
        reason.text = text
        reason.set("{http://www.w3.org/XML/1998/namespace}lang", lang)
        holder = f"{{{uri}}}Detail"
    if detail is not None:
        etree.SubElement(element, holder).append(detail)
    return root
