"""An identity that is signed by itself in userinfo (A83): six faults of a national simulator, and others."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from joserfc.jwk import ECKey

from identity import levels
from identity.models import FederatedIdentity, IdentityProvider, SignedClaim, User
from identity.models.e_ids import SIGNED, claim_at
from identity.signin import discovery, key_sets
from tests.identity import national as simulator
from tests.identity.any_e_id import enter, sign_in
from tests.identity.national import CORE, CORE_FAULTS, National

pytestmark = pytest.mark.django_db
NAME = "signed:/vc/credentialSubject/name/[!validUntil]/nameParts"
PATHS = {
    **{"subject": "sub", "email": "email"},
    **{"given_name": f"{NAME}/[type=GivenName]/value", "family_name": f"{NAME}/[type=FamilyName]/value"},
    "date_of_birth": "signed:/vc/credentialSubject/birthDate/0/value",
}


def part(kind: str, value: str) -> dict[str, str]:
    return {"type": kind, "value": value}


SUBJECT = {
    "name": [
        {
            "nameParts": [part("GivenName", "ANNE"), part("FamilyName", "OLD")],
            "validUntil": "2019-01-01",
        },
        {"nameParts": [part("GivenName", "ANNE"), part("GivenName", "JO"), part("FamilyName", "NEW")]},
    ],
    "birthDate": [{"value": "1964-11-07"}],
}


@pytest.fixture
def national(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[National]:
    """An e-ID that vouches for identities, entered with all that its kind needs."""
    settings.PORTAL_URL = "http://testserver"
    monkeypatch.setattr(discovery, "_known", {})
    monkeypatch.setattr(key_sets, "_known", {})
    with simulator.running() as one:
        one.core, one.extra = {"vc": {"credentialSubject": SUBJECT}}, {"vot": "Cl.Cm"}
        row = enter(one, paths=PATHS, level_path="vot signed:/vot")
        SignedClaim.objects.create(
            provider=row,
            path=CORE,
            issuer=one.base,
            keys_url=f"{one.base}/.well-known/did.json",
            must_say={"vtm": f"{one.base}/trustmark"},
        )
        yield one


def refused_for(reason: str, caplog: pytest.LogCaptureFixture) -> None:
    """Sign in; it is refused for this reason, and nobody is known."""
    with caplog.at_level(logging.WARNING, "identity.signin.views"):
        answer = sign_in(Client())
    assert answer.status_code == 502, answer.content[:200]
    assert f"sign-in failed: {reason}" in caplog.text
    assert not User.objects.exists()


def test_the_identity_is_read_from_what_is_signed(national: National) -> None:
    client = Client()
    assert sign_in(client).status_code == 302
    known = FederatedIdentity.objects.get()
    assert (known.user.given_name, known.user.family_name) == ("ANNE JO", "NEW")
    assert str(known.user.date_of_birth) == "1964-11-07"
    assert known.level == levels.SUBSTANTIAL
    assert client.session["acr"] == levels.SUBSTANTIAL


def test_the_claim_is_asked_for(national: National) -> None:
    begun = Client().get("/sign-in?with=national")
    asked = parse_qs(urlsplit(begun["Location"]).query)
    assert json.loads(asked["claims"][0]) == {"userinfo": {CORE: None}}


@pytest.mark.parametrize("fault", CORE_FAULTS)
def test_a83_fault_of_the_signed_identity(
    national: National, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    national.core_faults = {fault}
    reasons = {
        **{"INVALID_ALG_HEADER": "signed-signature", "INVALID_SIGNATURE": "signed-signature"},
        **{"INVALID_AUD": "signed-aud", "INVALID_ISS": "signed-iss", "INCORRECT_SUB": "signed-sub"},
        "TOKEN_EXPIRED": "signed-exp",
    }
    refused_for(reasons[fault], caplog)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"vot": "P1"}, "acr"),
        ({"vot": ""}, "acr"),
        ({"vot": None}, "acr"),
        ({"vtm": "https://evil.example/trustmark"}, "signed-said"),
        ({"vtm": None}, "signed-said"),
        ({"exp": "tomorrow"}, "signed-exp"),
        ({"nbf": 99_999_999_999}, "signed-nbf"),
        ({"iat": 99_999_999_999}, "signed-iat"),
        ({"aud": ["another"]}, "signed-aud"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else value,
)
def test_a83_what_the_identity_says(
    national: National, said: dict[str, Any], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    national.core = {**(national.core or {}), **said}
    refused_for(reason, caplog)


def test_signed_by_the_key_of_id_tokens_is_not_enough(
    national: National, caplog: pytest.LogCaptureFixture
) -> None:
    """The identity has a signer of its own: a key of the e-ID, published elsewhere, does not stand for it."""
    published = national.did_document()
    national.identity_key = national.key
    national.did_document = lambda: published  # type: ignore[method-assign]
    refused_for("signed-signature", caplog)


def test_a_key_that_another_subject_controls_counts_for_nothing(
    national: National, caplog: pytest.LogCaptureFixture
) -> None:
    document = national.did_document()
    document["assertionMethod"][0]["controller"] = "did:web:evil.example"
    national.did_document = lambda: document  # type: ignore[method-assign]
    with caplog.at_level(logging.WARNING, "identity.signin.views"):
        assert sign_in(Client()).status_code == 503
    assert "without keys" in caplog.text


def test_methods_may_stand_under_their_names(national: National) -> None:
    document = national.did_document()
    method = document["assertionMethod"][0]
    named = {**document, "assertionMethod": [method["id"]], "verificationMethod": [method]}
    national.did_document = lambda: named  # type: ignore[method-assign]
    assert sign_in(Client()).status_code == 302


def test_a84_its_keys_rotate_without_a_restart(national: National, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sign_in(Client()).status_code == 302
    national.identity_key = ECKey.generate_key("P-256", auto_kid=True)
    monkeypatch.setattr(key_sets, "REFETCH_SECONDS", -1.0)
    assert sign_in(Client()).status_code == 302


def test_a_key_set_does_as_well_as_a_did_document(national: National) -> None:
    SignedClaim.objects.update(keys_url=f"{national.base}/jwks")
    national.identity_key, national.did_document = national.key, dict  # type: ignore[method-assign]
    key = national.key.as_dict(private=False) | {"kid": f"{national.did}#{national.key.kid}"}
    national.key = ECKey.import_key({**national.key.as_dict(private=True), "kid": key["kid"]})
    assert sign_in(Client()).status_code == 302


def test_without_the_identity_the_level_is_not_reached(
    national: National, caplog: pytest.LogCaptureFixture
) -> None:
    national.core = None
    refused_for("acr", caplog)
    assert sign_in(Client(), level="low").status_code == 302
    assert FederatedIdentity.objects.get().level == levels.LOW


def test_where_the_level_is_elsewhere_the_identity_must_be_there(
    national: National, caplog: pytest.LogCaptureFixture
) -> None:
    IdentityProvider.objects.update(level_path="vot")
    national.extra, national.core = {"vot": "Cl.Cm.P2"}, None
    refused_for("signed-missing", caplog)


@pytest.mark.parametrize("token", [7, [], {}, "", "a.b", "a.b.c", "é", "x" * 9000])
def test_garbage_instead_of_a_token(national: National, token: Any, caplog: pytest.LogCaptureFixture) -> None:
    national.claims = {**national.claims, CORE: token}
    national.core = None
    refused_for("signed-malformed", caplog)


def test_what_is_not_signed_cannot_pass_for_it(national: National, caplog: pytest.LogCaptureFixture) -> None:
    """Userinfo is not signed: a claim there by the name we use for what was signed is dropped."""
    national.claims = {**national.claims, SIGNED: {"vot": "P2"}}
    national.core = None
    refused_for("acr", caplog)
    SignedClaim.objects.all().delete()
    refused_for("acr", caplog)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/a/[k=1]/v", None),
        ("/a/[k=x]/v", "one two"),
        ("/a/[!k]/v", "three"),
        ("/a/[k=y]/v", None),
        ("/a/0/v", "one"),
        ("/a/9/v", None),
        ("/a/[k=x]/0", None),
        ("/a/0", {"k": "x", "v": "one"}),
        ("signed:/a/0/v", None),
    ],
)
def test_conditions_in_a_path(path: str, found: Any) -> None:
    said = {"a": [{"k": "x", "v": "one"}, {"k": "x", "v": "two"}, {"v": "three"}, 7]}
    assert claim_at(said, path) == found
