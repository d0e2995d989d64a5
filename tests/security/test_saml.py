"""Attacks on signing in by SAML (A85 to A93): forged answers, sent over HTTP, sign nobody in."""

import base64
import logging
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import xmlsec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_der_x509_certificate
from lxml import etree

from identity import levels
from identity.models import FederatedIdentity, SignIn, User
from identity.saml import extra, keys
from identity.saml.markup import DS, SAML, SAMLP
from tests.identity import saml_idp
from tests.identity.live import hang_up
from tests.identity.saml_idp import CARD, Asked, Idp, assertion_of, at, begins, posts
from tests.peers.citizen import Citizen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def idp(live_server: Any, settings: Any) -> Iterator[Idp]:
    if extra.missing():
        pytest.skip(f"SAML needs: {extra.missing()}")
    settings.PORTAL_URL = live_server.url
    yield saml_idp.enter()
    hang_up()


@pytest.fixture
def citizen(idp: Idp, live_server: Any) -> Citizen:
    return Citizen(live_server.url)


@pytest.fixture
def refused(citizen: Citizen, caplog: pytest.LogCaptureFixture) -> Callable[..., None]:
    """Send a forged answer; nobody is signed in, for the reason that is meant."""

    def send(state: str, document: bytes | etree._Element, reason: str, who: Citizen = citizen) -> None:
        known = User.objects.count()
        with caplog.at_level(logging.WARNING, "identity.signin.views"):
            caplog.clear()
            answer = posts(who, state, document)
        assert answer.status_code >= 400, answer.url
        assert f"sign-in failed: {reason}" in caplog.text
        assert not who.is_signed_in
        assert User.objects.count() == known

    return send


def test_an_honest_answer_signs_the_person_in(idp: Idp, citizen: Citizen) -> None:
    asked = begins(citizen)
    done = posts(citizen, asked.state, idp.signed(asked))
    assert done.url == f"{citizen.portal}/signed-out"
    known = FederatedIdentity.objects.get()
    assert (known.issuer, known.subject, known.level) == (saml_idp.ENTITY, "kim-7", levels.SUBSTANTIAL)
    assert known.user.given_name == "Kim"
    assert SignIn.objects.get().acr == levels.SUBSTANTIAL
    assert citizen.is_signed_in


def test_both_signed_is_accepted_and_so_is_the_response_alone(idp: Idp, citizen: Citizen) -> None:
    for both in (True, False):
        asked = begins(citizen := Citizen(citizen.portal))
        response = idp.answer(asked)
        if both:
            idp.sign(assertion_of(response))
        idp.sign(response)
        posts(citizen, asked.state, response)
        assert citizen.is_signed_in


def test_a85_unsigned_answer(idp: Idp, citizen: Citizen, refused: Callable[..., None]) -> None:
    asked = begins(citizen)
    refused(asked.state, idp.answer(asked), "saml-unsigned")


def test_a85_stripped_signature(idp: Idp, citizen: Citizen, refused: Callable[..., None]) -> None:
    asked = begins(citizen)
    response = idp.signed(asked)
    signature = next(response.iter(f"{{{DS}}}Signature"))
    assertion_of(response).remove(signature)
    refused(asked.state, response, "saml-unsigned")


def test_a85_signature_of_another_key(idp: Idp, citizen: Citizen, refused: Callable[..., None]) -> None:
    """The stranger's certificate lies in the document, where nobody looks for a key."""
    stranger = saml_idp.key_of("stranger")
    asked = begins(citizen)
    response = idp.answer(asked)
    signature = idp.sign(assertion_of(response), key=stranger)
    der = stranger.partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END")[0]
    key_info = etree.SubElement(signature, f"{{{DS}}}KeyInfo")
    data = etree.SubElement(key_info, f"{{{DS}}}X509Data")
    etree.SubElement(data, f"{{{DS}}}X509Certificate").text = der
    refused(asked.state, response, "signature")


def test_a85_signed_words_changed(idp: Idp, citizen: Citizen, refused: Callable[..., None]) -> None:
    asked = begins(citizen)
    changed = etree.tostring(idp.signed(asked)).replace(b"kim-7", b"kim-8")
    refused(asked.state, changed, "signature")


def test_a85_response_forged_around_an_assertion_whose_signature_is_broken(
    idp: Idp, citizen: Citizen, refused: Callable[..., None]
) -> None:
    """One good signature does not excuse a bad one."""
    asked = begins(citizen)
    response = idp.answer(asked)
    idp.sign(assertion_of(response))
    value = next(response.iter(f"{{{DS}}}SignatureValue"))
    value.text = "A" + str(value.text)[1:] if str(value.text).strip()[0] != "A" else "B" + str(value.text)[1:]
    idp.sign(response)
    refused(asked.state, response, "signature")


def _evil(element: etree._Element) -> etree._Element:
    """A copy with another name, another ID and no signature."""
    copy = deepcopy(element)
    for one in list(copy.iter(f"{{{DS}}}Signature")):
        above = one.getparent()
        if above is not None:
            above.remove(one)
    copy.set("ID", "_evil")
    for name in copy.iter(f"{{{SAML}}}NameID"):
        name.text = "victim"
    return copy


