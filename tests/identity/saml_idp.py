"""An e-ID of SAML in the hands of a test: its own key, and answers as honest or as forged as wanted.

It signs with the binding `xmlsec`, not with what the portal checks by.
"""

import base64
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import xmlsec
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import load_pem_x509_certificate
from lxml import etree

from identity import levels
from identity.models import IdentityProvider
from identity.saml import keys, names, trust
from identity.saml.markup import DS, NAMES, SAML, SAMLP
from tests.peers.citizen import Citizen

ENTITY, SSO = "https://abroad.example/idp", "http://127.0.0.1:9/sso"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
CARD = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
RESPONSE = """<samlp:Response xmlns:samlp="{samlp}" xmlns:saml="{saml}" ID="_r{n}" Version="2.0"
 IssueInstant="{now}" Destination="{destination}" InResponseTo="{answers}"><saml:Issuer>{issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/></samlp:Status>
<saml:Assertion ID="{identifier}" Version="2.0" IssueInstant="{issued}"><saml:Issuer>{issuer}</saml:Issuer>
<saml:Subject><saml:NameID Format="{name_format}">{name}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
 Recipient="{recipient}" InResponseTo="{confirms}" NotOnOrAfter="{confirm_end}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}"><saml:AudienceRestriction>
<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{proven}" SessionIndex="_s1"><saml:AuthnContext>
<saml:AuthnContextClassRef>{context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement><saml:Attribute Name="urn:oid:2.5.4.42"><saml:AttributeValue>Kim</saml:AttributeValue>
</saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>"""  # noqa: E501
METADATA = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">
<md:IDPSSODescriptor protocolSupportEnumeration="{samlp}"><md:KeyDescriptor use="signing">
<ds:KeyInfo xmlns:ds="{ds}"><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
</md:KeyDescriptor>{logout}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{sso}"/>
</md:IDPSSODescriptor></md:EntityDescriptor>"""  # noqa: E501


def at(seconds: float = 0) -> str:
    """A moment so many seconds from now, as SAML writes it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def key_of(name: str) -> str:
    """A key with a certificate, drawn once a run: RSA takes its time."""
    return keys.new(name, datetime.now(UTC))


@dataclass
class Asked:
    """A sign-in that a citizen began at the portal."""

    identifier: str
    state: str
    document: etree._Element
    address: str


@dataclass
class Idp:
    """The e-ID: a key with its certificate, and the row by which the portal knows it."""

    row: IdentityProvider
    key: str
    count: int = 0

    def answer(self, asked: Asked, **changed: Any) -> etree._Element:
        """An unsigned response to what was asked; ``changed`` spoils a part."""
        self.count += 1
        values = {
            **{"samlp": SAMLP, "saml": SAML, "n": self.count, "now": at(), "issued": at(), "proven": at()},
            **{"destination": names.consumer(self.row), "recipient": names.consumer(self.row)},
            **{"answers": asked.identifier, "confirms": asked.identifier, "issuer": ENTITY},
            **{"audience": names.entity_id(self.row), "identifier": f"_a{self.count}-{asked.identifier}"},
            **{"start": at(-30), "end": at(120), "confirm_end": at(120), "context": PASSWORD},
            **{"name": "kim-7", "name_format": PERSISTENT, "status": "Success", **changed},
        }
        return etree.fromstring(RESPONSE.format(**values).replace(">\n<", "><"))

    def sign(
        self,
        element: etree._Element,
        method: Any = xmlsec.Transform.RSA_SHA256,
        digest: Any = xmlsec.Transform.SHA256,
        key: str = "",
    ) -> etree._Element:
        """Sign an element in its place, behind its issuer; returns the signature."""
        signature = xmlsec.template.create(element, xmlsec.Transform.EXCL_C14N, method, ns="ds")
        element.insert(1, signature)
        reference = xmlsec.template.add_reference(signature, digest, uri=f"#{element.get('ID')}")
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        xmlsec.tree.add_ids(element, ["ID"])
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory((key or self.key).encode(), xmlsec.KeyFormat.PEM)
        context.sign(signature)
        return signature

    def signed(self, asked: Asked, **changed: Any) -> etree._Element:
        """An honest answer with a signed assertion."""
        response = self.answer(asked, **changed)
        self.sign(assertion_of(response))
        return response

    def holds(self, document: bytes) -> bool:
        """Whether a reader who asks only whether some signature holds would be content."""
        root = etree.fromstring(document)
        for one in root.iter(f"{{{SAML}}}Assertion", f"{{{SAMLP}}}Response"):
            xmlsec.tree.add_ids(one, ["ID"])
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(self.key.encode(), xmlsec.KeyFormat.PEM)
        try:
            context.verify(next(root.iter(f"{{{DS}}}Signature")))
        except xmlsec.Error:
            return False
        return True


