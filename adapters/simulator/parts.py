"""Attachments of SOAP messages (MTOM and XOP), read and written with the standard library's ``email``.

The adapter has a reader and a writer of its own, so that each is a check on the other.
"""

import email
import email.policy
import uuid
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from lxml import etree

from adapters.contracts.markup import XSD, clark, parse
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import Violation
from adapters.simulator.server import Request

INCLUDE = "{http://www.w3.org/2004/08/xop/include}Include"
BINARY = f"{XSD}base64Binary"
DEEPEST = 12


def binary_names(schemas: SchemaSet) -> frozenset[str]:
    """The elements that are declared as base64, by Clark name."""
    found = set()
    for document in (one for documents in schemas.documents.values() for one in documents):
        uri = document.get("targetNamespace", "")
        is_qualified = document.get("elementFormDefault") == "qualified"
        for element in document.iter(f"{XSD}element"):
            if element.get("name") and _is_binary(schemas, element, DEEPEST):
                is_bare = not uri or not is_qualified and element.getparent() is not document
                found.add(element.get("name") if is_bare else f"{{{uri}}}{element.get('name')}")
    return frozenset(found)


def _is_binary(schemas: SchemaSet, declared: Any, deepest: int) -> bool:
    """Whether an element or a type is base64 by its type, or by what that is derived from."""
    named = declared.get("type") or declared.get("base")
    if named is None or not deepest:
        kinds = ("simpleType", "complexType", "simpleContent", "restriction", "extension")
        inner = next(declared.iterchildren(*(f"{XSD}{kind}" for kind in kinds)), None)
        return inner is not None and deepest > 0 and _is_binary(schemas, inner, deepest - 1)
    name = clark(declared, named)
    type_ = schemas.find("simpleType", name)
    if type_ is None:
        type_ = schemas.find("complexType", name)
    return name == BINARY or (type_ is not None and _is_binary(schemas, type_, deepest - 1))


def is_spoken(request: Request) -> bool:
    """Whether the one who asks reads messages of several parts."""
    said = f"{request.header('Content-Type')} {request.header('Accept')}".lower()
    return "multipart/related" in said or "application/xop+xml" in said


def assembled(request: Request) -> bytes:
    """The envelope with base64 where it refers to parts; raises Violation."""
    return together(request.body, request.header("Content-Type"))


def together(body: bytes, content_type: str) -> bytes:
    """The same of a body and its Content-Type; one that is of a single part comes back as it is."""
    if not content_type.lower().startswith("multipart/related"):
        return body
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    whole = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    found: dict[str, bytes] = {}
    for part in whole.iter_parts():
        octets = part.get_payload(decode=True)
        found[str(part.get("Content-ID", "")).strip("<> ")] = octets if isinstance(octets, bytes) else b""
    start = str(whole.get_param("start", "")).strip("<> ") or next(iter(found), "")
    root = parse(found.get(start, b""))
    for included in list(root.iter(INCLUDE)):
        name = unquote(str(included.get("href", "")).removeprefix("cid:"))
        parent = included.getparent()
        if parent is None or name not in found:
            raise Violation(f"there is no part {name}", line=included.sourceline or 0)
        parent.remove(included)
        parent.text = b64encode(found[name]).decode()
    return bytes(etree.tostring(root))


def packing(names: frozenset[str], envelope_type: str) -> tuple[str, Callable[[bytes], bytes]]:
    """The Content-Type of a message with parts, and the function that makes one of a signed envelope."""
    boundary = f"part-{uuid.uuid4().hex}"
    bare = envelope_type.partition(";")[0]
    content_type = (
        f'multipart/related; boundary="{boundary}"; type="application/xop+xml"; start="<envelope@agency>"; '
        f'start-info="{bare}"'
    )

    def packed(message: bytes) -> bytes:
        root: Any = etree.fromstring(message)
        parts = [("envelope@agency", f'application/xop+xml; charset=UTF-8; type="{bare}"', b"")]
        for number, element in enumerate(one for one in root.iter() if one.tag in names and one.text):
            name = f"document-{number}@agency"
            parts.append((name, "application/octet-stream", b64decode(element.text)))
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