def _stripped(element: etree._Element) -> tuple[etree._Element, etree._Element]:
    """A copy without its signature, and the signature."""
    copy = deepcopy(element)
    signature = next(one for one in copy if one.tag == f"{{{DS}}}Signature")
    copy.remove(signature)
    return copy, signature


def _wrapped(number: int, response: etree._Element) -> etree._Element:
    """The eight ways of "On Breaking SAML" (Somorovsky and others, 2012) around a signed original."""
    if number in {1, 2}:
        original, signature = _stripped(response)
        evil = _evil(response)
        evil.insert(1, signature)
        if number == 1:
            signature.append(original)
        else:
            evil.insert(1, original)
        return evil
    whole, assertion = deepcopy(response), assertion_of(response)
    held = assertion_of(whole)
    original, signature = _stripped(assertion)
    evil = _evil(assertion)
    if number == 3:
        held.addprevious(evil)
    elif number == 4:
        whole.replace(held, evil)
        evil.append(held)
    elif number == 5:
        evil.insert(1, signature)
        whole.replace(held, evil)
        whole.append(original)
    elif number == 6:
        evil.insert(1, signature)
        signature.append(original)
        whole.replace(held, evil)
    elif number == 7:
        extensions = etree.Element(f"{{{SAMLP}}}Extensions")
        extensions.append(evil)
        held.addprevious(extensions)
    else:
        evil.insert(1, signature)
        etree.SubElement(signature, f"{{{DS}}}Object").append(original)
        whole.replace(held, evil)
    return whole


@pytest.mark.parametrize("number", range(1, 9))
def test_a86_wrapping(idp: Idp, citizen: Citizen, refused: Callable[..., None], number: int) -> None:
    asked = begins(citizen)
    response = idp.answer(asked)
    idp.sign(response if number < 3 else assertion_of(response))
    document = etree.tostring(_wrapped(number, response))
    by_itself = number not in {1, 6, 8}  # there the transform removes what was signed, in xmlsec's reading
    assert idp.holds(document) is by_itself, "the signature itself is good, and that must not be enough"
    refused(asked.state, document, "saml-wrapped")


def test_a86_the_same_id_twice(idp: Idp, citizen: Citizen, refused: Callable[..., None]) -> None:
    asked = begins(citizen)
    response = idp.signed(asked)
    response.set("ID", str(assertion_of(response).get("ID")))
    refused(asked.state, response, "saml-wrapped")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"destination": "https://other.example/acs"}, "saml-recipient"),
        ({"recipient": "https://other.example/acs"}, "saml-recipient"),
        ({"audience": "https://other.example/sp"}, "saml-audience"),
        ({"answers": "_another"}, "saml-request"),
        ({"confirms": "_another"}, "saml-request"),
        ({"issuer": "https://other.example/idp"}, "saml-issuer"),
    ],
)
def test_a87_assertion_for_somebody_else(
    idp: Idp, citizen: Citizen, refused: Callable[..., None], changed: dict[str, str], reason: str
) -> None:
    asked = begins(citizen)
    refused(asked.state, idp.signed(asked, **changed), reason)


def test_a87_answer_of_another_browser(idp: Idp, citizen: Citizen, refused: Callable[..., None]) -> None:
    """Somebody has a victim's browser post their own answer: nothing was begun there."""
    attacker = Citizen(citizen.portal)
    asked = begins(attacker)
    refused(asked.state, idp.signed(asked), "state")


def test_a88_the_same_answer_twice(idp: Idp, citizen: Citizen, refused: Callable[..., None]) -> None:
    asked = begins(citizen)
    answer = idp.signed(asked)
    posts(citizen, asked.state, answer)
    assert citizen.is_signed_in
    thief = Citizen(citizen.portal)
    refused(asked.state, answer, "state", thief)


def test_a88_an_assertion_id_used_before(idp: Idp, citizen: Citizen, refused: Callable[..., None]) -> None:
    first = begins(citizen)
    posts(citizen, first.state, idp.signed(first, identifier="_once"))
    assert citizen.is_signed_in
    other = Citizen(citizen.portal)
    asked = begins(other)
    refused(asked.state, idp.signed(asked, identifier="_once"), "saml-used", other)


@pytest.mark.parametrize("context", [saml_idp.PASSWORD, "urn:weak", "urn:unheard-of", ""])
def test_a89_context_below_the_minimum(
    idp: Idp, citizen: Citizen, refused: Callable[..., None], context: str
) -> None:
    asked = begins(citizen, "high")
    refused(asked.state, idp.signed(asked, context=context), "saml-context")


def test_a89_high_must_have_been_proven_just_now(
    idp: Idp, citizen: Citizen, refused: Callable[..., None], settings: Any
) -> None:
    asked = begins(citizen, "high")
    assert asked.document.get("ForceAuthn") == "true"
    long_ago = at(-settings.STEP_UP_SECONDS - 90)
    refused(asked.state, idp.signed(asked, context=CARD, proven=long_ago), "saml-time")


