"""What the portal sends: a signed authentication request, and the metadata that says who asks.

SAML 2.0 core section 3.4.
"""

from django.utils import timezone

from identity.models import IdentityProvider, SamlTrust
from identity.saml import bindings, described, extra, names, trust
from identity.signin.pending import Pending

_FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
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
        protocol_binding=described.POST,
        force_authn="true" if pending.afresh or pending.max_age is not None else None,
        issuer=saml.Issuer(text=names.entity_id(provider)),
        name_id_policy=samlp.NameIDPolicy(allow_create="true", format=_name_format(known)),
        requested_authn_context=samlp.RequestedAuthnContext(
            comparison="exact", authn_context_class_ref=contexts
        )
        if is_asking
        else None,
    )
    return bindings.redirect(known.sso_url, bindings.REQUEST, str(asked).encode(), state, provider.secret)


def _name_format(known: SamlTrust) -> str | None:
    """The format of NameID to ask for; None leaves it to the e-ID."""
    return None if known.name_format == SamlTrust.NameFormat.ANY else f"{_FORMAT}{known.name_format}"
