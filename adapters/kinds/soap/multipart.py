"""multipart/related (RFC 2387, RFC 2046) as SOAP uses it: read within limits, written plainly."""

import re
import uuid
from dataclasses import dataclass
from email.message import Message
from urllib.parse import unquote

from adapters.contracts.violation import Violation

MOST_PARTS = 100
LONGEST_HEADERS = 8 * 1024  # bytes of one part's headers
_BLANK = re.compile(rb"\r?\n\r?\n")


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
    outer = _typed(content_type)
    boundary = outer.get_param("boundary")
    if not isinstance(boundary, str) or not 1 <= len(boundary) <= 70 or not boundary.isascii():
        raise Violation("the multipart message says no boundary")
    found: dict[str, Part] = {}
    first = ""
    for chunk in _chunks(body, boundary.encode()):
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


def _chunks(body: bytes, boundary: bytes) -> list[bytes]:
    """What stands between the delimiters (RFC 2046 section 5.1.1)."""
    delimiter = re.compile(rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|$)")
    marks = []
    for mark in delimiter.finditer(body):
        marks.append(mark)
        if len(marks) > MOST_PARTS + 1:
            raise Violation(f"a message has at most {MOST_PARTS} parts")
        if mark[1]:
            break
    if len(marks) < 2 or not marks[-1][1]:
        raise Violation("the multipart message does not end", line=body.count(b"\n") + 1)
    return [body[one.end() : two.start()] for one, two in zip(marks, marks[1:], strict=False)]


def _part(chunk: bytes) -> tuple[str, Part]:
    blank = _BLANK.search(chunk, 0, LONGEST_HEADERS)
    if blank is None:
        raise Violation("a part has no headers, or more than is allowed")
    headers = Message()
    for line in re.sub(rb"\r?\n[ \t]+", b" ", chunk[: blank.start()]).splitlines():
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() in headers:
            raise Violation(f"a part says {name} twice")
        headers[name] = value.strip()
    encoding = headers.get("Content-Transfer-Encoding", "binary").lower()
    content = chunk[blank.end() :]
    if encoding in {"base64", "quoted-printable"}:
        headers.set_payload(content.decode("latin-1"))
        decoded = headers.get_payload(decode=True)
        content = decoded if isinstance(decoded, bytes) else b""
    elif encoding not in {"binary", "8bit", "7bit"}:
        raise Violation(f"a part is encoded as {encoding!r}")
    return _bare(headers.get("Content-ID", "")), Part(headers.get_content_type(), content)


def _typed(content_type: str) -> Message:
    message = Message()
    message["Content-Type"] = content_type
    return message


def _bare(name: str) -> str:
    return name.strip().removeprefix("<").removesuffix(">")
