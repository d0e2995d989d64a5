"""XML as agencies write and read it by hand: plain lxml, none of the portal's codecs."""

from typing import Any

from lxml import etree
from lxml.etree import _Element as Element


def tree(uri: str, prefix: str, name: str, /, **children: str) -> Element:
    """An element with text children of the same namespace, in this order; empty ones are left out."""
    element = etree.Element(f"{{{uri}}}{name}", nsmap={prefix: uri})
    for child, text in children.items():
        if text:
            etree.SubElement(element, f"{{{uri}}}{child}").text = text
    return element


def text_of(parent: Any, path: str) -> str:
    """The text below an element at ``Name/Name`` in its own namespace, "" where there is none."""
    uri = etree.QName(parent).namespace
    return (parent.findtext("/".join(f"{{{uri}}}{name}" for name in path.split("/"))) or "").strip()
