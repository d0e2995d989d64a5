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
    is_json, is_xml = "json" in response.content_type, b"<" in body[:1] or "xml" in response.content_type
    is_xml = is_xml or "multipart/related" in response.content_type
    if switches.wrong_contract and not (is_json or is_xml):
        return _foreign(response, switches)
    if switches.wrong_contract:
        body = _foreign_json(body) if is_json else _foreign_xml(body)
    if response.seal is not None:
        body = response.seal(body)
    if switches.malformed:
        body = body[: max(1, len(body) * 2 // 3)]
    if switches.wrong_encoding and b"<?xml" in body[:2000] and not body.startswith(b"<?xml"):
        body = body.replace(b"?>", "?><!-- signé -->".encode("iso-8859-1"), 1)  # the root of several parts
    elif switches.wrong_encoding and not (is_json or is_xml):
        body += "signé".encode("iso-8859-1")
    elif switches.wrong_encoding:
        body = _mislabelled_json(body) if is_json else _mislabelled_xml(body)
    return replace(response, body=body, hang_up=switches.no_reply, seal=None)


def _foreign(response: Response, switches: Switches) -> Response:
    """A page in the place of an answer that is neither JSON nor XML, as gateways send it."""
    page = b"<!doctype html><title>Unforeseen</title>"
    return replace(response, body=page, content_type="text/html", hang_up=switches.no_reply, seal=None)


def _foreign_xml(body: bytes) -> bytes:
    """Rename the first element that has no children: still XML, but not what the contract says."""
    root = etree.fromstring(body)
    inner = next((part for part in root if etree.QName(part).localname == "Body"), root)
    leaf = next(element for element in inner.iter() if len(element) == 0)
    name = etree.QName(leaf)
    leaf.tag = etree.QName(name.namespace, f"Unforeseen{name.localname}").text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _foreign_json(body: bytes) -> bytes:
    """Rename the first member of the object; put what is none into one."""
    found = json.loads(body)
    if not isinstance(found, dict) or not found:
        return json.dumps({"unforeseen": found}).encode()
    members = list(found.items())
    return json.dumps(dict([("unforeseen", members[0][1]), *members[1:]])).encode()


def _mislabelled_xml(body: bytes) -> bytes:
    """Write ISO-8859-1 where the document says UTF-8."""
    text = body.decode("utf-8").encode("iso-8859-1", errors="replace")
    return text + "<!-- signé -->".encode("iso-8859-1")


def _mislabelled_json(body: bytes) -> bytes:
    text = body.decode("utf-8").encode("iso-8859-1", errors="replace").rstrip()
    if not text.endswith(b"}"):
        return b'["sign\xe9", ' + text + b"]"
    return text[:-1] + ', "note": "signé"}'.encode("iso-8859-1")
