"""The pension agency's SOAP 1.2: envelopes with WS-Addressing, and MIME parts by the standard library.

The parts are read by ``email``, not by the adapter's own reader, so that each is a check on the other.
"""

import email
import email.policy
import uuid
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree
from lxml.etree import _Element as Element

from adapters.sandbox.soap import BadEnvelope, safe_parse
from adapters.simulator.server import Request

SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
NS = "urn:aurelia:pen:pension:v1"
INCLUDE = "{http://www.w3.org/2004/08/xop/include}Include"
CONTENT = f"{{{NS}}}Content"
PLAIN_TYPE = "application/soap+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Message:
    """A request taken apart."""

    root: Element
    content: Element
    message_id: str
    reply_to: str
    action: str


def open_message(request: Request) -> Message:
    """Read a request, with its parts in their places; raises BadEnvelope."""
    root = safe_parse(_assembled(request))
    names = [str(part.tag) for part in root]
    if root.tag != f"{{{SOAP}}}Envelope" or names != [f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"]:
        raise BadEnvelope("the message is not a SOAP 1.2 envelope with a header")
    header, body = root
    if len(body) != 1:
        raise BadEnvelope("the body holds one element")
    return Message(
        root,
        body[0],
        _text(header, "MessageID"),
        _text(header, "ReplyTo", "Address"),
        _text(header, "Action"),
    )


def _text(header: Element, *names: str) -> str:
    return (header.findtext("/".join(f"{{{WSA}}}{name}" for name in names)) or "").strip()


def _assembled(request: Request) -> bytes:
    """The envelope with base64 where it refers to parts."""
    content_type = request.header("Content-Type")
    if not content_type.lower().startswith("multipart/related"):
        return request.body
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    whole = email.message_from_bytes(head + request.body, policy=email.policy.HTTP)
    parts: dict[str, bytes] = {}
    for part in whole.iter_parts():
        octets = part.get_payload(decode=True)
        parts[str(part.get("Content-ID", "")).strip("<> ")] = octets if isinstance(octets, bytes) else b""
    root = safe_parse(parts.get(str(whole.get_param("start", "")).strip("<> "), b""))
    for included in list(root.iter(INCLUDE)):
        name = unquote(str(included.get("href", "")).removeprefix("cid:"))
        parent = included.getparent()
        if parent is None or name not in parts:
            raise BadEnvelope(f"there is no part {name}")
        parent.remove(included)
        parent.text = b64encode(parts[name]).decode()
    return etree.tostring(root)


def new_message(content: Element, action: str, relates_to: str, to: str) -> tuple[bytes, str]:
    """An envelope, and its new MessageID."""
    message_id = f"urn:uuid:{uuid.uuid4()}"
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"env": SOAP, "wsa": WSA})
    header = etree.SubElement(root, f"{{{SOAP}}}Header")
    blocks = {"Action": action, "MessageID": message_id, "RelatesTo": relates_to, "To": to}
    for name, text in blocks.items():
        if text:
            etree.SubElement(header, f"{{{WSA}}}{name}").text = text
    etree.SubElement(root, f"{{{SOAP}}}Body").append(content)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8"), message_id


def new_fault(code: str, text: str, detail: Element | None = None, subcode: str = "") -> Element:
    """A SOAP 1.2 Fault; ``code`` is Sender or Receiver, ``subcode`` one of WS-Security."""
    fault = etree.Element(f"{{{SOAP}}}Fault", nsmap={"env": SOAP, "wsse": WSSE})
    value = etree.SubElement(fault, f"{{{SOAP}}}Code")
    etree.SubElement(value, f"{{{SOAP}}}Value").text = f"env:{code}"
    if subcode:
        inner = etree.SubElement(value, f"{{{SOAP}}}Subcode")
        etree.SubElement(inner, f"{{{SOAP}}}Value").text = f"wsse:{subcode}"
    reason = etree.SubElement(etree.SubElement(fault, f"{{{SOAP}}}Reason"), f"{{{SOAP}}}Text")
    reason.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    reason.text = text
    if detail is not None:
        etree.SubElement(fault, f"{{{SOAP}}}Detail").append(detail)
    return fault


def packing() -> tuple[str, Callable[[bytes], bytes]]:
    """The Content-Type of a message with parts, and the function that makes one of a signed envelope."""
    boundary = f"pen-{uuid.uuid4().hex}"
    content_type = (
        f'multipart/related; boundary="{boundary}"; type="application/xop+xml"; start="<envelope@pen>"; '
        'start-info="application/soap+xml"'
    )

    def packed(message: bytes) -> bytes:
        root = etree.fromstring(message)
        parts = [("envelope@pen", 'application/xop+xml; charset=UTF-8; type="application/soap+xml"', b"")]
        for number, element in enumerate(root.iter(CONTENT)):
            name = f"document-{number}@pen"
            parts.append((name, "application/octet-stream", b64decode(element.text or "")))
            element.text = None
            etree.SubElement(element, INCLUDE, href=f"cid:{name}")
        envelope = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        found = b""
        for name, media_type, octets in parts:
            head = f"--{boundary}\r\nContent-ID: <{name}>\r\nContent-Type: {media_type}\r\n"
            head += "Content-Transfer-Encoding: binary\r\n\r\n"
            found += head.encode() + (octets or envelope) + b"\r\n"
        return found + f"--{boundary}--\r\n".encode()

    return content_type, packed
