"""Signatures written and read: by each algorithm, against xmlsec, and with certificates believed or not."""

from datetime import timedelta
from typing import Any

import pytest
import xmlsec
from lxml import etree

from adapters.wss.certificates import Trust
from adapters.wss.names import DS, METHODS, PKI_PATH, WSSE, WSU_ID, X509_V3
from adapters.wss.refused import SecurityRefused
from adapters.wss.signing import Signer
from tests.adapters.keys import NOW, certificate, key, pem
from tests.adapters.wss.messages import PARTS, SOAP, checked, now, sealed, signer, trust


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_is_written_and_read(method: str) -> None:
    kind = "ec" if method.startswith("ecdsa") else "rsa"
    found, envelope = checked(sealed(signer(kind, method=method)), trust(kind))
    assert envelope.body in found.signed
    assert len(found.signed) == 3


@pytest.mark.parametrize(
    ("method", "transform"),
    [("rsa-sha256", "rsa"), ("rsa-sha512", "rsa"), ("ecdsa-sha256", "ec"), ("rsa-pss-sha256", "rsa")],
)
def test_xmlsec_accepts_what_we_sign(method: str, transform: str) -> None:
    root = etree.fromstring(sealed(signer(transform, method=method), parts=PARTS | {"headers"}))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(pem(certificate(transform)), xmlsec.KeyFormat.CERT_PEM)
    for element in root.iter():
        if element.get(WSU_ID):
            context.register_id(element, "Id", WSU_ID[1:].partition("}")[0])
    context.verify(root.find(f".//{{{DS}}}Signature"))


@pytest.mark.parametrize("prefixes", ["", "m s", "#default m"])
def test_we_accept_what_xmlsec_signs(prefixes: str) -> None:
    found, _ = checked(_by_xmlsec(prefixes), parts=frozenset({"body"}))
    assert len(found.signed) == 1


def _by_xmlsec(prefixes: str, reference: str = "token") -> bytes:
    text = (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns="urn:d" xmlns:m="urn:m" xmlns:unused="urn:u"><s:Header>'
        f'<w:Security xmlns:w="{WSSE}"/></s:Header>'
        f'<s:Body xmlns:u="{WSU_ID[1:].partition("}")[0]}" u:Id="b"><m:A t="m:x"><B/></m:A></s:Body>'
        "</s:Envelope>"
    )
    root = etree.fromstring(text)
    template = xmlsec.template.create(root, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256)
    added = xmlsec.template.add_reference(template, xmlsec.Transform.SHA256, uri="#b")
    method = xmlsec.template.add_transform(added, xmlsec.Transform.EXCL_C14N)
    if prefixes:
        xmlsec.template.transform_add_c14n_inclusive_namespaces(method, prefixes)
    info = xmlsec.template.ensure_key_info(template)
    security = root.find(f".//{{{WSSE}}}Security")
    security.append(template)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(pem(key("rsa")), xmlsec.KeyFormat.PEM)
    context.register_id(root.find(f"{{{SOAP}}}Body"), "Id", WSU_ID[1:].partition("}")[0])
    context.sign(template)
    holder = etree.SubElement(info, f"{{{WSSE}}}SecurityTokenReference")
    etree.SubElement(holder, f"{{{WSSE}}}Reference", URI="#x", ValueType=X509_V3)
    token = etree.fromstring(sealed()).find(f".//{{{WSSE}}}BinarySecurityToken")
    token.set(WSU_ID, "x")
    security.insert(0, token)
    return etree.tostring(root)


def _named(child: str) -> bytes:
    """A signed message whose KeyInfo names the certificate in another way."""
    root = etree.fromstring(sealed())
    holder = root.find(f".//{{{WSSE}}}SecurityTokenReference")
    holder[:] = [etree.fromstring(child)]
    return etree.tostring(root)


