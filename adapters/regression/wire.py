"""What went over the wire in the form in which two runs compare: by what it says, not by how it is laid out.

XML is canonical (C14N) and indented, JSON sorted, forms are lists; what was proved with (security headers,
tokens, signatures) and what differs from run to run is left out or written as a word.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from lxml import etree

from adapters.contracts.markup import parse
from adapters.contracts.violation import Violation
from adapters.regression.recorded import settled
from adapters.simulator import parts

_SECURITY = "{http://docs.oasis-open.org/wss/"
_UNTOLD = {  # of the transport, or of who we are
    *("host", "user-agent", "content-length", "connection", "accept-encoding", "transfer-encoding"),
    *("authorization", "signature", "signature-input", "content-digest", "digest", "traceparent", "date"),
}


def shown(content: bytes, media_type: str) -> str:
    """A body as text that compares."""
    kind = media_type.partition(";")[0].strip().lower()
    if "json" in kind:
        return settled(_json(content))
    if "xml" in kind or kind.startswith("multipart/related"):
        return settled(_xml(content, media_type))
    if kind == "application/x-www-form-urlencoded":
        return settled("\n".join(f"{name}={one}" for name, one in parse_qsl(content.decode(), True)))
    return settled(content.decode("utf-8", "replace"))


def said(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that the contract, the mapping or the protocol put there, by name in lower case."""
    found = {name.lower(): value for name, value in headers.items()}
    told = {name: settled(value) for name, value in sorted(found.items()) if name not in _UNTOLD}
    if "multipart/" in told.get("content-type", ""):
        told["content-type"] = told["content-type"].partition(";")[0]  # the boundary is drawn anew
    return told


def sorted_json(value: Any) -> str:
    """A JSON value as text that compares."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


def _json(content: bytes) -> str:
    try:
        return sorted_json(json.loads(content)) if content else ""
    except ValueError:
        return content.decode("utf-8", "replace")


def _xml(content: bytes, media_type: str) -> str:
    try:
        root = parse(parts.together(content, media_type)) if content else None
    except Violation:
        root = None
    if root is None:
        return content.decode("utf-8", "replace")
    for block in [one for one in root.iter() if str(one.tag).startswith(_SECURITY)]:
        if block.getparent() is not None:
            block.getparent().remove(block)
    etree.indent(root, " ")
    return str(etree.tostring(root, method="c14n", exclusive=True).decode())
