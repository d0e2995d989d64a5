"""SOAP 1.1 envelopes as the two SOAP agencies read and write them."""

import threading
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
_VALIDATING = threading.Lock()


class BadEnvelope(Exception):
    """What came is no SOAP 1.1 message. Final for this message."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message taken apart: header blocks by qualified name, the body's first child, the body."""

    headers: dict[str, Element]
    content: Element
    body: Element
    root: Element


def safe_parse(body: bytes) -> Element:
    """Parse XML without DTD, entities or network; raises BadEnvelope."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise BadEnvelope(f"not well-formed XML: {error}") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise BadEnvelope("a document type declaration is not allowed")
    return root


def open_envelope(body: bytes) -> Envelope:
    """Take a request apart; raises BadEnvelope."""
    root = safe_parse(body)
    if root.tag != f"{{{SOAP}}}Envelope":
        raise BadEnvelope(f"the root is {root.tag}, not a SOAP 1.1 envelope")
    content = root.find(f"{{{SOAP}}}Body")
    if content is None or len(content) == 0:
        raise BadEnvelope("the body is empty")
    header = root.find(f"{{{SOAP}}}Header")
    blocks = {} if header is None else {str(block.tag): block for block in header}
    return Envelope(blocks, content[0], content, root)


def new_envelope(*content: Element) -> bytes:
    """Write an envelope around the body's children."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP, "xsd": XSD, "xsi": XSI})
    etree.SubElement(root, f"{{{SOAP}}}Body").extend(content)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def new_fault(code: str, text: str, detail: Element | None = None, *, uri: str = SOAP) -> bytes:
    """Write a fault; ``code`` is Client, Server or Server.userException, or one of the namespace ``uri``."""
    fault = etree.Element(
        f"{{{SOAP}}}Fault", nsmap={"soapenv": SOAP, **({} if uri == SOAP else {"code": uri})}
    )
    etree.SubElement(fault, "faultcode").text = f"{'soapenv' if uri == SOAP else 'code'}:{code}"
    etree.SubElement(fault, "faultstring").text = text
    if detail is not None:
        etree.SubElement(fault, "detail").append(detail)
    return new_envelope(fault)


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """The first thing that a schema does not allow."""

    line: int
    message: str
    element_name: str


def schema_fault(schema: etree.XMLSchema, element: Element) -> SchemaFault | None:
    """Validate; None where all is in order. A schema's error log is shared, hence one at a time."""
    with _VALIDATING:
        if schema.validate(element):
            return None
        log: Any = schema.error_log
        error = log.last_error
    name = (error.path or "").rpartition("/")[2].rpartition(":")[2]
    return SchemaFault(error.line, error.message, name)
