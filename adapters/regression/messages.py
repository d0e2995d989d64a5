"""Messages with their values replaced: JSON values, XML documents and other text."""

import json
from typing import Any

from lxml import etree

from adapters.contracts.markup import local, parse
from adapters.contracts.violation import Violation
from adapters.regression.kinds_of_data import kind_of
from adapters.regression.pseudonyms import Pseudonyms

_SECURITY = "http://docs.oasis-open.org/wss/"


def value(names: Pseudonyms, found: Any, name: str = "") -> Any:
    """A JSON value with its texts replaced; a list's items go by the list's name."""
    if isinstance(found, dict):
        return {key: value(names, one, key) for key, one in found.items()}
    if isinstance(found, list):
        return [value(names, one, name) for one in found]
    if isinstance(found, int) and not isinstance(found, bool) and kind_of(name, str(found)):
        return int(names.text(name, str(found)))  # a number that is somebody's: digits stay digits
    return names.text(name, found) if isinstance(found, str) else found


def body(names: Pseudonyms, content: bytes, media_type: str) -> str:
    """A received body as text, replaced; signatures and certificates of its header are taken out."""
    if "json" in media_type:
        try:
            return json.dumps(value(names, json.loads(content)), ensure_ascii=False)
        except ValueError:
            return names.text("", content.decode("utf-8", "replace"))
    try:
        root = parse(content)
    except Violation:
        return names.text("", content.decode("utf-8", "replace"))
    for block in [one for one in root.iter() if str(one.tag).startswith(f"{{{_SECURITY}")]:
        if block.getparent() is not None:
            block.getparent().remove(block)
    for element in root.iter():
        for attribute, text in element.attrib.items():
            element.set(attribute, names.text(local(attribute), text))
        if element.text and element.text.strip():
            element.text = names.text(local(element.tag), element.text)
    return str(etree.tostring(root, encoding="unicode"))
