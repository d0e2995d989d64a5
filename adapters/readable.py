"""Wire bytes as text that a person can read: XML and JSON indented, everything else as it came."""

import json
from typing import Any

from lxml import etree

LONGEST = 200_000  # characters shown; the log keeps the rest


def readable(body: bytes, media_type: str = "", *, as_it_came: bool = False) -> str:
    """Return the body as text; with ``as_it_came`` its own lines are kept, so that a line's number holds."""
    if not as_it_came:
        for indented in (_xml, _json):
            text = indented(body)
            if text is not None:
                return text[:LONGEST]
    encoding = "iso-8859-1" if "8859" in media_type else "utf-8"
    return body.decode(encoding, errors="replace").replace("\r\n", "\n")[:LONGEST]


def _xml(body: bytes) -> str | None:
    if not body.lstrip().startswith(b"<") or b"<!DOCTYPE" in body:
        return None  # a document type may define entities; it is shown as it came, and nothing is expanded
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return None
    if getattr(root.getroottree().docinfo, "doctype", ""):  # in an encoding in which it was not seen above
        return None
    return etree.tostring(root, pretty_print=True, encoding="unicode")


def _json(body: bytes) -> str | None:
    try:
        return written(json.loads(body))
    except (ValueError, RecursionError):  # not JSON, or nested deeper than anybody reads
        return None


def written(value: Any) -> str:
    """Return a JSON value indented; half a surrogate pair, which no page can carry, stays escaped."""
    return json.dumps(value, indent=1, ensure_ascii=False).encode(errors="backslashreplace").decode()
