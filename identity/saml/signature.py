"""Which assertion of a response is signed by the e-ID: the one that is read, or none.

The cryptography is xmlsec1's, called by pysaml2. What a signature covers is judged here, before: it stands in
the element whose ID its only reference names, every ID is unique, and nothing else is signed anywhere
(A85, A86, A93). xmlsec1 gets the very tree that is read, with the key told by us and none of the document's.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from tempfile import NamedTemporaryFile

from cryptography.x509 import load_pem_x509_certificate
from lxml import etree

from identity.saml import extra
from identity.saml.markup import DS, SAML, SAMLP, all_of, one_of
from identity.signin.errors import TokenForged

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
_MORE, _ENC = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2001/04/xmlenc#"
METHODS = {f"{_MORE}{kind}-sha{bits}" for kind in ("rsa", "ecdsa") for bits in (256, 384, 512)}
DIGESTS = {f"{_ENC}sha256", f"{_MORE}sha384", f"{_ENC}sha512"}


ASSERTION, SEALED = f"{{{SAML}}}Assertion", f"{{{SAML}}}EncryptedAssertion"
Unlock = Callable[[etree._Element, bool], etree._Element]


def signed_assertion(response: etree._Element, certificates: list[str], unlock: Unlock) -> etree._Element:
    """Return the only assertion of a response, which one of the certificates has signed.

    An encrypted one is opened by ``unlock``, which is told whether the response as a whole was signed: that
    signature covers what is encrypted, so it is judged before. Raises :class:`TokenForged`: `saml-unsigned`,
    `saml-wrapped`, `saml-algorithm` or `signature`.
    """
    if response.tag != f"{{{SAMLP}}}Response":
        raise TokenForged("saml-wrapped", f"the root is {response.tag}")
    is_covered = False
    if next(response.iter(SEALED), None) is not None:
        response, is_covered = _opened(response, certificates, unlock)
    assertion = _only(response, ASSERTION)
    if not _signatures_hold(response, [response, assertion], certificates) and not is_covered:
        raise TokenForged("saml-unsigned")
    return assertion


def signed_message(root: etree._Element, certificates: list[str]) -> None:
    """A message that came by itself is signed as a whole; raises :class:`TokenForged` as above."""
    if not _signatures_hold(root, [root], certificates):
        raise TokenForged("saml-unsigned")


def valid(certificates: list[str], now: datetime) -> list[str]:
    """Those that have begun and have not ended."""
    return [one for one in certificates if _is_valid(one, now)]


def must_hold(root: etree._Element, signed: etree._Element, certificates: list[str]) -> None:
    """The signature of one element of a document covers it and holds; raises :class:`TokenForged`."""
    _ids_are_unique(root)
    for one in all_of(signed, "ds:Signature"):
        _covers(one, signed)
    if not any(_holds(root, signed, one) for one in certificates):
        raise TokenForged("signature", f"no key of {len(certificates)} that are valid")


def _opened(response: etree._Element, certificates: list[str], unlock: Unlock) -> tuple[etree._Element, bool]:
    """The response with its assertion in place of the encrypted one, and whether it was signed as a whole."""
    sealed = _only(response, SEALED)
    if next(response.iter(ASSERTION), None) is not None:
        raise TokenForged("saml-wrapped", "one assertion is encrypted and another is not")
    is_covered = _signatures_hold(response, [response], certificates)
    assertion = unlock(sealed, is_covered)
    if assertion.tag != ASSERTION:
        raise TokenForged("saml-wrapped", f"encrypted is {assertion.tag}")
    opened = deepcopy(response)
    for one in all_of(opened, "ds:Signature"):
        opened.remove(one)  # it has been judged, and covers what was encrypted
    opened.replace(_only(opened, SEALED), assertion)
    return opened, is_covered


def _only(response: etree._Element, tag: str) -> etree._Element:
    everywhere = list(response.iter(tag))
    if len(everywhere) != 1 or everywhere[0].getparent() is not response:
        raise TokenForged("saml-wrapped", f"{len(everywhere)} assertions")
    return everywhere[0]


def _signatures_hold(root: etree._Element, parents: list[etree._Element], certificates: list[str]) -> bool:
    """Whether there is a signature; every one stands in one of the parents, covers it, and holds."""
    everywhere = list(root.iter(f"{{{DS}}}Signature"))
    signed = [parent for parent in parents if all_of(parent, "ds:Signature")]
    if len(everywhere) != sum(len(all_of(parent, "ds:Signature")) for parent in signed):
        raise TokenForged("saml-wrapped", "a signature stands where none is looked for")
    _ids_are_unique(root)
    for parent in signed:
        for one in all_of(parent, "ds:Signature"):
            _covers(one, parent)
    for parent in signed:
        must_hold(root, parent, certificates)
    return bool(signed)


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
    extra.require()
    from saml2.sigver import CryptoBackendXmlSec1, SignatureError

    whole = deepcopy(response)
    held = next(one for one in whole.iter(parent.tag) if one.get("ID") == parent.get("ID"))
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
