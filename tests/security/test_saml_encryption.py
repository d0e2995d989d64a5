"""Encrypted assertions over HTTP: opened, judged as any other, refused where the encryption is weak."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import xmlsec
from lxml import etree

from identity.models import FederatedIdentity, User
from identity.saml import extra
from identity.saml.markup import SAML, SAMLP, XENC
from tests.identity import saml_idp
from tests.identity.live import hang_up
from tests.identity.saml_idp import Idp, assertion_of, begins, key_of, posts
from tests.identity.saml_sealing import seal
from tests.peers.citizen import Citizen

pytestmark = pytest.mark.django_db(transaction=True)
Way = xmlsec.Transform
Refused = Callable[..., None]


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
def refused(citizen: Citizen, caplog: pytest.LogCaptureFixture) -> Refused:
    """Send an answer; nobody is signed in, for the reason that is meant."""

    def send(state: str, document: etree._Element | bytes, reason: str) -> None:
        with caplog.at_level(logging.WARNING, "identity.signin.views"):
            caplog.clear()
            answer = posts(citizen, state, document)
        assert answer.status_code >= 400, answer.url
        assert f"sign-in failed: {reason}" in caplog.text
        assert not User.objects.exists()

    return send


@pytest.mark.parametrize(
    ("way", "size"), [(Way.AES128_GCM, 128), (Way.AES192_GCM, 192), (Way.AES256_GCM, 256)], ids=str
)
def test_an_encrypted_assertion_signs_in(idp: Idp, citizen: Citizen, way: Any, size: int) -> None:
    asked = begins(citizen)
    response = idp.signed(asked)
    seal(response, way, size=size)
    assert b"kim-7" not in etree.tostring(response)
    posts(citizen, asked.state, response)
    assert citizen.is_signed_in
    assert FederatedIdentity.objects.get().subject == "kim-7"


def test_the_response_signed_around_what_is_encrypted(idp: Idp, citizen: Citizen) -> None:
    """That signature covers the encrypted bytes, so the assertion inside needs none of its own."""
    asked = begins(citizen)
    response = idp.answer(asked)
    seal(response)
    idp.sign(response)
    posts(citizen, asked.state, response)
    assert citizen.is_signed_in


def test_a85_encryption_is_no_signature(idp: Idp, citizen: Citizen, refused: Refused) -> None:
    """Our certificate is public: anybody can encrypt to us."""
    asked = begins(citizen)
    response = idp.answer(asked)
    seal(response)
    refused(asked.state, response, "saml-unsigned")


def test_a86_a_second_assertion_beside_the_encrypted_one(
    idp: Idp, citizen: Citizen, refused: Refused
) -> None:
    asked = begins(citizen)
    response = idp.signed(asked)
    evil = etree.fromstring(etree.tostring(assertion_of(idp.answer(asked, name="victim"))))
    seal(response)
    response.append(evil)
    refused(asked.state, response, "saml-wrapped")


def test_a86_encrypted_is_something_else(idp: Idp, citizen: Citizen, refused: Refused) -> None:
    asked = begins(citizen)
    response = idp.signed(asked)
    inner = etree.fromstring(etree.tostring(response))
    assertion = assertion_of(response)
    # The binding encrypts what it finds as the assertion: a whole response inside.
    wrapper = etree.Element(f"{{{SAML}}}Assertion")
    wrapper.append(inner)
    response.replace(assertion, wrapper)
    seal(response)
    refused(asked.state, response, "saml-wrapped")


def test_a_changed_byte_does_not_open(idp: Idp, citizen: Citizen, refused: Refused) -> None:
    asked = begins(citizen)
    response = idp.signed(asked)
    sealed = seal(response)
    value = list(sealed.iter(f"{{{XENC}}}CipherValue"))[-1]
    said = "".join(str(value.text).split())
    value.text = said[:200] + ("A" if said[200] != "A" else "B") + said[201:]
    refused(asked.state, response, "saml-locked")


def test_for_another_key_does_not_open(idp: Idp, citizen: Citizen, refused: Refused) -> None:
    asked = begins(citizen)
    response = idp.signed(asked)
    seal(response, held=key_of("another"))
    refused(asked.state, response, "saml-locked")


def test_rsa_1_5_is_refused_always(idp: Idp, citizen: Citizen, refused: Refused) -> None:
    idp.row.saml.allows_cbc = True
    idp.row.saml.save()
    asked = begins(citizen)
    response = idp.signed(asked)
    seal(response, transport=Way.RSA_PKCS1)
    idp.sign(response)
    refused(asked.state, response, "saml-rsa15")


@pytest.mark.parametrize("is_allowed", [False, True])
def test_cbc_is_refused_unless_allowed_and_signed_around(
    idp: Idp, citizen: Citizen, refused: Refused, is_allowed: bool
) -> None:
    idp.row.saml.allows_cbc = is_allowed
    idp.row.saml.save()
    asked = begins(citizen)
    response = idp.signed(asked)
    seal(response, Way.AES128, size=128)
    refused(asked.state, response, "saml-cbc")
    asked = begins(citizen)
    response = idp.signed(asked)
    seal(response, Way.AES128, size=128)
    idp.sign(response)
    if is_allowed:
        posts(citizen, asked.state, response)
        assert citizen.is_signed_in
    else:
        refused(asked.state, response, "saml-cbc")


def test_triple_des_is_not_read(idp: Idp, citizen: Citizen, refused: Refused) -> None:
    asked = begins(citizen)
    response = idp.signed(asked)
    sealed = seal(response)
    method = next(sealed.iter(f"{{{XENC}}}EncryptionMethod"))
    method.set("Algorithm", f"{XENC}tripledes-cbc")
    refused(asked.state, response, "saml-encrypted")


@pytest.mark.parametrize(
    "inside",
    [b"", b"<a/>", b"<!-- -->", b"<a/><b/>", b"</place><a/><place>", b"<!DOCTYPE a><a/>"],
    ids=["empty", "other", "comment", "two", "closing", "type"],
)
def test_garbage_that_is_encrypted_well(
    idp: Idp, citizen: Citizen, refused: Refused, inside: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What opens is read as strictly as what came in the open."""
    monkeypatch.setattr("identity.saml.encryption._plain", lambda way, key, value: inside)
    asked = begins(citizen)
    response = idp.signed(asked)
    seal(response)
    refused(asked.state, response, "saml-wrapped" if inside == b"<a/>" else "saml-xml")


def test_our_metadata_says_how_to_encrypt(idp: Idp, citizen: Citizen) -> None:
    described = etree.fromstring(citizen.open(f"{citizen.portal}/sign-in/saml/abroad/metadata").content)
    ways = [one.get("Algorithm", "") for one in described.iter("{*}EncryptionMethod")]
    assert ways[0].endswith("aes256-gcm")
    assert any(way.endswith("rsa-oaep-mgf1p") for way in ways)
    assert not any("cbc" in way or "rsa-1_5" in way for way in ways)
    assert described.find(f".//{{{SAMLP}}}Response") is None
