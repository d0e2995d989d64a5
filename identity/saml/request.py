"""What the portal sends: a signed authentication request, and the metadata that says who asks.

SAML 2.0 core section 3.4, bindings section 3.4 (HTTP redirect, DEFLATE), metadata section 2.4.4.
"""

import base64
import zlib
from urllib.parse import urlencode

from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from identity.models import IdentityProvider
from identity.saml import extra, keys, names, trust
from identity.signin.pending import Pending

POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
NAME_ID = "NameID"  # the path of a subject that is the name itself, not an attribute


def identifier(pending: Pending) -> str:
    """The ID of the request, which the answer must name; an XML name must begin with no digit."""
    return f"_{pending.nonce}"


def address(provider: IdentityProvider, pending: Pending, state: str) -> str:
    """Return where to send the browser. Raises AnswerRefused where the extra or the metadata is missing.

    The e-ID must ask again for the level high: SAML knows no age that would still do.
    """
    extra.require()
    from saml2 import saml, samlp

    known = trust.of(provider)
    contexts = [saml.AuthnContextClassRef(text=word) for word in provider.words(pending.level)]
    is_asking = provider.asking == IdentityProvider.Asking.CONTEXT and contexts
    asked = samlp.AuthnRequest(
        id=identifier(pending),
        version="2.0",
        issue_instant=timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        destination=known.sso_url,
        assertion_consumer_service_url=names.consumer(provider),
        protocol_binding=POST,
        force_authn="true" if pending.afresh or pending.max_age is not None else None,
        issuer=saml.Issuer(text=names.entity_id(provider)),
        name_id_policy=samlp.NameIDPolicy(
            allow_create="true", format=PERSISTENT if provider.paths.get("subject") == NAME_ID else None
        ),
        requested_authn_context=samlp.RequestedAuthnContext(
            comparison="exact", authn_context_class_ref=contexts
        )
        if is_asking
        else None,
    )
    packed = zlib.compress(str(asked).encode(), 9)[2:-4]
    query = urlencode(
        {"SAMLRequest": base64.b64encode(packed).decode(), "RelayState": state, "SigAlg": RSA_SHA256}
    )
    signature = base64.b64encode(keys.sign(provider.secret, query.encode())).decode()
    joint = "&" if "?" in known.sso_url else "?"
    return f"{known.sso_url}{joint}{query}&{urlencode({'Signature': signature})}"


def metadata(provider: IdentityProvider) -> bytes:
    """Return the portal's metadata for this e-ID: name, key, and where answers go. Raises AnswerRefused."""
    extra.require()
    from saml2 import md, samlp, xmldsig

    der = keys.certificate(provider.secret).public_bytes(Encoding.DER)
    certificate = xmldsig.X509Certificate(text=base64.b64encode(der).decode())
    info = xmldsig.KeyInfo(x509_data=xmldsig.X509Data(x509_certificate=certificate))
    portal = md.SPSSODescriptor(
        protocol_support_enumeration=samlp.NAMESPACE,
        authn_requests_signed="true",
        want_assertions_signed="true",
        key_descriptor=[md.KeyDescriptor(use="signing", key_info=info)],
        name_id_format=[md.NameIDFormat(text=PERSISTENT)],
        assertion_consumer_service=[
            md.AssertionConsumerService(
                binding=POST, location=names.consumer(provider), index="0", is_default="true"
            )
        ],
    )
    described = md.EntityDescriptor(entity_id=names.entity_id(provider), spsso_descriptor=portal)
    return str(described).encode()
