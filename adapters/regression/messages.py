"""Messages with their values replaced: JSON values, XML documents with what came beside them, other text."""

import json
from collections.abc import Iterator
from typing import Any

from lxml import etree

from adapters.contracts.markup import local, namespace, parse
from adapters.contracts.violation import Violation
from adapters.regression.kinds_of_data import kind_of
from adapters.regression.pseudonyms import Pseudonyms
from adapters.simulator import parts

XML = "text/xml; charset=utf-8"
_SECURITY = "http://docs.oasis-open.org/wss/"
_STRUCTURE = {"http://www.w3.org/2001/XMLSchema-instance", "http://schemas.xmlsoap.org/soap/envelope/"}
_POINTERS = {"id", "href", "ref", "encodingStyle", "mustUnderstand", "role", "RelationshipType"}


def learn(names: Pseudonyms, found: Any, name: str = "") -> None:
    """Know the values of a JSON value, before anything is replaced."""
    for at, text in leaves(found, name):
        names.learn(at, str(text))


def leaves(found: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The texts and numbers of a JSON value, a list's by the list's name."""
    if isinstance(found, dict):
        for key, one in found.items():
            yield from leaves(one, key)
    elif isinstance(found, list):
        for one in found:
            yield from leaves(one, name)
    elif isinstance(found, str | int | float) and not isinstance(found, bool):
        yield name, found


def value(names: Pseudonyms, found: Any, name: str = "") -> Any:
    """A JSON value with its texts and large numbers replaced; a list's items go by the list's name."""
    if isinstance(found, dict):
        return {_key(names, key): value(names, one, key) for key, one in found.items()}
    if isinstance(found, list):
        return [value(names, one, name) for one in found]
    if isinstance(found, int | float) and not isinstance(found, bool):
        return names.figure(name, found)  # a number that is somebody's: digits stay digits
    return names.text(name, found) if isinstance(found, str) else found


def _key(names: Pseudonyms, key: str) -> str:
    """A member's name, which is a value where the members are known by somebody's number."""
    return names.text("", key) if kind_of("", key) else key


def learn_body(names: Pseudonyms, content: bytes, media_type: str) -> None:
    """The same for a body as it was received."""
    if "json" in media_type:
        found = parsed(content)
        learn(names, found)
        return
    for name, text in texts(content, media_type):
        names.learn(name, text)


def texts(content: bytes, media_type: str = XML) -> Iterator[tuple[str, str]]:
    """The texts of an XML document by the names of elements and attributes; a text of another kind as one."""
    root = _xml(content, media_type)
    if root is None:
        yield "", content.decode("latin-1" if "8859-1" in media_type else "utf-8", "replace")
        return
    _bare(root)
    for element in root.iter():
        yield local(element.tag), element.text or ""
        yield "", element.tail or ""
        yield from ((local(name), element.get(name)) for name in element.attrib if not _is_structure(name))


def body(names: Pseudonyms, content: bytes, media_type: str) -> tuple[str, str]:
    """A received body replaced, and its media type; what came as parts stands in the envelope again.

    Signatures and certificates of its header are taken out, comments too: the parser drops them.
    """
    if "json" in media_type:
        found = parsed(content)
        if found is not None:
            return json.dumps(value(names, found), ensure_ascii=False), media_type
    root = _xml(content, media_type)
    if root is None:
        return names.text("", content.decode("utf-8", "replace")), media_type
    _bare(root)
    for element in root.iter():
        _replace(names, element)
    is_soap_12 = "application/soap+xml" in media_type
    kept = "application/soap+xml; charset=utf-8" if is_soap_12 else XML
    return str(etree.tostring(root, encoding="unicode")), media_type if _is_plain(media_type) else kept


def _is_plain(media_type: str) -> bool:
    charset = media_type.lower().partition("charset=")[2].strip('"; ')
    return "multipart/" not in media_type and charset in {"", "utf-8", "utf8"}


def parsed(content: bytes) -> Any:
    """The value of JSON, None where it is none."""
    try:
        return json.loads(content)
    except ValueError:
        return None


def _xml(content: bytes, media_type: str) -> Any:
    """The document, the parts that came beside it put back; None where it is none."""
    try:
        return parse(parts.together(content, media_type))
    except Violation:
        return None


def _bare(root: Any) -> None:
    """Without security headers; the parser has dropped comments already."""
    for block in [one for one in root.iter() if str(one.tag).startswith(f"{{{_SECURITY}")]:
        if block.getparent() is not None:
            block.getparent().remove(block)


def _is_structure(attribute: str) -> bool:
    return namespace(attribute) in _STRUCTURE or local(attribute) in _POINTERS


def _replace(names: Pseudonyms, element: Any) -> None:
    for attribute, text in element.attrib.items():
        if not _is_structure(attribute):
            element.set(attribute, names.text(local(attribute), text))
    if element.text and element.text.strip():
        element.text = names.text(local(element.tag), element.text)
    if element.tail and element.tail.strip():
        element.tail = names.text("", element.tail)
