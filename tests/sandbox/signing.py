"""WS-Security as a stranger does it: zeep's own, on xmlsec, with the portal's key and NPR's certificate."""

from datetime import UTC, datetime, timedelta
from typing import Any

import xmlsec
from lxml import etree
from zeep import ns
from zeep.wsse import signature
from zeep.wsse.utils import get_security_header


class Register:
    """Believes what an agency signs with one certificate, by xmlsec."""

    def __init__(self, certificate: str) -> None:
        self.certificate = certificate.encode()

    def verify(self, envelope: Any) -> Any:
        key = signature._make_verify_key(self.certificate)
        signature._verify_envelope_with_key(envelope, key)
        return envelope


def timestamp(lapse: timedelta = timedelta()) -> Any:
    """A Timestamp of five minutes from now, or from another time."""
    stamp = etree.Element(f"{{{ns.WSU}}}Timestamp")
    now = datetime.now(UTC) + lapse
    for name, at in (("Created", now), ("Expires", now + timedelta(minutes=5))):
        etree.SubElement(stamp, f"{{{ns.WSU}}}{name}").text = at.isoformat().replace("+00:00", "Z")
    return stamp


class Signed(signature.MemorySignature):
    """A timestamp and a signature over it and the body; ``lapse`` moves the clock, ``key`` takes another."""

    def __init__(self, sandbox: Any, lapse: timedelta = timedelta(), key: str = "", cert: str = "") -> None:
        known = sandbox.credentials()["npr"]
        self.register = Register(known["agency_certificate"])
        self.lapse = lapse
        super().__init__(
            (key or known["signing_key"]).encode(),
            (cert or known["signing_certificate"]).encode(),
            None,
            xmlsec.Transform.RSA_SHA256,
            xmlsec.Transform.SHA256,
        )

    def apply(self, envelope: Any, headers: Any) -> Any:
        get_security_header(envelope).append(timestamp(self.lapse))
        key = signature._make_sign_key(self.key_data, self.cert_data, self.password)
        signature._sign_envelope_with_key_binary(envelope, key, self.signature_method, self.digest_method)
        return envelope, headers

    def verify(self, envelope: Any) -> Any:
        return self.register.verify(envelope)
