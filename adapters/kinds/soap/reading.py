"""A received SOAP message, from octets to an envelope that is whole, ours, and of whom it should be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.contracts.violation import Violation
from adapters.kinds.soap import envelope, mtom, multipart
from adapters.kinds.soap.addressing import URIS, Addressing
from adapters.kinds.soap.envelope import Envelope
from adapters.kinds.soap.mtom import Attachments
from adapters.wss.names import WSSE
from adapters.wss.policy import Policy
from adapters.wss.refused import SecurityRefused
from adapters.wss.verifying import verify

_CHARSET = re.compile(r';\s*charset="?([A-Za-z0-9._:-]{1,40})', re.IGNORECASE)
_DECLARATION = re.compile(rb"\s*<\?xml[^>]*\sencoding\s*=")
_READ_ANYWAY = {"utf-8", "utf8", "us-ascii"}
_MARKS = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")  # byte order marks


@dataclass(frozen=True, slots=True)
class Received:
    """An envelope with what came beside it."""

    envelope: Envelope
    attachments: Attachments
    doubt: SecurityRefused | None = None  # why a signature that was demanded does not count


def received(
    headers: Mapping[str, str], body: bytes, policy: Policy, confirmed: str = "", now: datetime | None = None
) -> Received:
    """Read and verify a message; raises Violation. What does not verify comes back with its doubt."""
    content_type = headers.get("Content-Type", "")
    octets, attachments = mtom.unpack(content_type, body)
    found = envelope.open_envelope(_declared(content_type, octets))
    attachments.include(found.root)
    if policy.expected is None:
        return Received(found, attachments)
    attachments.may_attach = False
    try:
        verify(found.root, found.header, found.body, policy.expected, now or datetime.now(UTC), confirmed)
    except SecurityRefused as refused:
        return Received(found, attachments, doubt=refused)
    return Received(found, attachments)


def _declared(content_type: str, octets: bytes) -> bytes:
    """An envelope whose encoding only HTTP names (RFC 7303 section 3), in UTF-8; raises Violation."""
    charset = _CHARSET.search(content_type)
    if charset is None or charset[1].lower() in _READ_ANYWAY or multipart.is_related(content_type):
        return octets
    if octets.startswith(_MARKS) or _DECLARATION.match(octets):
        return octets  # the document says itself how it is encoded
    try:
        return octets.decode(charset[1]).encode()
    except (LookupError, UnicodeError) as error:
        raise Violation(f"the message is not in {charset[1]}, as its Content-Type says", line=1) from error


def understood(policy: Policy, addressing: Addressing | None) -> frozenset[str]:
    """The namespaces of the headers that this connection understands."""
    security = {WSSE} if policy.expected or policy.sealing else set()
    return frozenset(security | ({URIS[addressing.version]} if addressing else set()))
