"""Which assertion of a response is signed by the e-ID: the one that is read, or none.

The cryptography is xmlsec1's, called by pysaml2. What a signature covers is judged here, before: it stands in
the element whose ID its only reference names, every ID is unique, and nothing else is signed anywhere
(A85, A86, A93). xmlsec1 gets the very tree that is read, with the key told by us and none of the document's.
"""

from copy import deepcopy
from datetime import datetime
from tempfile import NamedTemporaryFile

from cryptography.x509 import load_pem_x509_certificate
from lxml import etree

from identity.saml import extra
from identity.saml.markup import DS, NAMES, SAML, SAMLP, all_of, one_of
from identity.signin.errors import TokenForged

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
_MORE, _ENC = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2001/04/xmlenc#"
METHODS = {f"{_MORE}{kind}-sha{bits}" for kind in ("rsa", "ecdsa") for bits in (256, 384, 512)}
DIGESTS = {f"{_ENC}sha256", f"{_MORE}sha384", f"{_ENC}sha512"}


def signed_assertion(response: etree._Element, certificates: list[str], now: datetime) -> etree._Element:
    """Return the only assertion of a response, which a certificate that is valid ``now`` has signed.

    Raises :class:`TokenForged`: `saml-unsigned`, `saml-wrapped`, `saml-algorithm` or `signature`.
    """
    if response.tag != f"{{{SAMLP}}}Response":
        raise TokenForged("saml-wrapped", f"the root is {response.tag}")
    if next(response.iter(f"{{{SAML}}}EncryptedAssertion"), None) is not None:
        raise TokenForged("saml-encrypted")
    everywhere = list(response.iter(f"{{{SAML}}}Assertion"))
    if len(everywhere) != 1 or everywhere[0].getparent() is not response:
        raise TokenForged("saml-wrapped", f"{len(everywhere)} assertions")
    assertion = everywhere[0]
    _ids_are_unique(response)
    signatures = list(response.iter(f"{{{DS}}}Signature"))
    if not signatures:
        raise TokenForged("saml-unsigned")
    usable = [one for one in certificates if _is_valid(one, now)]
    for parent in (response, assertion):
        for signature in all_of(parent, "ds:Signature"):
            _covers(signature, parent)
            signatures.remove(signature)
    if signatures:
        raise TokenForged("saml-wrapped", "a signature stands in no response or assertion")
    signed = [parent for parent in (response, assertion) if all_of(parent, "ds:Signature")]
    for parent in signed:
        if not any(_holds(response, parent, one) for one in usable):
            raise TokenForged("signature", f"no key of {len(usable)} that are valid")
    return assertion


def _ids_are_unique(response: etree._Element) -> None:
    held = [
        str(value)
        for element in response.iter()
        for name, value in element.attrib.items()
        if etree.QName(name).localname.lower() == "id"
    ]
    if len(held) != len(set(held)):
        raise TokenForged("saml-wrapped", "an ID stands twice")


def _is_valid(pem: str, now: datetime) -> bool:
    held = load_pem_x509_certificate(pem.encode())
    return held.not_valid_before_utc <= now < held.not_valid_after_utc


def _covers(signature: etree._Element, parent: etree._Element) -> None:
    """The signature is the only one of its parent, and signs it as a whole by allowed algorithms."""
    identifier = parent.get("ID")
    if next(parent.iter(f"{{{DS}}}Signature")) is not signature or len(all_of(parent, "ds:Signature")) != 1:
        raise TokenForged("saml-wrapped", "another signature comes first")
    if all_of(signature, "ds:Object"):
        raise TokenForged("saml-wrapped", "the signature carries an object")
    info = one_of(signature, "ds:SignedInfo", "saml-wrapped")
    reference = one_of(info, "ds:Reference", "saml-wrapped")
    if not identifier or reference.get("URI") != f"#{identifier}":
        raise TokenForged("saml-wrapped", "the reference leads elsewhere")
    transforms = [one.get("Algorithm") for one in all_of(reference, "ds:Transforms/ds:Transform")]
    if transforms not in ([ENVELOPED, EXCLUSIVE], [ENVELOPED]):
        raise TokenForged("saml-algorithm", f"transforms {transforms}")
    for path, allowed in (
        ("ds:CanonicalizationMethod", {EXCLUSIVE}),
        ("ds:SignatureMethod", METHODS),
        ("ds:Reference/ds:DigestMethod", DIGESTS),
    ):
        algorithm = one_of(info, path, "saml-wrapped").get("Algorithm")
        if algorithm not in allowed:
            raise TokenForged("saml-algorithm", str(algorithm))


def _holds(response: etree._Element, parent: etree._Element, certificate: str) -> bool:
    """Whether the signature of ``parent`` holds with a certificate's key; the document's own is cut out."""
    from saml2.sigver import CryptoBackendXmlSec1, SignatureError

    whole = deepcopy(response)
    held = whole if parent is response else whole.find("saml:Assertion", NAMES)
    assert held is not None  # noqa: S101 - it was found before
    for key in all_of(held, "ds:Signature/ds:KeyInfo"):
        above = key.getparent()
        if above is not None:
            above.remove(key)
    name = etree.QName(held)
    with NamedTemporaryFile(suffix=".pem") as told:
        told.write(certificate.encode())
        told.flush()
        try:
            return bool(
                CryptoBackendXmlSec1(extra.COMMAND).validate_signature(
                    etree.tostring(whole),
                    cert_file=told.name,
                    cert_type="pem",
                    node_name=f"{name.namespace}:{name.localname}",
                    node_id=held.get("ID"),
                )
            )
        except SignatureError:
            return False
