"""Single logout, both directions: what is written to the e-ID, and what is believed of what it writes.

SAML 2.0 core section 3.7, profiles section 4.4. Every message is signed: by the redirect binding in its
address, by the POST binding in its root. An e-ID's request needs no cookie of ours: it names what ends.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac
from lxml import etree

from identity import sign_ins
from identity.models import IdentityProvider, SamlTrust, SignIn
from identity.saml import names, once
from identity.saml.assertion import LEEWAY, OLDEST, moment
from identity.saml.markup import SAML, SAMLP, all_of, one_of, text
from identity.saml.request import NAME_ID
from identity.signin.errors import TokenForged

LIFETIME = timedelta(seconds=900)  # how long the e-ID may take to answer
REQUEST, RESPONSE = f"{{{SAMLP}}}LogoutRequest", f"{{{SAMLP}}}LogoutResponse"
QUALIFIERS = ("Format", "NameQualifier", "SPNameQualifier")
_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"


def remembered(claims: Mapping[str, Any]) -> dict[str, str]:
    """What the session keeps of a sign-in, so that the e-ID can be told later whose session ends."""
    known = {NAME_ID: claims.get(NAME_ID), "sid": claims.get("sid")}
    known |= {name: claims.get(f"{NAME_ID}{name}") for name in QUALIFIERS}
    return {name: value for name, value in known.items() if isinstance(value, str)}


def asked(provider: IdentityProvider, known: SamlTrust, who: Mapping[str, str], way: str) -> etree._Element:
    """Return the request to end ``who``'s session (:func:`remembered`) at the e-ID, not signed yet."""
    now = datetime.now(UTC)
    root = _message(REQUEST, provider, _identifier(provider, now), known.logout[way][0], now)
    root.set("NotOnOrAfter", _written(now + LIFETIME))
    name = etree.SubElement(root, f"{{{SAML}}}NameID", {one: who[one] for one in QUALIFIERS if one in who})
    name.text = who[NAME_ID]
    if "sid" in who:
        etree.SubElement(root, f"{{{SAMLP}}}SessionIndex").text = who["sid"]
    return root


def answered(provider: IdentityProvider, known: SamlTrust, to: str, way: str) -> etree._Element:
    """Return our answer to the e-ID's request ``to``: whom it named is signed out. Not signed yet."""
    now = datetime.now(UTC)
    root = _message(RESPONSE, provider, f"_{secrets.token_hex(16)}", known.logout[way][1], now)
    root.set("InResponseTo", to)
    status = etree.SubElement(root, f"{{{SAMLP}}}Status")
    etree.SubElement(status, f"{{{SAMLP}}}StatusCode", {"Value": f"{_STATUS}Success"})
    return root


def end(root: etree._Element, provider: IdentityProvider, now: datetime) -> str:
    """End the sign-ins that a request names, whose signature holds; returns its ID. Raises TokenForged."""
    identifier = _checked(root, REQUEST, provider, now)
    if root.get("NotOnOrAfter") is not None and moment(root, "NotOnOrAfter") <= now - LEEWAY:
        raise TokenForged("saml-time", "NotOnOrAfter")
    name = text(one_of(root, "saml:NameID", "saml-subject"))
    if not 0 < len(name) <= 255:
        raise TokenForged("saml-subject", "its NameID is empty or too long")
    once.use_up(provider.issuer, identifier, now + OLDEST + LEEWAY, now)
    found = SignIn.objects.living().filter(issuer=provider.issuer)
    found = found.filter(Q(name_id=name) | Q(name_id="", subject=name))
    indexes = [text(one) for one in all_of(root, "samlp:SessionIndex")]
    sign_ins.end(list(found.filter(sid__in=indexes) if indexes else found), now)
    return identifier


def is_done(root: etree._Element, provider: IdentityProvider, now: datetime) -> bool:
    """Whether an answer to our request says that the person is signed out everywhere. Raises TokenForged.

    It changes nothing here, so it is enough that the request was one of ours and not long ago.
    """
    _checked(root, RESPONSE, provider, now)
    if not _is_ours(root.get("InResponseTo", ""), provider, now):
        raise TokenForged("saml-request", "InResponseTo")
    codes = [one.get("Value") for one in all_of(root, "samlp:Status//samlp:StatusCode")]
    return codes == [f"{_STATUS}Success"]


def _checked(root: etree._Element, tag: str, provider: IdentityProvider, now: datetime) -> str:
    """It is of this kind, from this e-ID, to us, and new; returns its ID."""
    if root.tag != tag or root.get("Version") != "2.0":
        raise TokenForged("saml-xml", f"it is {root.tag}")
    issuer = text(one_of(root, "saml:Issuer", "saml-issuer"))
    if issuer != provider.issuer:
        raise TokenForged("saml-issuer", issuer[:100])
    if root.get("Destination") != names.logout(provider):
        raise TokenForged("saml-recipient", f"Destination {root.get('Destination')!r}")
    if not now - OLDEST <= moment(root, "IssueInstant") <= now + LEEWAY:
        raise TokenForged("saml-time", "IssueInstant")
    return root.get("ID", "")


def _message(
    tag: str, provider: IdentityProvider, identifier: str, address: str, now: datetime
) -> etree._Element:
    root = etree.Element(tag, {"ID": identifier, "Version": "2.0"}, nsmap={"samlp": SAMLP, "saml": SAML})
    root.set("IssueInstant", _written(now))
    root.set("Destination", address)
    etree.SubElement(root, f"{{{SAML}}}Issuer").text = names.entity_id(provider)
    return root


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _identifier(provider: IdentityProvider, now: datetime) -> str:
    """An ID that is known again without being kept: the session it belonged to has just ended."""
    said = f"{secrets.token_hex(8)}{int(now.timestamp()):010x}"
    return f"_{said}{_seal(provider, said)}"


def _is_ours(identifier: str, provider: IdentityProvider, now: datetime) -> bool:
    said, seal = identifier[1:27], identifier[27:]
    if not constant_time_compare(seal, _seal(provider, said)):
        return False
    return now - datetime.fromtimestamp(int(said[16:], 16), UTC) <= LIFETIME


def _seal(provider: IdentityProvider, said: str) -> str:
    return salted_hmac(f"saml logout {provider.key}", said, algorithm="sha256").hexdigest()[:32]