def _ways() -> dict[str, str]:
    from base64 import b64encode
    from hashlib import sha1

    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import SubjectKeyIdentifier

    from adapters.wss.names import KEY_IDENTIFIER, THUMBPRINT

    own = certificate("rsa")
    der = own.public_bytes(Encoding.DER)
    ski = own.extensions.get_extension_for_class(SubjectKeyIdentifier).value.digest
    named = f'<w:KeyIdentifier xmlns:w="{WSSE}" ValueType="%s">%s</w:KeyIdentifier>'
    data = f'<d:X509Data xmlns:d="{DS}">%s</d:X509Data>'
    serial = f"<d:X509SerialNumber>{own.serial_number}</d:X509SerialNumber>"
    issuer = "<d:X509IssuerName>O = Aurelia, CN = rsa</d:X509IssuerName>"
    return {
        "thumbprint": named % (THUMBPRINT, b64encode(sha1(der).digest()).decode()),
        "key identifier": named % (KEY_IDENTIFIER, b64encode(ski).decode()),
        "embedded": data % f"<d:X509Certificate>{b64encode(der).decode()}</d:X509Certificate>",
        "issuer and serial": data % f"<d:X509IssuerSerial>{issuer}{serial}</d:X509IssuerSerial>",
    }


@pytest.mark.parametrize("way", ["thumbprint", "key identifier", "embedded", "issuer and serial"])
def test_the_certificate_may_be_named_in_each_way(way: str) -> None:
    assert checked(_named(_ways()[way]))[0].signed
    with pytest.raises(SecurityRefused):
        checked(_named(_ways()[way]), trust("rsa", "stranger"))


def test_an_authority_is_believed_for_one_subject() -> None:
    issued = signer("ec", "npr", issuer="authority")
    authority = pem(certificate("rsa", "authority"))
    believed = Trust.read("", authority, "CN=npr,O=Aurelia")
    assert checked(sealed(issued), believed)[0].signed
    with pytest.raises(SecurityRefused, match="another subject"):
        checked(sealed(issued), Trust.read("", authority, "CN=tax,O=Aurelia"))
    with pytest.raises(SecurityRefused, match="not believed"):
        checked(sealed(issued), Trust.read("", pem(certificate("rsa", "other")), "CN=npr,O=Aurelia"))
    with pytest.raises(ValueError, match="one subject"):
        Trust.read("", authority)


def test_a_leaf_of_the_authority_cannot_issue() -> None:
    leaf = certificate("rsa", "leaf", issuer="authority")
    chained = signer("ec", "npr", issuer="leaf")
    assert leaf.issuer != chained
    with pytest.raises(SecurityRefused, match="not believed"):
        checked(sealed(chained), Trust.read("", pem(certificate("rsa", "authority")), "CN=npr,O=Aurelia"))


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        ("rsa", {"name": "old", "days": 0, "start": -9}, "not valid now"),
        ("rsa", {"name": "early", "start": 3}, "not valid now"),
        ("rsa", {"name": "secret", "signs": False}, "not for signatures"),
        ("rsa-weak", {"name": "weak"}, "2048 bits"),
    ],
)
def test_certificates_that_do_not_count(kind: str, settings: dict[str, Any], words: str) -> None:
    believed = Trust((certificate(kind, **settings),))
    with pytest.raises(SecurityRefused, match=words):
        checked(sealed(signer(kind, **settings)), believed, at=max(now(), NOW + timedelta(seconds=1)))


def test_a_key_and_another_certificate_do_not_sign() -> None:
    with pytest.raises(ValueError, match="another key"):
        Signer.read(pem(key("rsa")), pem(certificate("rsa", "stranger")))
    with pytest.raises(TypeError):
        Signer.read(pem(key("ec")), pem(certificate("ec")), "rsa-sha256")
    with pytest.raises(ValueError, match="no method"):
        Signer.read(pem(key("ec")), pem(certificate("ec")), "rsa-sha1")


def _der_sequence(content: bytes) -> bytes:
    size = len(content).to_bytes(3, "big")
    return b"\x30\x83" + size + content


def _with_path(*certificates: bytes) -> bytes:
    """A signed message whose token is a path of certificates."""
    from base64 import b64encode

    root = etree.fromstring(sealed())
    token = root.find(f".//{{{WSSE}}}BinarySecurityToken")
    token.set("ValueType", PKI_PATH)
    token.text = b64encode(_der_sequence(b"".join(certificates))).decode()
    return etree.tostring(root)


def test_a_path_of_certificates_is_of_its_last() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    own, other = (certificate("rsa", name).public_bytes(Encoding.DER) for name in ("", "stranger"))
    assert checked(_with_path(other, own))[0].signed
    assert checked(_with_path(own))[0].signed
    for wrong in ((own, other), (), (own[:-1],), (own,) * 11, (b"\x30\x84\x00\x00\x00\x01\x00",)):
        with pytest.raises(SecurityRefused):
            checked(_with_path(*wrong))
