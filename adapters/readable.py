"""Wire bytes as text that a person can read: XML and JSON indented, everything else as it came."""

import json

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
    return body.decode(encoding, errors="replace")[:LONGEST]


def _xml(body: bytes) -> str | None:
    if not body.lstrip().startswith(b"<"):
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True, huge_tree=False
    )
    try:
        return etree.tostring(etree.fromstring(body, parser), pretty_print=True, encoding="unicode")
    except etree.XMLSyntaxError:
        return None


def _json(body: bytes) -> str | None:
    try:
        return json.dumps(json.loads(body), indent=1, ensure_ascii=False)
    except ValueError:
        return None
