"""Bodies that are JSON, a text, or octets of any kind."""

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from email.message import Message
from typing import Any

from adapters.contracts.json_lines import line_of
from adapters.contracts.markup import parse
from adapters.contracts.media.content import is_xml
from adapters.contracts.media.schema_view import View, typed
from adapters.contracts.violation import Violation

OCTETS = "application/octet-stream"


class JsonForm:
    """JSON, in UTF-8 (RFC 8259)."""

    def __init__(self, media_type: str) -> None:
        self.media_type = media_type

    def write(self, value: Any) -> tuple[str, bytes]:
        """JSON as it travels."""
        return self.media_type, json.dumps(value, ensure_ascii=False).encode()

    def read(self, content_type: str, body: bytes) -> Any:
        """The value; raises Violation with the line."""
        return json_of(body)

    def line(self, body: bytes, place: Sequence[str | int]) -> int:
        """The line of a member."""
        return line_of(body.decode(), place)


class TextForm:
    """A text as a whole; a number where the schema says one. XML that no schema describes is well-formed."""

    def __init__(self, media_type: str, view: View) -> None:
        self.media_type = "text/plain" if "*" in media_type else media_type
        self.kinds = view.kinds

    def write(self, value: Any) -> tuple[str, bytes]:
        """The text in UTF-8, and its Content-Type that says so."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        charset = "" if "charset=" in self.media_type else "; charset=utf-8"
        return f"{self.media_type}{charset}", text.encode()

    def read(self, content_type: str, body: bytes) -> Any:
        """The text by the charset that its Content-Type says; raises Violation."""
        if is_xml(self.media_type):
            parse(body)
        return typed(decoded(content_type, body), self.kinds)

    def line(self, body: bytes, place: Sequence[str | int]) -> int:
        """The first: a text is one value."""
        return 1


class OctetsForm:
    """Octets, which are base64 in a value."""

    def __init__(self, media_type: str) -> None:
        self.media_type = OCTETS if "*" in media_type else media_type

    def write(self, value: Any) -> tuple[str, bytes]:
        """The octets; raises Violation for what is not base64."""
        return self.media_type, octets(value, "")

    def read(self, content_type: str, body: bytes) -> Any:
        """Base64."""
        return b64encode(body).decode()

    def line(self, body: bytes, place: Sequence[str | int]) -> int:
        """None."""
        return 0


def octets(value: Any, path: str) -> bytes:
    """What a base64 text stands for; raises Violation."""
    try:
        return b64decode("".join(value.split()) if isinstance(value, str) else "?", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Violation("is not base64", path=path) from error


def decoded(content_type: str, body: bytes) -> str:
    """A text by its charset, UTF-8 where none is said; raises Violation."""
    head = Message()
    head["Content-Type"] = content_type
    charset = head.get_content_charset("utf-8")
    try:
        return body.decode("utf-8" if charset == "us-ascii" else charset)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Violation(f"not {charset.upper()} at byte {error.start}", line=line) from error
    except LookupError as error:
        raise Violation(f"the charset {charset!r} is not known") from error


def json_of(body: bytes) -> Any:
    """The JSON value of a body; raises Violation with the line."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Violation(f"not UTF-8 at byte {error.start}", line=line) from error
    except json.JSONDecodeError as error:
        raise Violation(f"not JSON: {error.msg}", line=error.lineno) from error
    except RecursionError as error:
        raise Violation("nested too deep") from error


def _refuse_constant(name: str) -> Any:
    raise Violation(f"{name} is not JSON")
