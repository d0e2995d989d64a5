"""A signed message and its reading, as the tests of this folder need them."""

from datetime import UTC, datetime
from typing import Any

from lxml import etree

from adapters.kinds.soap.envelope import Envelope, open_envelope
from adapters.wss.certificates import Trust
from adapters.wss.sealing import Sealing
from adapters.wss.signing import Signer
from adapters.wss.verifying import Expected, Verified, verify
from tests.adapters.keys import certificate, key, pem

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSA = "http://www.w3.org/2005/08/addressing"
PARTS = frozenset({"body", "timestamp", "addressing"})
TEXT = (
    f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{WSA}" xmlns:m="urn:m">'
    "<s:Header><a:RelatesTo>urn:uuid:1</a:RelatesTo><m:Key>k</m:Key></s:Header>"
    '<s:Body><m:Pay to="19850312T4240"><m:Sum>100</m:Sum><m:Text>a &amp; b\n  ü</m:Text></m:Pay></s:Body>'
    "</s:Envelope>"
)


def now() -> datetime:
    return datetime.now(UTC)


def signer(kind: str = "rsa", name: str = "", method: str = "", **settings: Any) -> Signer:
    return Signer.read(pem(key(kind, name)), pem(certificate(kind, name, **settings)), method)


def trust(kind: str = "rsa", name: str = "") -> Trust:
    return Trust.read(pem(certificate(kind, name)))


def sealed(by: Signer | None = None, at: datetime | None = None, text: str = TEXT, **settings: Any) -> bytes:
    """The message, signed."""
    root = etree.fromstring(text)
    parts = settings.pop("parts", PARTS)
    confirms = settings.pop("confirms", None)
    Sealing(by or signer(), parts, **settings).apply(root, at or now(), confirms)
    return etree.tostring(root)


def checked(message: bytes, trusted: Trust | None = None, **settings: Any) -> tuple[Verified, Envelope]:
    """Read and verify a message; raises SecurityRefused."""
    envelope = open_envelope(message)
    at, confirmed = settings.pop("at", now()), settings.pop("confirmed", "")
    expected = Expected(trusted or trust(), settings.pop("parts", PARTS), **settings)
    return verify(envelope.root, envelope.header, envelope.body, expected, at, confirmed), envelope
