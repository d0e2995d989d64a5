"""Whether an assertion whose signature holds may be believed: every rule by itself, each named.

SAML 2.0 core sections 2 and 3, profiles section 4.1.4.3 (browser single sign-on). Everything is read from
the signed assertion; of the response around it only the addressee and the status count.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree

from identity import levels
from identity.models.e_ids import claim_at
from identity.saml.markup import all_of, one_of, text
from identity.saml.request import NAME_ID
from identity.signin.errors import ProviderRefused, TokenForged

LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(seconds=600)
CONTEXT = "AuthnContextClassRef"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_QUALIFIERS = ("Format", "NameQualifier", "SPNameQualifier")
_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
_REFUSALS = {
    "AuthnFailed": "access_denied",
    "RequestDenied": "access_denied",
    "NoAuthnContext": "unmet_authentication_requirements",
    "Responder": "server_error",
}


@dataclass(frozen=True)
class Expected:
    """What the portal asked for when this sign-in began."""

    issuer: str
    audience: str
    consumer: str
    request_id: str
    subject_path: str
    level: str
    level_of: Callable[[Mapping[str, Any]], str]
    now: datetime
    max_age: int | None


@dataclass(frozen=True)
class Believed:
    """An assertion that keeps every rule: its ID, until when it could be used, and what it says."""

    identifier: str
    ends_at: datetime
    claims: dict[str, Any]


def check_response(response: etree._Element, expected: Expected) -> None:
    """The response is for us and says that somebody signed in; raises TokenForged, ProviderRefused."""
    if response.get("Destination") != expected.consumer:
        raise TokenForged("saml-recipient", f"Destination {response.get('Destination')!r}")
    if response.get("InResponseTo") != expected.request_id:
        raise TokenForged("saml-request", "InResponseTo of the response")
    codes = [
        one.get("Value", "").removeprefix(_STATUS)
        for one in all_of(response, "samlp:Status//samlp:StatusCode")
    ]
    if codes != ["Success"]:
        known = [_REFUSALS[code] for code in reversed(codes) if code in _REFUSALS]
        raise ProviderRefused(next(iter(known), "unknown_error"))


def check(assertion: etree._Element, expected: Expected) -> Believed:
    """Return what a signed assertion says, if it keeps every rule; raises :class:`TokenForged`."""
    issuer = one_of(assertion, "saml:Issuer", "saml-issuer")
    if assertion.get("Version") != "2.0" or text(issuer) != expected.issuer:
        raise TokenForged("saml-issuer", text(issuer)[:100])
    if not expected.now - OLDEST <= moment(assertion, "IssueInstant") <= expected.now + LEEWAY:
        raise TokenForged("saml-time", "IssueInstant")
    ends_at = _confirmed(one_of(assertion, "saml:Subject", "saml-subject"), expected)
    _conditions(one_of(assertion, "saml:Conditions", "saml-audience"), expected)
    statement = one_of(assertion, "saml:AuthnStatement", "saml-context")
    claims = _attributes(assertion) | _how(statement, expected)
    claims |= _who(assertion, claims, expected)
    if not levels.reaches(expected.level_of(claims), expected.level):
        raise TokenForged("saml-context", str(claims[CONTEXT])[:200])
    return Believed(assertion.get("ID", ""), ends_at, claims)


def _confirmed(subject: etree._Element, expected: Expected) -> datetime:
    """It was made for this request and this address, and is not over (profiles section 4.1.4.3)."""
    bearers = [one for one in all_of(subject, "saml:SubjectConfirmation") if one.get("Method") == BEARER]
    if len(bearers) != 1:
        raise TokenForged("saml-recipient", f"{len(bearers)} bearer confirmations")
    data = one_of(bearers[0], "saml:SubjectConfirmationData", "saml-recipient")
    if data.get("Recipient") != expected.consumer:
        raise TokenForged("saml-recipient", f"Recipient {data.get('Recipient')!r}")
    if data.get("InResponseTo") != expected.request_id:
        raise TokenForged("saml-request", "InResponseTo of the assertion")
    ends_at = moment(data, "NotOnOrAfter")
    if ends_at <= expected.now - LEEWAY or data.get("NotBefore") is not None:
        raise TokenForged("saml-time", "SubjectConfirmationData")
    return ends_at


def _conditions(conditions: etree._Element, expected: Expected) -> None:
    if moment(conditions, "NotOnOrAfter") <= expected.now - LEEWAY:
        raise TokenForged("saml-time", "NotOnOrAfter")
    if conditions.get("NotBefore") and moment(conditions, "NotBefore") > expected.now + LEEWAY:
        raise TokenForged("saml-time", "NotBefore")
    restrictions = all_of(conditions, "saml:AudienceRestriction")
    for one in restrictions:
        if expected.audience not in [text(audience) for audience in all_of(one, "saml:Audience")]:
            raise TokenForged("saml-audience", "the audience is somebody else")
    if not restrictions:
        raise TokenForged("saml-audience", "there is none")


def _how(statement: etree._Element, expected: Expected) -> dict[str, Any]:
    """The context that was proven, when, and the e-ID's own session."""
    at = moment(statement, "AuthnInstant")
    if at > expected.now + LEEWAY:
        raise TokenForged("saml-time", "AuthnInstant")
    if expected.max_age is not None and at < expected.now - timedelta(seconds=expected.max_age) - LEEWAY:
        raise TokenForged("saml-time", "AuthnInstant is too long ago for this level")
    if statement.get("SessionNotOnOrAfter") and moment(statement, "SessionNotOnOrAfter") <= expected.now:
        raise TokenForged("saml-time", "SessionNotOnOrAfter")
    context = one_of(statement, "saml:AuthnContext/saml:AuthnContextClassRef", "saml-context")
    found: dict[str, Any] = {CONTEXT: text(context), "auth_time": at.timestamp()}
    return found | {"sid": statement.get("SessionIndex") or None}


def _who(assertion: etree._Element, claims: dict[str, Any], expected: Expected) -> dict[str, Any]:
    name = one_of(assertion, "saml:Subject/saml:NameID", "saml-subject")
    if expected.subject_path == NAME_ID and name.get("Format") == TRANSIENT:
        raise TokenForged("saml-transient")
    found = {NAME_ID: text(name), "iss": expected.issuer}
    found |= {f"{NAME_ID}{one}": str(name.get(one)) for one in _QUALIFIERS if name.get(one)}
    subject = claim_at(claims | found, expected.subject_path)
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise TokenForged("saml-subject", expected.subject_path)
    return found | {"sub": subject}


def _attributes(assertion: etree._Element) -> dict[str, Any]:
    """Attributes by name: one value is a text, several are a list. Values that are markup are left out."""
    found: dict[str, list[str]] = {}
    for attribute in all_of(assertion, "saml:AttributeStatement/saml:Attribute"):
        values = [one for one in all_of(attribute, "saml:AttributeValue") if not len(one)]
        found.setdefault(attribute.get("Name", ""), []).extend(text(one) for one in values)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items() if values}


def moment(element: etree._Element, name: str) -> datetime:
    """The time that an attribute says, in UTC where it names no zone; raises TokenForged("saml-time")."""
    try:
        at = datetime.fromisoformat(element.get(name, ""))
    except ValueError as error:
        raise TokenForged("saml-time", f"{name} is missing or no time") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
