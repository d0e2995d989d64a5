"""MTOM and XOP (W3C, 25 January 2005): base64 content beside the envelope; SOAP with Attachments read."""

import uuid
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Any

from lxml import etree

from adapters.contracts.markup import XSD, clark
from adapters.contracts.outline import Node
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import Violation
from adapters.kinds.soap import multipart
from adapters.kinds.soap.envelope import Version
from adapters.kinds.soap.multipart import Part

XOP = "http://www.w3.org/2004/08/xop/include"
INCLUDE = f"{{{XOP}}}Include"
ROOT_TYPE = "application/xop+xml"
SMALLEST = 1024  # octets: what is shorter stays in the envelope
BINARY = f"{XSD}base64Binary"
DEEPEST = 12


def binary_tags(schemas: SchemaSet, root: Node) -> frozenset[str]:
    """The elements of a message whose content is base64, by Clark name.

    Each element of a type is looked into once: types may hold themselves, and large ones hold thousands.
    """
    found, seen, waiting = set(), {(root.tag, root.type_name)}, [root]
    while waiting:
        node = waiting.pop()
        if node.is_text and _base(schemas, node.type_name) == BINARY:
            found.add(node.tag)
        for child in node.children:
            if (child.tag, child.type_name) not in seen:
                seen.add((child.tag, child.type_name))
                waiting.append(child)
    return frozenset(found)


def _base(schemas: SchemaSet, name: str) -> str:
    """The built-in type below a named one."""
    for _ in range(DEEPEST):
        declared = schemas.find("simpleType", name)
        if declared is None:
            declared = schemas.find("complexType", name)
        if declared is None:
            return name
        derived = next(declared.iter(f"{XSD}restriction", f"{XSD}extension"), None)
        if derived is None or not derived.get("base"):
            return ""
        name = clark(derived, derived.get("base"))
    return name


def pack(
    root: Any, tags: frozenset[str], version: Version, action: str, smallest: int = SMALLEST
) -> tuple[str, bytes]:
    """The Content-Type and octets of an envelope, its base64 elements of some length as parts.

    Changes ``root``. Signatures were made before: they cover the base64 text (XOP section 3.1).
    """
    parts: dict[str, Part] = {}
    for element in root.iter(*tags) if tags else ():
        octets = _octets(element.text or "", smallest)
        if octets is not None:
            name = f"{uuid.uuid4().hex}@onestop"
            parts[name] = Part("application/octet-stream", octets)
            element.text = None
            etree.SubElement(element, INCLUDE, {"href": f"cid:{name}"}, {"xop": XOP})
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    named = f'; action=\\"{action}\\"' if version.number == "1.2" and action else ""
    root_type = f'{ROOT_TYPE}; charset=UTF-8; type="{version.media_type}{named}"'
    outer = f'; start-info="{version.media_type}"' + (f'; action="{action}"' if named else "")
    return multipart.write(Part(ROOT_TYPE, body), root_type, parts, outer)


def _octets(text: str, smallest: int) -> bytes | None:
    """The octets of base64 in canonical form that is long enough to go apart, None for all else."""
    if len(text) * 3 // 4 < smallest:
        return None
    try:
        found = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return None
    return found if b64encode(found).decode() == text else None


class Attachments:
    """The parts beside a received envelope; each is taken once.

    Includes are part of the signed text, what an element merely refers to is not: where the envelope must be
    signed, ``may_attach`` is False.
    """

    def __init__(self, parts: dict[str, Part]) -> None:
        self._parts = parts
        self.may_attach = True

    def include(self, root: Any) -> None:
        """Put parts where ``xop:Include`` stands, as base64; raises Violation for one that leads nowhere."""
        for included in list(root.iter(INCLUDE)):
            parent = included.getparent()
            if (
                parent is None
                or len(parent) != 1
                or (parent.text or "").strip()
                or (included.tail or "").strip()
            ):
                raise Violation("an Include must stand alone in its element", line=included.sourceline or 0)
            parent.text = self._take(included.get("href", ""), included.sourceline or 0)
            parent.remove(included)

    def attach(self, content: Any) -> None:
        """Put parts where an element refers to one by text or ``href`` (SOAP with Attachments, swaRef)."""
        if not self._parts:
            return
        for element in content.iter():
            href = element.get("href") or (element.text or "").strip()
            if len(element) == 0 and href[:4].lower() == "cid:":
                if not self.may_attach:
                    line = element.sourceline or 0
                    raise Violation("the signature does not cover an attachment", line=line)
                element.text = self._take(href, element.sourceline or 0)

    def _take(self, href: str, line: int) -> str:
        part = self._parts.pop(multipart.cid(href), None)
        if part is None:
            raise Violation(f"the part {href[:80]!r} is missing, or taken twice", line=line)
        return b64encode(part.body).decode()


NONE = Attachments({})


def unpack(content_type: str, body: bytes) -> tuple[bytes, Attachments]:
    """The envelope's octets and what came beside it; raises Violation."""
    if not multipart.is_related(content_type):
        return body, NONE
    related = multipart.read(content_type, body)
    if related.root.media_type not in {ROOT_TYPE, "text/xml", "application/soap+xml"}:
        raise Violation(f"the root part is {related.root.media_type}, not an envelope")
    return related.root.body, Attachments(related.others)
