"""Bodies of ``multipart/form-data`` (RFC 7578): a part a member, octets as files (OpenAPI 3.1.1, 4.8.15)."""

import json
import mimetypes
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from hashlib import sha256
from typing import Any

from adapters import multipart
from adapters.contracts.media.content import is_json
from adapters.contracts.media.schema_view import View, texted, typed, view
from adapters.contracts.media.simple_forms import OCTETS, decoded, json_of, octets
from adapters.contracts.violation import Violation

MULTIPART = "multipart/form-data"
_ESCAPED = (('"', "%22"), ("\r", "%0D"), ("\n", "%0A"))  # as browsers do (HTML, 4.10.21.8)
_TEXT, _JSON, _RAW = "text", "json", "octets"


@dataclass(frozen=True, slots=True)
class Member:
    """How one member travels; ``several`` makes each item of a list a part of its own."""

    kind: str
    media_type: str  # "" leaves it unsaid: text
    several: bool
    kinds: frozenset[str]

    @classmethod
    def of(cls, seen: View, stated: str) -> "Member":
        """From the member's schema and the ``contentType`` of its encoding, "" where that says none."""
        several = seen.is_list and not is_json(stated)
        if several and seen.items is not None:
            seen = view(*seen.items)
        said = stated.partition(",")[0].strip().lower()
        said = "" if "*" in said else said
        if is_json(said) or (not said and (seen.is_object or seen.is_list)):
            return cls(_JSON, said or "application/json", several, frozenset())
        if seen.is_octets or seen.says_nothing:
            return cls(_RAW, said or OCTETS, several, frozenset())
        if not said and (seen.facts.get("format") == "byte" or "contentEncoding" in seen.facts):
            said = OCTETS  # base64 travels as it is
        return cls(_TEXT, said, several, frozenset(seen.kinds))


class MultipartForm:
    """A form of parts. What the contract does not declare goes as text."""

    def __init__(self, members: Mapping[str, Member]) -> None:
        self.members = members

    def write(self, value: Any) -> tuple[str, bytes]:
        """All parts in the order of the contract; raises Violation."""
        if not isinstance(value, dict):
            raise Violation("is not an object: a form has named members")
        known = [name for name in self.members if name in value]
        names = [*known, *(name for name in value if name not in self.members)]
        parts = [part for name in names for part in self._parts(str(name), value[name])]
        # The same message has the same octets each time; no part can hold a digest of itself.
        boundary = f"form-{sha256(b'|'.join(parts)).hexdigest()[:40]}"
        opened = [f"--{boundary}\r\n".encode() + part for part in parts]
        closing = f"--{boundary}--\r\n".encode()
        return f"{MULTIPART}; boundary={boundary}", b"".join([*opened, closing])

    def read(self, content_type: str, body: bytes) -> Any:
        """An object; octets are base64. Raises Violation."""
        outer = multipart.typed(content_type)
        value: dict[str, Any] = {}
        for chunk in multipart.chunks(body, multipart.boundary(outer)):
            headers, content = multipart.part(chunk)
            name = _name(headers)
            member = self.members.get(name)
            found = _value(member, headers, content, name)
            if member is not None and member.several:
                value.setdefault(name, []).append(found)
            elif name in value:
                value[name] = [*(value[name] if isinstance(value[name], list) else [value[name]]), found]
            else:
                value[name] = found
        return value

    def line(self, body: bytes, place: Sequence[str | int]) -> int:
        """The line on which a member's part says its name."""
        at = body.find(f'name="{place[0]}"'.encode()) if place else 0
        return body.count(b"\n", 0, max(at, 0)) + 1

    def _parts(self, name: str, value: Any) -> Iterator[bytes]:
        member = self.members.get(name) or Member(_TEXT, "", isinstance(value, list), frozenset())
        for one in value if member.several and isinstance(value, list) else [value]:
            if member.kind == _RAW:
                content = octets(one, name)
            elif member.kind == _JSON:
                content = json.dumps(one, ensure_ascii=False).encode()
            else:
                content = texted(one).encode()
            yield f"{_head(name, member)}\r\n\r\n".encode() + content + b"\r\n"


def _head(name: str, member: Member) -> str:
    for letter, escape in _ESCAPED:
        name = name.replace(letter, escape)
    head = f'Content-Disposition: form-data; name="{name}"'
    if member.kind == _RAW:
        ending = mimetypes.guess_extension(member.media_type) or ".bin"
        head += f'; filename="{name}{ending}"'
    return f"{head}\r\nContent-Type: {member.media_type}" if member.media_type else head


def _name(headers: Message) -> str:
    found = headers.get_param("name", header="content-disposition")
    if not isinstance(found, str) or not found:
        raise Violation("a part of the form has no name")
    for letter, escape in _ESCAPED:
        found = found.replace(escape, letter)
    return found


def _value(member: Member | None, headers: Message, content: bytes, name: str) -> Any:
    if member is None:
        is_file = headers.get_param("filename", header="content-disposition") is not None
        return b64encode(content).decode() if is_file else _text(headers, content)
    if member.kind == _RAW:
        return b64encode(content).decode()
    if member.kind == _JSON:
        try:
            return json_of(content)
        except Violation as error:
            raise Violation(error.message, path=name) from error
    return typed(_text(headers, content), set(member.kinds))


def _text(headers: Message, content: bytes) -> str:
    return decoded(headers.get("Content-Type", "text/plain"), content)
