"""The words of clients: states, why a step was refused, what arrived at the token endpoint."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from identity.models import ClientCall
from identity.oauth import addresses

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATES = {
    "waiting": (_("Waiting for approval"), "wait"),
    "active": (_("Active"), "done"),
    "suspended": (_("Suspended"), "bad"),
    "refused": (_("Refused"), "bad"),
}
ENVIRONMENTS = {"test": _("Test"), "production": _("Production")}
FIELDS = {
    "name": _("Name"),
    "contact": _("Contact"),
    "scopes": _("Scopes"),
    "jwks_uri": _("Address of the keys"),
    "jwks": _("Keys"),
}
EVENTS = {
    "registered": _("Registered"),
    "asked": _("Approval asked for"),
    "approved": _("Approved"),
    "refused": _("Refused"),
    "withdrawn": _("Request withdrawn"),
    "changed": _("Changed"),
    "key-added": _("Key added"),
    "key-retired": _("Key retired"),
    "secret": _("New secret"),
    "tested": _("Test begun"),
    "suspended": _("Suspended"),
    "resumed": _("Resumed"),
}
REFUSALS = {
    "not-yours": _("You cannot do this: it takes a role for this agency, or an administrator."),
    "second-person": _("You asked for it yourself. Another administrator must decide."),
    "decided": _("Somebody else has decided meanwhile."),
    "changed": _("The client has changed since this was asked. Refuse it, and have it asked again."),
    "waiting": _("A request is waiting already. Withdraw it first, or wait for the decision."),
    "state": _("The client is in another state now. Look at its page."),
    "scope": _("Choose at least one of the scopes."),
    "keys": _("This client does not prove itself that way. In production a client has keys and no secret."),
    "reason": _("Say why."),
}
CALLS: dict[str, "StrOrPromise"] = {
    "token": _("It worked: the proof holds, and a token was given. Scope: %(scope)s"),
    "inactive": _("The client is not active: it waits for approval, was refused or is suspended."),
    "secret": _("The secret is wrong, or this client proves itself by its keys."),
    "grant": _("grant_type is %(grant)s; a client of an agency uses client_credentials."),
    "scope": _("The scope was refused. It is not on the client’s list: %(scopes)s"),
    "method": _("An assertion came, but this client has a secret and no keys."),
    "type": _("client_assertion_type is not urn:ietf:params:oauth:client-assertion-type:jwt-bearer."),
    "subject": _("client_id of the form and sub of the assertion differ."),
    "form": _("client_assertion is no signed token (three parts with dots between)."),
    "alg": _("alg is %(alg)s; it must be ES256, PS256, RS256 or EdDSA."),
    "keys": _("Every key of the client has ended. Add a new one."),
    "kid": _("The key is not known. kid is “%(kid)s”; the client has: %(known)s"),
    "signature": _("The signature does not hold: it was made with another key, or changed on the way."),
    "issuer": _("iss is “%(iss)s”; iss and sub must both be the client’s id."),
    "audience": _("aud is %(aud)s; it must be %(issuer)s"),
    "no-end": _("exp is missing."),
    "ended": _("exp passed %(seconds)s seconds ago. Is your clock slow?"),
    "long": _("exp is %(seconds)s seconds away; at most 300 are taken. Is your clock fast?"),
    "early": _("iat or nbf is %(seconds)s seconds ahead of our clock. Is your clock fast?"),
    "number": _("jti is missing, or longer than 255 characters."),
    "replayed": _("This assertion was used before. Make a new one, with a new jti, for every call."),
}


def arrived(call: ClientCall) -> str:
    """What became of a call, as a sentence."""
    found = dict(call.found)
    for name in found.keys() & {"known", "scopes"}:
        found[name] = ", ".join(found[name])
    return str(CALLS[call.outcome]) % {**found, "issuer": addresses.issuer()}
