"""Reading a received security header: is the message whole, of whom it should be, of now, and for us?"""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.wss import algorithms
from adapters.wss.canonical import canonical
from adapters.wss.certificates import Trust
from adapters.wss.key_info import certificate_of
from adapters.wss.names import ADDRESSING, CONFIRMATION, DS, SECURITY, SIGNATURE, TIMESTAMP, WSU
from adapters.wss.references import Parts, covered, octets_of, prefix_list
from adapters.wss.refused import SecurityRefused

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
SKEW = timedelta(seconds=60)  # how far clocks may differ


@dataclass(frozen=True, slots=True)
class Expected:
    """What a received message must have: signed ``parts``, and a time not older than ``max_age``.

    Parts are body, timestamp, and addressing: every WS-Addressing header block that is there.
    """

    trust: Trust
    parts: frozenset[str] = frozenset({"body", "timestamp"})
    max_age: timedelta = timedelta(minutes=5)
    confirms: bool = False  # must confirm the signature of our request (section 8.5)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found in order."""

    signed: frozenset[Any]  # the elements covered
    value: str  # base64 of the signature, by which a replay is known
    expires_at: datetime


def security_header(header: Any, *, actor: str = "") -> Any:
    """The one security header for us (without actor), None where there is none; raises SecurityRefused."""
    if header is None:
        return None
    own = [block for block in header.iterchildren(SECURITY) if _actor(block) == actor]
    if len(own) > 1:
        raise SecurityRefused("InvalidSecurity", "there is more than one security header for us")
    return own[0] if own else None


def verify(
    envelope: Any, header: Any, body: Any, expected: Expected, now: datetime, confirmed: str = ""
) -> Verified:
    """Check a parsed envelope; raises SecurityRefused. ``confirmed`` is our request's signature value."""
    security = security_header(header)
    if security is None:
        raise SecurityRefused("InvalidSecurity", "the message is not signed")
    signatures = security.findall(SIGNATURE)
    if len(signatures) != 1:
        raise SecurityRefused("InvalidSecurity", f"the message has {len(signatures)} signatures, not one")
    parts = Parts(envelope, header, security, body)
    signed, value = _signature(signatures[0], parts, expected.trust, now)
    _insist_on_parts(signed, header, security, body, expected)
    if expected.confirms:
        _insist_on_confirmation(security, signed, confirmed)
    until = (
        fresh(security, now, expected.max_age) if "timestamp" in expected.parts else now + expected.max_age
    )
    return Verified(frozenset(signed), value, until)


def _signature(signature: Any, parts: Parts, trust: Trust, now: datetime) -> tuple[list[Any], str]:
    infos = signature.findall(f"{{{DS}}}SignedInfo")
    if len(infos) != 1:
        raise SecurityRefused("InvalidSecurity", "a signature has one SignedInfo")
    method = infos[0].find(f"{{{DS}}}SignatureMethod")
    prefixes = prefix_list(infos[0].find(f"{{{DS}}}CanonicalizationMethod"))
    certificate = certificate_of(signature, parts, trust)
    trust.insist(certificate, now)
    value = octets_of(signature, "SignatureValue")
    identifier = "" if method is None else method.get("Algorithm", "")
    algorithms.verify(certificate.public_key(), identifier, canonical(infos[0], prefixes), value)
    text = "".join(signature.findtext(f"{{{DS}}}SignatureValue").split())
    return covered(infos[0], parts), text


def _insist_on_parts(signed: list[Any], header: Any, security: Any, body: Any, expected: Expected) -> None:
    if "body" in expected.parts and body not in signed:
        raise SecurityRefused("FailedCheck", "the body is not signed")
    if "timestamp" in expected.parts and security.find(TIMESTAMP) not in signed:
        raise SecurityRefused("FailedCheck", "the timestamp is not signed")
    if "addressing" in expected.parts:
        for block in header:
            if str(block.tag)[1:].partition("}")[0] in ADDRESSING and block not in signed:
                raise SecurityRefused("FailedCheck", f"the header {block.tag} is not signed")


def _insist_on_confirmation(security: Any, signed: list[Any], confirmed: str) -> None:
    found = [
        block
        for block in security.iterchildren(CONFIRMATION)
        if hmac.compare_digest(block.get("Value", "").encode(), confirmed.encode())
    ]
    if not confirmed or len(found) != 1 or found[0] not in signed:
        raise SecurityRefused("FailedCheck", "the answer does not confirm the signature of our request")


def fresh(security: Any, now: datetime, max_age: timedelta) -> datetime:
    """When a message ends to be valid; raises SecurityRefused (section 10) unless it is valid at ``now``."""
    stamps = security.findall(TIMESTAMP)
    if len(stamps) != 1:
        raise SecurityRefused("InvalidSecurity", f"the message has {len(stamps)} timestamps, not one")
    created, expires = (_moment(stamps[0], name) for name in ("Created", "Expires"))
    if created is None:
        raise SecurityRefused("InvalidSecurity", "the timestamp does not say when it was created")
    if created > now + SKEW:
        raise SecurityRefused("InvalidSecurity", "the message was created in the future")
    until = min(created + max_age, expires) if expires is not None else created + max_age
    if until + SKEW < now:
        raise SecurityRefused("MessageExpired", "the message is no longer valid")
    return until + SKEW


def read_moment(text: str) -> datetime:
    """An xs:dateTime with its zone; raises SecurityRefused."""
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise SecurityRefused("InvalidSecurity", "a time in the security header is not one with its zone")


def _moment(stamp: Any, name: str) -> datetime | None:
    found = stamp.findall(f"{{{WSU}}}{name}")
    if len(found) > 1:
        raise SecurityRefused("InvalidSecurity", f"the timestamp says {name} twice")
    return read_moment((found[0].text or "").strip()) if found else None


def _actor(block: Any) -> str:
    """``actor`` of SOAP 1.1 or ``role`` of SOAP 1.2; "" and the ultimate receiver are us."""
    for name, value in block.attrib.items():
        if name.endswith(("}actor", "}role")) and not value.endswith("/ultimateReceiver"):
            return str(value)
    return ""
