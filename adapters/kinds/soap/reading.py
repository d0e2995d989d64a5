"""A received SOAP message, from octets to an envelope that is whole, ours, and of whom it should be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.kinds.soap import envelope, mtom
from adapters.kinds.soap.addressing import URIS, Addressing
from adapters.kinds.soap.envelope import Envelope
from adapters.kinds.soap.mtom import Attachments
from adapters.wss.names import WSSE
from adapters.wss.policy import Policy
from adapters.wss.refused import SecurityRefused
from adapters.wss.verifying import verify


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
    octets, attachments = mtom.unpack(headers.get("Content-Type", ""), body)
    found = envelope.open_envelope(octets)
    attachments.include(found.root)
    if policy.expected is None:
        return Received(found, attachments)
    attachments.may_attach = False
    try:
        verify(found.root, found.header, found.body, policy.expected, now or datetime.now(UTC), confirmed)
    except SecurityRefused as refused:
        return Received(found, attachments, doubt=refused)
    return Received(found, attachments)


def understood(policy: Policy, addressing: Addressing | None) -> frozenset[str]:
    """The namespaces of the headers that this connection understands."""
    security = {WSSE} if policy.expected or policy.sealing else set()
    return frozenset(security | ({URIS[addressing.version]} if addressing else set()))
