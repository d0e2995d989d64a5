"""The parts of a multipart message (RFC 2046), taken apart within limits."""

import re
from email.message import Message

from adapters.contracts.violation import Violation

MOST_PARTS = 100
LONGEST_HEADERS = 8 * 1024  # bytes of one part's headers
_BLANK = re.compile(rb"\r?\n\r?\n")


def typed(content_type: str) -> Message:
    """A header field Content-Type, for its parameters."""
    message = Message()
    message["Content-Type"] = content_type
    return message


def boundary(outer: Message) -> bytes:
    """The boundary that a Content-Type says; raises Violation."""
    found = outer.get_param("boundary")
    if not isinstance(found, str) or not 1 <= len(found) <= 70 or not found.isascii():
        raise Violation("the multipart message says no boundary")
    return found.encode()


def chunks(body: bytes, between: bytes) -> list[bytes]:
    """What stands between the delimiters (RFC 2046 section 5.1.1); raises Violation."""
    delimiter = re.compile(rb"(?:^|\r?\n)--" + re.escape(between) + rb"(--)?[ \t]*(?:\r?\n|$)")
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


def part(chunk: bytes) -> tuple[Message, bytes]:
    """The header fields and the octets of one part; raises Violation."""
    blank = _BLANK.search(chunk, 0, LONGEST_HEADERS)
    if blank is None:
        raise Violation("a part has no headers, or more than is allowed")
    headers = Message()
    for line in re.sub(rb"\r?\n[ \t]+", b" ", chunk[: blank.start()]).splitlines():
        name, _, value = line.decode("utf-8", "replace").partition(":")
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
    return headers, content
