"""multipart/related (RFC 2387, RFC 2046) as SOAP uses it: read within limits, written plainly."""

import uuid
from dataclasses import dataclass
from urllib.parse import unquote

from adapters import multipart
from adapters.contracts.violation import Violation


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its media type without parameters, and its octets."""

    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Related:
    """A root part and the others by Content-ID, without angle brackets."""

    root: Part
    others: dict[str, Part]


def is_related(content_type: str) -> bool:
    """True where a message consists of several parts."""
    return content_type[:17].lower() == "multipart/related"


def read(content_type: str, body: bytes) -> Related:
    """Take a message apart; raises Violation for what is not one message of named parts."""
    outer = multipart.typed(content_type)
    found: dict[str, Part] = {}
    first = ""
    for chunk in multipart.chunks(body, multipart.boundary(outer)):
        name, part = _part(chunk)
        if name in found:
            raise Violation(f"two parts have the Content-ID {name!r}")
        first = first or name or "."
        found[name] = part
    start = outer.get_param("start")
    name = _bare(start) if isinstance(start, str) else first.removesuffix(".")
    if name not in found:
        raise Violation(f"the multipart message has no root part {name!r}")
    return Related(found.pop(name), found)


def write(root: Part, root_type: str, others: dict[str, Part], outer: str) -> tuple[str, bytes]:
    """The Content-Type and the octets of a message; ``outer`` are further parameters, from ``; `` on."""
    boundary = f"part-{uuid.uuid4().hex}"
    start = f"root-{uuid.uuid4().hex}@onestop"
    pieces = [_head(boundary, start, root_type, "8bit"), root.body]
    for name, part in others.items():
        pieces += [b"\r\n", _head(boundary, name, part.media_type, "binary"), part.body]
    pieces.append(f"\r\n--{boundary}--\r\n".encode())
    content_type = f'multipart/related; type="{root.media_type}"; boundary="{boundary}"; start="<{start}>"'
    return content_type + outer, b"".join(pieces)


def cid(href: str) -> str:
    """The Content-ID behind a ``cid:`` address (RFC 2392); raises Violation for another address."""
    if not href.lower().startswith("cid:"):
        raise Violation(f"the reference {href[:80]!r} does not lead to a part of the message")
    return unquote(href[4:])


def _head(boundary: str, name: str, media_type: str, encoding: str) -> bytes:
    return (
        f"--{boundary}\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: {encoding}\r\n"
        f"Content-ID: <{name}>\r\n\r\n"
    ).encode()


def _part(chunk: bytes) -> tuple[str, Part]:
    headers, content = multipart.part(chunk)
    return _bare(headers.get("Content-ID", "")), Part(headers.get_content_type(), content)


def _bare(name: str) -> str:
    return name.strip().removeprefix("<").removesuffix(">")
