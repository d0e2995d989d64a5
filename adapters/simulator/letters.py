"""A SOAP answer that an agency posts by itself, to the address that ReplyTo named (WS-Addressing)."""

import uuid
from collections.abc import Callable
from typing import Any

from lxml import etree

from adapters.samples import soap
from adapters.simulator import addressing, parts
from adapters.simulator.callbacks import post_once
from adapters.simulator.soap import TYPES

WSA = addressing.NAMESPACES[0]


def post(
    content: Any,
    *,
    version: str,
    to: str,
    action: str,
    relates_to: str,
    documents: frozenset[str],
    seal: Callable[[bytes], bytes] | None,
) -> int:
    """Post an element as the answer to the message ``relates_to``; return the HTTP status, 0 without one.

    ``version`` is that of SOAP; ``documents`` are the Clark names whose base64 travels as parts; ``seal``
    signs the envelope.
    """
    envelope = soap.envelope(version, [], [content])
    blocks = {"Action": action, "MessageID": f"urn:uuid:{uuid.uuid4()}", "RelatesTo": relates_to}
    addressing.address(envelope, WSA, {**blocks, "To": to})
    body = bytes(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))
    body = seal(body) if seal is not None else body
    content_type = TYPES[version]
    if documents:
        content_type, packed = parts.packing(documents, content_type)
        body = packed(body)
    reply = post_once(to, body, {"Content-Type": content_type})
    return reply.status_code if reply is not None else 0