@pytest.mark.parametrize(
    "changed",
    [
        {"end": -90},
        {"start": 90},
        {"confirm_end": -90},
        {"issued": -700},
        {"issued": 90},
        {"proven": 90},
    ],
    ids=lambda changed: "-".join(f"{name}{value}" for name, value in changed.items()),
)
def test_a90_expired_or_early(
    idp: Idp, citizen: Citizen, refused: Callable[..., None], changed: dict[str, int]
) -> None:
    asked = begins(citizen)
    moments = {name: at(seconds) for name, seconds in changed.items()}
    refused(asked.state, idp.signed(asked, **moments), "saml-time")


def test_a90_signed_by_a_certificate_that_has_ended(
    idp: Idp, citizen: Citizen, refused: Callable[..., None]
) -> None:
    old = keys.new("abroad", datetime.now(UTC) - timedelta(days=365 * keys.YEARS + 1))
    row = idp.row.saml
    row.certificates = [old[old.index("-----BEGIN CERTIFICATE") :]]
    row.save()
    asked = begins(citizen)
    response = idp.answer(asked)
    idp.sign(assertion_of(response), key=old)
    refused(asked.state, response, "signature")


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY who SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY who "&b;&b;&b;">]>',
    ],
    ids=["file", "external", "growing"],
)
def test_a91_document_type(idp: Idp, citizen: Citizen, refused: Callable[..., None], declared: str) -> None:
    asked = begins(citizen)
    document = etree.tostring(idp.signed(asked)).decode()
    if "ENTITY who" in declared:
        document = document.replace("kim-7", "&who;")
    begun = time.monotonic()
    refused(asked.state, (declared + document).encode(), "saml-xml")
    refused(begins(citizen).state, (declared + document).encode("utf-16"), "saml-xml")
    assert time.monotonic() - begun < 20


def test_a92_comment_inside_a_name(idp: Idp, citizen: Citizen, refused: Callable[..., None]) -> None:
    """Signed is "admin.evil"; a reader of the first text alone would read "admin"."""
    asked = begins(citizen)
    response = etree.tostring(idp.signed(asked, name="admin.evil"))
    split = response.replace(b"admin.evil", b"admin<!-- -->.evil")
    assert idp.holds(split), "canonicalisation takes the comment out"
    refused(asked.state, split, "saml-xml")


@pytest.mark.parametrize(
    ("method", "digest"),
    [
        (xmlsec.Transform.RSA_SHA1, xmlsec.Transform.SHA256),
        (xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA1),
        (xmlsec.Transform.RSA_SHA1, xmlsec.Transform.SHA1),
    ],
    ids=["signature", "digest", "both"],
)
def test_a93_sha1(idp: Idp, citizen: Citizen, refused: Callable[..., None], method: Any, digest: Any) -> None:
    asked = begins(citizen)
    response = idp.answer(asked)
    idp.sign(assertion_of(response), method, digest)
    assert idp.holds(etree.tostring(response)), "SHA-1 holds, and must not be enough"
    refused(asked.state, response, "saml-algorithm")


def test_a_name_that_is_another_each_time_is_nobody(
    idp: Idp, citizen: Citizen, refused: Callable[..., None]
) -> None:
    asked = begins(citizen)
    transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    refused(asked.state, idp.signed(asked, name_format=transient), "saml-transient")


def test_garbage_is_refused_by_a_page(idp: Idp, refused: Callable[..., None], citizen: Citizen) -> None:
    for document in (b"", b"<", b"<a/>", b"\x00" * 100, b"<a>" * 50_000):
        reason = "saml-recipient" if document == b"<a/>" else "saml-xml"
        refused(begins(citizen).state, document, reason)


def test_asked_is_what_was_signed(idp: Idp, citizen: Citizen) -> None:
    """The request is signed by the key of the published metadata, and asks for the level."""
    asked: Asked = begins(citizen, "high")
    query = urlsplit(asked.address).query
    told, _, signature = query.rpartition("&Signature=")
    page = citizen.open(f"{citizen.portal}/sign-in/saml/abroad/metadata")
    described = etree.fromstring(page.content)
    der = base64.b64decode(str(described.findtext(f".//{{{DS}}}X509Certificate")))
    key = load_der_x509_certificate(der).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    raw = base64.b64decode(parse_qs(f"s={signature}")["s"][0])
    key.verify(raw, told.encode(), padding.PKCS1v15(), hashes.SHA256())
    contexts = [one.text for one in asked.document.iter(f"{{{SAML}}}AuthnContextClassRef")]
    assert contexts == [CARD]
    assert described.get("entityID") == asked.document.findtext(f"{{{SAML}}}Issuer")


def test_stepping_up_has_the_e_id_ask_again(idp: Idp, citizen: Citizen) -> None:
    asked = begins(citizen, "low")
    assert asked.document.get("ForceAuthn") is None
    posts(citizen, asked.state, idp.signed(asked, context="urn:weak"))
    assert citizen.is_signed_in
    higher = begins(citizen, "substantial")
    assert higher.document.get("ForceAuthn") == "true"
    contexts = [one.text for one in higher.document.iter(f"{{{SAML}}}AuthnContextClassRef")]
    assert contexts == [saml_idp.PASSWORD, CARD]
