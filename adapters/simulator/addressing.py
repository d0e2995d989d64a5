"""WS-Addressing of answers: what was asked, said again as what is answered."""

import uuid
from typing import Any

from lxml import etree

from adapters.contracts.markup import namespace

NAMESPACES = ("http://www.w3.org/2005/08/addressing", "http://schemas.xmlsoap.org/ws/2004/08/addressing")


def relate(envelope: Any, asked: Any) -> None:
    """Give an answer Action, MessageID and RelatesTo, where the request has a MessageID of WS-Addressing."""
    found = (one for one in asked.iterfind("./{*}Header/{*}MessageID") if namespace(one.tag) in NAMESPACES)
    name = next(found, None)
    if name is None:
        return
    uri = namespace(name.tag)
    action = (asked.findtext(f"./{{*}}Header/{{{uri}}}Action") or "").strip()
    blocks = {"Action": f"{action}Response", "MessageID": f"urn:uuid:{uuid.uuid4()}"}
    address(envelope, uri, {**blocks, "RelatesTo": (name.text or "").strip()})


def address(envelope: Any, uri: str, blocks: dict[str, str]) -> None:
    """Put header blocks of a version of WS-Addressing into an envelope; empty ones are left out."""
    header = envelope.find("{*}Header")
    if header is None:
        header = etree.Element(f"{{{namespace(envelope.tag)}}}Header")
        envelope.insert(0, header)
    for block, text in blocks.items():
        if text:
            etree.SubElement(header, f"{{{uri}}}{block}", nsmap={"wsa": uri}).text = text
