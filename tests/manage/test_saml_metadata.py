"""Metadata as federations publish it: several e-IDs in a document, signed, ending, with keys that change."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import xmlsec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import etree

from identity.models import FederatedIdentity, IdentityProvider, SamlTrust
from identity.saml import extra, trust
from identity.saml.described import understand
from identity.saml.markup import MD
from identity.signin.errors import AnswerRefused
from tests.identity import saml_idp
from tests.identity.live import hang_up
from tests.identity.saml_idp import ENTITY, Idp, assertion_of, at, begins, key_of, metadata, posts
from tests.manage.test_saml import NEW, filled
from tests.manage.test_sign_in import administrator  # noqa: F401 - a fixture
from tests.peers.citizen import Citizen

OTHER = "https://other.example/idp"
CERTIFICATE = "-----BEGIN CERTIFICATE"


@pytest.fixture(autouse=True)
def _the_extra() -> None:
    if extra.missing():
        pytest.skip(f"SAML needs: {extra.missing()}")


def federation(*described: bytes, signed_by: str = "", method: Any = None, **said: str) -> bytes:
    """One document of a federation, signed by one of the keys of the run."""
    root = etree.Element(f"{{{MD}}}EntitiesDescriptor", {"ID": "_all", **said}, nsmap={"md": MD})
    root.extend([etree.fromstring(one) for one in described])
    if signed_by:
        _sign(root, key_of(signed_by), method or xmlsec.Transform.RSA_SHA256)
    return etree.tostring(root)


def _sign(root: etree._Element, held: str, method: Any) -> None:
    signature = xmlsec.template.create(root, xmlsec.Transform.EXCL_C14N, method, ns="ds")
    root.insert(0, signature)
    reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri="#_all")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(held.encode(), xmlsec.KeyFormat.PEM)
    context.sign(signature)


def both(**asked: Any) -> bytes:
    return federation(metadata(key_of("abroad")), metadata(key_of("other"), entity=OTHER), **asked)


def certificate(name: str) -> SimpleUploadedFile:
    held = key_of(name)
    return SimpleUploadedFile("federation.pem", held[held.index(CERTIFICATE) :].encode())


pytestmark = pytest.mark.django_db(transaction=True)


def test_several_e_ids_in_one_document(administrator: Client) -> None:  # noqa: F811
    told = administrator.post(NEW, filled(both())).content.decode()
    assert "it describes 2 e-IDs; say which one you mean" in told
    assert ENTITY in told
    assert OTHER in told
    assert administrator.post(NEW, filled(both(), entity_id=OTHER)).status_code == 302
    row = IdentityProvider.objects.get()
    assert row.issuer == OTHER
    assert row.saml.certificates == understand(metadata(key_of("other")), datetime.now(UTC)).certificates
    again = filled(both(), seen=row.updated_at.isoformat())
    assert administrator.post("/manage/sign-in/abroad/", again).status_code == 302
    assert IdentityProvider.objects.get().issuer == OTHER
    none = administrator.post(NEW, filled(both(), key="third", entity_id="https://third.example"))
    assert "it does not describe https://third.example" in none.content.decode()


def test_signed_metadata_is_held_to_the_pinned_certificate(administrator: Client) -> None:  # noqa: F811
    whose = {"entity_id": ENTITY}
    good = both(signed_by="federation")
    for document, pinned, words in (
        (both(), "federation", "it is not signed, and you gave a certificate"),
        (good, "impostor", "its signature does not hold with the certificate you gave"),
        (good.replace(b"/sso", b"/evil"), "federation", "its signature does not hold with the certificate"),
        (
            both(signed_by="federation", method=xmlsec.Transform.RSA_SHA1),
            "federation",
            "its signature is not one that is accepted",
        ),
    ):
        form = filled(document, pinned_file=certificate(pinned), **whose)
        refused = administrator.post(NEW, form)
        assert refused.status_code == 422
        assert words in refused.content.decode()
    assert not IdentityProvider.objects.exists()
    form = filled(good, pinned_file=certificate("federation"), **whose)
    assert administrator.post(NEW, form).status_code == 302
    seen = IdentityProvider.objects.get().updated_at.isoformat()
    unsigned = administrator.post("/manage/sign-in/abroad/", filled(both(), seen=seen))
    assert "it is not signed, and you gave a certificate" in unsigned.content.decode()
    without = administrator.post("/manage/sign-in/abroad/", filled(both(), seen=seen, unpin="on"))
    assert without.status_code == 302
    assert SamlTrust.objects.get().pinned == ""


def test_a_wrapped_description_is_refused(administrator: Client) -> None:  # noqa: F811
    """The signed part stays whole, and another description of the same e-ID is put before it."""
    root = etree.fromstring(both(signed_by="federation"))
    outer = etree.Element(f"{{{MD}}}EntitiesDescriptor", {"ID": "_outer"}, nsmap={"md": MD})
    outer.append(etree.fromstring(metadata(key_of("impostor"), entity="https://evil.example/idp")))
    outer.append(root)
    form = filled(
        etree.tostring(outer), pinned_file=certificate("federation"), entity_id="https://evil.example/idp"
    )
    assert "it is not signed" in administrator.post(NEW, form).content.decode()


def test_a_file_that_is_no_certificate(administrator: Client) -> None:  # noqa: F811
    form = filled(both(), entity_id=ENTITY, pinned_file=SimpleUploadedFile("x.pem", b"hello"))
    assert "this is no X.509 certificate" in administrator.post(NEW, form).content.decode()


def test_metadata_that_has_ended_is_refused(administrator: Client) -> None:  # noqa: F811
    ended = both(validUntil=at(-60))
    refused = administrator.post(NEW, filled(ended, entity_id=ENTITY)).content.decode()
    assert "it has ended: validUntil" in refused
    soon = both(validUntil=at(3600))
    assert administrator.post(NEW, filled(soon, entity_id=ENTITY)).status_code == 302
    row = SamlTrust.objects.get()
    row.valid_until = datetime.now(UTC) - timedelta(seconds=1)
    row.save()
    with pytest.raises(AnswerRefused, match="saml-ended"):
        trust.of(row.provider)


def test_a_transient_name_is_no_subject(administrator: Client) -> None:  # noqa: F811
    form = filled(metadata(key_of("abroad")), name_format="transient")
    assert "a transient NameID is another each time" in administrator.post(NEW, form).content.decode()
    form = filled(metadata(key_of("abroad")), name_format="transient", path_subject="urn:oid:0.9.2342")
    assert administrator.post(NEW, form).status_code == 302


@pytest.fixture
def idp(live_server: Any, settings: Any) -> Iterator[Idp]:
    settings.PORTAL_URL = live_server.url
    yield saml_idp.enter()
    hang_up()


@pytest.mark.parametrize("wanted", ["persistent", "transient", "any"])
def test_the_name_format_is_asked_for(idp: Idp, wanted: str, live_server: Any) -> None:
    idp.row.saml.name_format = wanted
    idp.row.saml.save()
    policy = begins(Citizen(live_server.url)).document.find("{*}NameIDPolicy")
    assert policy is not None
    asked = policy.get("Format", "any")
    assert asked.rpartition(":")[2] == wanted


def test_a_transient_name_with_an_attribute_as_subject(idp: Idp, live_server: Any) -> None:
    idp.row.paths["subject"] = "urn:oid:2.5.4.42"
    idp.row.save()
    for name in ("_once", "_twice"):
        citizen = Citizen(live_server.url)
        asked = begins(citizen)
        transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
        posts(citizen, asked.state, idp.signed(asked, name=name, name_format=transient))
        assert citizen.is_signed_in
    known = FederatedIdentity.objects.get()
    assert known.subject == "Kim"


def both_keys(held: str, other: str) -> bytes:
    """Metadata with two signing keys, as during a rollover."""
    second = re.search(rb"<md:KeyDescriptor.*</md:KeyDescriptor>", metadata(other), re.S)
    assert second is not None
    return metadata(held).replace(b"</md:KeyDescriptor>", b"</md:KeyDescriptor>" + second[0], 1)


def test_either_key_signs_while_both_are_published(idp: Idp, live_server: Any) -> None:
    now = datetime.now(UTC)
    trust.enter(idp.row, understand(both_keys(idp.key, key_of("next")), now), "", now)
    for held in (idp.key, key_of("next")):
        citizen = Citizen(live_server.url)
        asked = begins(citizen)
        response = idp.answer(asked)
        idp.sign(assertion_of(response), key=held)
        posts(citizen, asked.state, response)
        assert citizen.is_signed_in


def test_a_key_taken_up_since_is_found_without_a_restart(
    idp: Idp, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The metadata at its address is read anew for an unknown key, once in 30 seconds at most."""
    row = idp.row.saml
    row.metadata_url = "https://abroad.example/metadata"
    row.save()
    reads: list[str] = []

    def served(address: str, largest: int) -> bytes:
        reads.append(address)
        return metadata(key_of("next"))

    monkeypatch.setattr("identity.signin.wire.read", served)
    monkeypatch.setattr(trust, "_asked_at", {})
    citizen = Citizen(live_server.url)
    asked = begins(citizen)
    response = idp.answer(asked)
    idp.sign(assertion_of(response), key=key_of("next"))
    posts(citizen, asked.state, response)
    assert citizen.is_signed_in
    assert len(reads) == 1
    for _ in range(3):  # a flood of forged answers is not passed on
        thief = Citizen(live_server.url)
        asked = begins(thief)
        response = idp.answer(asked)
        idp.sign(assertion_of(response), key=key_of("impostor"))
        assert posts(thief, asked.state, response).status_code == 502
    assert len(reads) == 1