def assertion_of(response: etree._Element) -> etree._Element:
    found = response.find("saml:Assertion", NAMES)
    assert found is not None
    return found


def enter(key: str = "abroad", **changed: Any) -> Idp:
    """Make an e-ID and enter it as an administrator would, from its metadata."""
    row = IdentityProvider(
        key=key,
        protocol=IdentityProvider.Protocol.SAML,
        names={"en": "Abroad"},
        issuer=ENTITY,
        level_path="AuthnContextClassRef",
        level_map={PASSWORD: levels.SUBSTANTIAL, CARD: levels.HIGH, "urn:weak": levels.LOW},
        paths={"subject": "NameID", "given_name": "urn:oid:2.5.4.42"},
        asking=IdentityProvider.Asking.CONTEXT,
        is_active=True,
    )
    now = datetime.now(UTC)
    row.secret, held = key_of("portal"), key_of("abroad")
    for name, value in changed.items():
        setattr(row, name, value)
    row.save()
    trust.enter(row, trust.understand(metadata(held), now), "", now)
    return Idp(row, held)


def metadata(held: str, entity: str = ENTITY, sso: str = SSO, logout: str = "") -> bytes:
    der = load_pem_x509_certificate(held.encode()).public_bytes(serialization.Encoding.DER)
    certificate = base64.b64encode(der).decode()
    said = {"entity": entity, "certificate": certificate, "sso": sso, "logout": logout}
    return METADATA.format(samlp=SAMLP, ds=DS, **said).encode()


def begins(citizen: Citizen, level: str = "substantial", key: str = "abroad") -> Asked:
    """A citizen chooses the e-ID; what the portal asks of it."""
    begun = citizen.http.get(
        f"{citizen.portal}/sign-in?next=/signed-out&level={level}&with={key}",
        allow_redirects=False,
        timeout=20,
    )
    assert begun.status_code == 302, begun.text[:300]
    address = begun.headers["Location"]
    query = parse_qs(urlsplit(address).query)
    document = etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))
    return Asked(document.get("ID", ""), query["RelayState"][0], document, address)


def posts(citizen: Citizen, state: str, document: bytes | etree._Element, key: str = "abroad") -> Any:
    """The e-ID's page posts the answer from another site, so without cookies; the portal's page from here."""
    sent = document if isinstance(document, bytes) else etree.tostring(document)
    form = {"SAMLResponse": base64.b64encode(sent).decode(), "RelayState": state}
    page = requests.post(f"{citizen.portal}/sign-in/saml/{key}", form, timeout=20)
    assert page.status_code == 200, page.text[:300]
    assert "Set-Cookie" not in page.headers, "what the browser holds for us stays as it is"
    found = re.findall(r'name="(\w+)" value="([^"]*)"', page.text)
    relayed = {name: unescape(value) for name, value in found if name in form}
    assert relayed == form
    return citizen.open(f"{citizen.portal}/sign-in/saml/{key}/signed-in", relayed)
