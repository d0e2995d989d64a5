"""Words for administrators: each rule that an e-ID's answer can break, and what to look at."""

from django.utils.translation import gettext_lazy as _

RULES = {
    "signature": _("Its signature does not hold with its published keys, or is of a kind not ticked here"),
    "malformed": _("The ID token is no signed token (JWS)"),
    "typ": _("The token says that it is of another kind (typ)"),
    "events": _("It is a logout token and no ID token (events)"),
    "iss": _("It names another issuer (iss). Compare it with the issuer here, letter by letter"),
    "aud": _("It is for another client (aud). Compare the client id here with the one at the e-ID"),
    "azp": _("It was made for another client (azp)"),
    "sub": _("It names nobody (sub). Look at where it says the subject"),
    "exp": _("It has expired, or does not say when it does (exp). Compare the two clocks"),
    "iat": _("It was not issued just now (iat). Compare the two clocks"),
    "nbf": _("It is not valid yet (nbf). Compare the two clocks"),
    "auth_time": _("It does not say that the person signed in lately (auth_time); high needs that"),
    "nonce": _("It does not answer this sign-in (nonce)"),
    "at_hash": _("Its at_hash is missing or of another access token. Untick it if the e-ID sends none"),
    "acr": _("Its level is too low, or a word that is not listed here. Look at where it says the level"),
    "userinfo": _("The userinfo endpoint answered about somebody else"),
    "signed-missing": _("The claim that is signed by itself was not sent"),
    "signed-malformed": _("What stands there is no signed token (JWS)"),
    "signed-signature": _(
        "The signature of the claim does not hold with its published keys, or is of a kind not ticked here"
    ),
    "signed-iss": _("The signed claim names another issuer (iss). Compare it with the one here"),
    "signed-aud": _("The signed claim is for another client (aud)"),
    "signed-sub": _("The signed claim is about somebody else (sub)"),
    "signed-exp": _("The signed claim has expired, or does not say when it does (exp)"),
    "signed-iat": _("The signed claim comes from the future (iat). Compare the two clocks"),
    "signed-nbf": _("The signed claim is not valid yet (nbf). Compare the two clocks"),
    "signed-said": _("The signed claim does not say what it must. Compare it with what is entered here"),
    "silent": _("An endpoint did not answer, or not as agreed"),
    "mix-up": _("The answer came from another e-ID than was asked"),
    "incomplete": _("The answer carries no code, or no iss although the e-ID promises one"),
    "key": _("There is no usable key for the signed assertion"),
    "saml-xml": _(
        "The answer is no XML that is read here: too large, broken, or with a comment or document type"
    ),
    "saml-unsigned": _("Neither the response nor its assertion is signed"),
    "saml-wrapped": _("What is signed is not what would be read. This looks like an attack"),
    "saml-algorithm": _(
        "It is signed in a way that is not accepted: SHA-256 or better, exclusive canonicalisation"
    ),
    "saml-encrypted": _(
        "It is encrypted in a way that is not read here. Set the e-ID to AES-GCM and RSA-OAEP"
    ),
    "saml-rsa15": _("Its key is encrypted by RSA 1.5, which can be broken. Set the e-ID to RSA-OAEP"),
    "saml-cbc": _(
        "It is encrypted by AES-CBC. Set the e-ID to AES-GCM, or have it sign the whole response and allow"
        " AES-CBC here"
    ),
    "saml-locked": _("It does not open with our key. Register our metadata at the e-ID again"),
    "saml-ended": _("Its metadata says that it has ended (validUntil), and no newer one could be read"),
    "saml-issuer": _("It names another issuer than the metadata"),
    "saml-recipient": _("It was made for another address (Destination, Recipient)"),
    "saml-request": _("It does not answer this sign-in (InResponseTo)"),
    "saml-audience": _("It is for another audience. Compare our entity id with the one at the e-ID"),
    "saml-time": _("It is too old, not valid yet, or does not say when. Compare the two clocks"),
    "saml-subject": _("It names nobody. Look at where it says the subject"),
    "saml-transient": _(
        "Its NameID is another each time (transient). Ask for a persistent one, or name an attribute"
    ),
    "saml-context": _("Its level is too low, or an AuthnContextClassRef that is not listed here"),
    "saml-used": _("This assertion was used before"),
    "saml-missing": _("The optional extra for SAML is not installed on this server"),
    "saml-metadata": _("Its metadata was never read"),
    "access_denied": _("You cancelled at the e-ID, or it denied access"),
    "temporarily_unavailable": _("The e-ID says that it cannot sign anybody in at the moment"),
    "invalid_client": _("Its token endpoint does not accept our proof. Look at the secret or the keys"),
    "invalid_grant": _("It does not accept its own code. Look at the redirect address registered there"),
    "invalid_scope": _("The e-ID does not know one of the scopes"),
}
