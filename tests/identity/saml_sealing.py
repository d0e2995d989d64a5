"""How an e-ID of SAML encrypts an assertion for the portal: by the binding `xmlsec`, not by our own code."""

from typing import Any

import xmlsec
from lxml import etree

from identity.saml.markup import SAML
from tests.identity.saml_idp import assertion_of, key_of

CERTIFICATE = "-----BEGIN CERTIFICATE"


def seal(
    response: etree._Element,
    way: Any = xmlsec.Transform.AES256_GCM,
    transport: Any = xmlsec.Transform.RSA_OAEP,
    held: str = "",
    size: int = 256,
) -> etree._Element:
    """Put an EncryptedAssertion in place of the assertion; returns it. ``held``: the portal's unless told."""
    pem = held or key_of("portal")
    assertion = assertion_of(response)
    data = xmlsec.template.encrypted_data_create(response, way, type=xmlsec.EncryptionType.ELEMENT, ns="xenc")
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
    wrapped = xmlsec.template.add_encrypted_key(info, transport)
    xmlsec.template.encrypted_data_ensure_cipher_value(wrapped)
    manager = xmlsec.KeysManager()
    certificate = pem[pem.index(CERTIFICATE) :]
    manager.add_key(xmlsec.Key.from_memory(certificate.encode(), xmlsec.KeyFormat.CERT_PEM))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, size, xmlsec.KeyDataType.SESSION)
    made = context.encrypt_xml(data, assertion)
    above = made.getparent()
    assert above is not None
    sealed = etree.Element(f"{{{SAML}}}EncryptedAssertion")
    above.replace(made, sealed)
    sealed.append(made)
    return sealed
