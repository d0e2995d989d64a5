"""Spoiling an answer in the ways that real systems do, without changing what was done."""

import json
from dataclasses import replace

from lxml import etree

from adapters.simulator.server import Response
from adapters.simulator.switches import Switches


def damaged(response: Response, switches: Switches) -> Response:
    """Return the response as the switches want it; what breaks the contract is signed all the same."""
    if not response.body:
        return replace(response, hang_up=switches.no_reply)
    body = response.body
    is_json = "json" in response.content_type
    if switches.wrong_contract:
        body = _foreign_json(body) if is_json else _foreign_xml(body)
    if response.seal is not None:
        body = response.seal(body)
    if switches.malformed:
        body = body[: max(1, len(body) * 2 // 3)]
    if switches.wrong_encoding and b"<?xml" in body[:2000] and not body.startswith(b"<?xml"):
        body = body.replace(b"?>", "?><!-- signé -->".encode("iso-8859-1"), 1)  # the root of several parts
    elif switches.wrong_encoding:
        body = _mislabelled_json(body) if is_json else _mislabelled_xml(body)
    return replace(response, body=body, hang_up=switches.no_reply, seal=None)


def _foreign_xml(body: bytes) -> bytes:
    """Rename the first element that has no children: still XML, but not what the contract says."""
    root = etree.fromstring(body)
    inner = next((part for part in root if etree.QName(part).localname == "Body"), root)
    leaf = next(element for element in inner.iter() if len(element) == 0)
    name = etree.QName(leaf)
    leaf.tag = etree.QName(name.namespace, f"Unforeseen{name.localname}").text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _foreign_json(body: bytes) -> bytes:
    """Rename the first member of the object."""
    members = list(json.loads(body).items())
    return json.dumps(dict([("unforeseen", members[0][1]), *members[1:]])).encode()


def _mislabelled_xml(body: bytes) -> bytes:
    """Write ISO-8859-1 where the document says UTF-8."""
    text = body.decode("utf-8").encode("iso-8859-1", errors="replace")
    return text + "<!-- signé -->".encode("iso-8859-1")


def _mislabelled_json(body: bytes) -> bytes:
    text = body.decode("utf-8").encode("iso-8859-1", errors="replace").rstrip()
    return text[:-1] + ', "note": "signé"}'.encode("iso-8859-1")
