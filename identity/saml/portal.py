"""The portal's own metadata for one e-ID: its name, its key, where answers go (metadata section 2.4.4)."""

import base64

from cryptography.hazmat.primitives.serialization import Encoding

from identity.models import IdentityProvider
from identity.saml import encryption, extra, keys, names
from identity.saml.described import BINDINGS, POST

_FORMATS = ("persistent", "transient")


def metadata(provider: IdentityProvider) -> bytes:
    """Return the document that is registered at the e-ID. Raises AnswerRefused."""
    extra.require()
    from saml2 import md, samlp, xmldsig

    der = keys.certificate(provider.secret).public_bytes(Encoding.DER)
    certificate = xmldsig.X509Certificate(text=base64.b64encode(der).decode())
    info = xmldsig.KeyInfo(x509_data=xmldsig.X509Data(x509_certificate=certificate))
    ways = [*reversed(encryption.GCM), encryption.OAEP, encryption.OAEP_1]
    portal = md.SPSSODescriptor(
        protocol_support_enumeration=samlp.NAMESPACE,
        authn_requests_signed="true",
        want_assertions_signed="true",
        key_descriptor=[
            md.KeyDescriptor(use="signing", key_info=info),
            md.KeyDescriptor(
                use="encryption",
                key_info=info,
                encryption_method=[md.EncryptionMethod(algorithm=way) for way in ways],
            ),
        ],
        single_logout_service=[
            md.SingleLogoutService(binding=binding, location=names.logout(provider))
            for binding in BINDINGS.values()
        ],
        name_id_format=[
            md.NameIDFormat(text=f"urn:oasis:names:tc:SAML:2.0:nameid-format:{one}") for one in _FORMATS
        ],
        assertion_consumer_service=[
            md.AssertionConsumerService(
                binding=POST, location=names.consumer(provider), index="0", is_default="true"
            )
        ],
    )
    described = md.EntityDescriptor(entity_id=names.entity_id(provider), spsso_descriptor=portal)
    return str(described).encode()
