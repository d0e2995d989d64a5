"""Writing a ds:Signature over parts of a parsed message (XML Signature, WS-Security 1.1 section 8)."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from adapters.wss import algorithms
from adapters.wss.canonical import canonical, digest
from adapters.wss.names import DS, EXCLUSIVE, METHODS, WSSE, WSU_ID, X509_V3

_DIGEST = "http://www.w3.org/2001/04/xmlenc#sha256"
_SHA256 = SHA256()


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and its certificate, loaded once."""

    key: Any = field(repr=False)
    certificate: bytes  # DER
    method: str

    @classmethod
    def read(cls, key: str, certificate: str, method: str = "", password: str = "") -> "Signer":
        """From PEM texts; raises ValueError or TypeError where they do not fit each other or the method."""
        private = load_pem_private_key(key.encode(), password.encode() or None)
        public = x509.load_pem_x509_certificate(certificate.encode())
        if public.public_key() != private.public_key():
            raise ValueError("the signing certificate is of another key")
        method = method or algorithms.default_method(private)
        if method not in METHODS:
            raise ValueError(f"there is no method {method!r}; there are {', '.join(METHODS)}")
        algorithms.sign(private, method, b"")
        return cls(private, public.public_bytes(Encoding.DER), method)

    def sign(self, elements: Iterable[Any], token: str) -> tuple[str, str]:
        """The ds:Signature's text and its value, over elements with a wsu:Id.

        ``token`` is the Id of the BinarySecurityToken. SignedInfo is written in canonical form at once, so
        nothing is parsed again.
        """
        references = "".join(_reference(element) for element in elements)
        content = (
            f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"></ds:CanonicalizationMethod>'
            f'<ds:SignatureMethod Algorithm="{METHODS[self.method][0]}"></ds:SignatureMethod>{references}'
        )
        signed = f'<ds:SignedInfo xmlns:ds="{DS}">{content}</ds:SignedInfo>'
        value = b64encode(algorithms.sign(self.key, self.method, signed.encode())).decode()
        return (
            f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>{content}</ds:SignedInfo>'
            f"<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo>"
            f'<wsse:SecurityTokenReference xmlns:wsse="{WSSE}">'
            f'<wsse:Reference URI="#{token}" ValueType="{X509_V3}"/>'
            "</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>"
        ), value


def _reference(element: Any) -> str:
    value = b64encode(digest(canonical(element), _SHA256)).decode()
    return (
        f'<ds:Reference URI="#{element.get(WSU_ID)}"><ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE}">'
        f'</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="{_DIGEST}"></ds:DigestMethod>'
        f"<ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
    )
