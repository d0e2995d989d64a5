"""Namespaces and identifiers of WS-Security 1.1, its token profiles, XML Signature and their algorithms."""

from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from lxml import etree

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{_OASIS}wssecurity-secext-1.0.xsd"
WSU = f"{_OASIS}wssecurity-utility-1.0.xsd"
WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"

ADDRESSING = ("http://www.w3.org/2005/08/addressing", "http://schemas.xmlsoap.org/ws/2004/08/addressing")
PREFIXES = {"wsse": WSSE, "wsu": WSU, "wsse11": WSSE11, "ds": DS, "ec": EXCLUSIVE}
for _prefix, _uri in PREFIXES.items():
    etree.register_namespace(_prefix, _uri)

SECURITY = f"{{{WSSE}}}Security"
TIMESTAMP = f"{{{WSU}}}Timestamp"
USERNAME_TOKEN = f"{{{WSSE}}}UsernameToken"
BINARY_TOKEN = f"{{{WSSE}}}BinarySecurityToken"
TOKEN_REFERENCE = f"{{{WSSE}}}SecurityTokenReference"
CONFIRMATION = f"{{{WSSE11}}}SignatureConfirmation"
SIGNATURE = f"{{{DS}}}Signature"
WSU_ID = f"{{{WSU}}}Id"

BASE64 = f"{_OASIS}soap-message-security-1.0#Base64Binary"
X509_V3 = f"{_OASIS}x509-token-profile-1.0#X509v3"
PKI_PATH = f"{_OASIS}x509-token-profile-1.0#X509PKIPathv1"
KEY_IDENTIFIER = f"{_OASIS}x509-token-profile-1.0#X509SubjectKeyIdentifier"
THUMBPRINT = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"
PASSWORD_TEXT = f"{_OASIS}username-token-profile-1.0#PasswordText"
PASSWORD_DIGEST = f"{_OASIS}username-token-profile-1.0#PasswordDigest"

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_NEWER = "http://www.w3.org/2007/05/xmldsig-more#"
DIGESTS: dict[str, HashAlgorithm] = {  # SHA-1 is not among them, and so is refused
    "http://www.w3.org/2001/04/xmlenc#sha256": SHA256(),
    f"{_MORE}sha384": SHA384(),
    "http://www.w3.org/2001/04/xmlenc#sha512": SHA512(),
}
# name in connection.toml -> (identifier, kind of key and padding, digest); RFC 4051 and RFC 9231
METHODS: dict[str, tuple[str, str, HashAlgorithm]] = {
    "rsa-sha256": (f"{_MORE}rsa-sha256", "rsa", SHA256()),
    "rsa-sha384": (f"{_MORE}rsa-sha384", "rsa", SHA384()),
    "rsa-sha512": (f"{_MORE}rsa-sha512", "rsa", SHA512()),
    "rsa-pss-sha256": (f"{_NEWER}sha256-rsa-MGF1", "rsa-pss", SHA256()),
    "rsa-pss-sha512": (f"{_NEWER}sha512-rsa-MGF1", "rsa-pss", SHA512()),
    "ecdsa-sha256": (f"{_MORE}ecdsa-sha256", "ecdsa", SHA256()),
    "ecdsa-sha384": (f"{_MORE}ecdsa-sha384", "ecdsa", SHA384()),
    "ecdsa-sha512": (f"{_MORE}ecdsa-sha512", "ecdsa", SHA512()),
}
METHOD_NAMES = {identifier: name for name, (identifier, _, _) in METHODS.items()}
