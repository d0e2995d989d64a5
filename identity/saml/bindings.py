"""How SAML messages travel in a browser: signed in an address (HTTP redirect), or in a form (HTTP POST).

SAML 2.0 bindings sections 3.4 and 3.5. A message in an address is signed as a text, one in a form by an
enveloped signature; either is signed here without pysaml2, whose signing key all threads share.
"""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509 import load_pem_x509_certificate
from lxml import etree

from identity.saml import keys
from identity.saml.markup import DS, LARGEST
from identity.saml.signature import ENVELOPED, EXCLUSIVE, METHODS
from identity.signin.errors import TokenForged

REQUEST, RESPONSE, STATE = "SAMLRequest", "SAMLResponse", "RelayState"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "512": hashes.SHA512,
}
_INFO = (
    f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>'
    f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"/><ds:Reference URI="#{{identifier}}">'
    "<ds:Transforms>"
    f'<ds:Transform Algorithm="{ENVELOPED}"/><ds:Transform Algorithm="{EXCLUSIVE}"/></ds:Transforms>'
    f'<ds:DigestMethod Algorithm="{_SHA256}"/><ds:DigestValue>{{digest}}</ds:DigestValue></ds:Reference>'
    "</ds:SignedInfo>"
)


@dataclass(frozen=True)
class Carried:
    """A message that came in an address: what it is, what was signed of it, and how."""

    document: bytes
    state: str
    signed: bytes
    method: str
    signature: bytes


def redirect(address: str, name: str, document: bytes, state: str, held: str) -> str:
    """Return the address that carries a message, signed with the private key ``held`` (PEM)."""
    packed = base64.b64encode(zlib.compress(document, 9)[2:-4]).decode()
    query = urlencode({name: packed, **({STATE: state} if state else {}), "SigAlg": RSA_SHA256})
    signature = base64.b64encode(keys.sign(held, query.encode())).decode()
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{query}&{urlencode({'Signature': signature})}"


def carried(query: str, name: str) -> Carried:
    """Take a message out of the query of an address, as it was written there; raises TokenForged."""
    parts = [one.partition("=") for one in query.split("&")]
    raw = {key: value for key, _, value in parts}
    if len(raw) != len(parts) or raw.keys() - {name, STATE, "SigAlg", "Signature", "SAMLEncoding"}:
        raise TokenForged("saml-xml", "a parameter stands twice, or is none of SAML")
    if "SigAlg" not in raw or "Signature" not in raw:
        raise TokenForged("saml-unsigned")
    said = {key: unquote_plus(value) for key, value in raw.items()}
    return Carried(
        document=_unpacked(said[name]),
        state=said.get(STATE, ""),
        signed="&".join(f"{key}={raw[key]}" for key in (name, STATE, "SigAlg") if key in raw).encode(),
        method=said["SigAlg"],
        signature=unbase64(said["Signature"]),
    )


def must_hold(message: Carried, certificates: list[str]) -> None:
    """The signature of a message in an address holds with one of the certificates; raises TokenForged."""
    if message.method not in METHODS:
        raise TokenForged("saml-algorithm", message.method[:100])
    if not any(_holds(message, one) for one in certificates):
        raise TokenForged("signature", f"no key of {len(certificates)} that are valid")


def _holds(message: Carried, certificate: str) -> bool:
    key, digest = load_pem_x509_certificate(certificate.encode()).public_key(), _HASHES[message.method[-3:]]()
    try:
        if isinstance(key, rsa.RSAPublicKey) and "#rsa-" in message.method:
            key.verify(message.signature, message.signed, padding.PKCS1v15(), digest)
            return True
        if isinstance(key, ec.EllipticCurvePublicKey) and "#ecdsa-" in message.method:
            half = len(message.signature) // 2
            pair = (int.from_bytes(message.signature[:half]), int.from_bytes(message.signature[half:]))
            key.verify(encode_dss_signature(*pair), message.signed, ec.ECDSA(digest))
            return True
    except InvalidSignature:
        return False
    return False


def signed(document: bytes, held: str) -> bytes:
    """Return a message for a form: its root signed in its place, behind the issuer."""
    root = etree.fromstring(document)
    digest = hashlib.sha256(etree.tostring(root, method="c14n", exclusive=True)).digest()
    said = _INFO.format(identifier=root.get("ID"), digest=base64.b64encode(digest).decode())
    signature = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    info = etree.fromstring(said)
    value = keys.sign(held, etree.tostring(info, method="c14n", exclusive=True))
    signature.append(info)
    etree.SubElement(signature, f"{{{DS}}}SignatureValue").text = base64.b64encode(value).decode()
    root.insert(1, signature)
    return etree.tostring(root)


def base64_of(document: bytes) -> str:
    """A message as a form carries it."""
    return base64.b64encode(document).decode()


def unbase64(sent: str) -> bytes:
    """Return what a field or parameter holds; raises TokenForged("saml-xml")."""
    try:
        return base64.b64decode("".join(sent.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TokenForged("saml-xml", "it is not in base64") from error


def _unpacked(sent: str) -> bytes:
    unpacker = zlib.decompressobj(-15)
    try:
        document = unpacker.decompress(unbase64(sent), LARGEST + 1)
    except zlib.error as error:
        raise TokenForged("saml-xml", "it is not compressed as agreed") from error
    if len(document) > LARGEST:
        raise TokenForged("saml-xml", "it is too large")
    return document
