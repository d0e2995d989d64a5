"""An administrator enters an e-ID, tries it, and people sign in with it; others change nothing."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from joserfc.jwk import KeySet

from identity import levels
from identity.models import IdentityProvider, SignedClaim, StaffRole, User
from identity.models.e_ids import PATHS
from identity.signin import claims, discovery, signed_claims
from identity.signin.providers import ensure_embedded
from onestop.manage.words import RULES
from tests.identity import national as simulator
from tests.identity.any_e_id import answered, sign_in
from tests.identity.national import CORE, National
from tests.identity.test_any_e_id import leaving

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture
def national(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[National]:
    settings.PORTAL_URL = "http://testserver"
    monkeypatch.setattr(discovery, "_known", {})
    with simulator.running() as one:
        yield one


def staff(role: str, level: str = levels.HIGH) -> Client:
    """The browser of a member of staff, signed in at ``level``."""
    user = User.objects.create_user(given_name="Beatrice")
    StaffRole.objects.create(user=user, role=role)
    client = Client()
    client.force_login(user)
    session = client.session
    session["acr"], session["acr_at"] = level, time.time()
    session.save()
    return client


@pytest.fixture
def administrator(db: None) -> Client:
    return staff("administrator")


def filled(national: National, **changed: Any) -> dict[str, Any]:
    """The form as an administrator fills it for a national e-ID."""
    return {
        **{"name_en": "One Sign-in", "name_ar": "تسجيل واحد", "position": "1", "is_active": "on"},
        **{"key": "national", "issuer": national.base, "scopes": "openid email", "algorithms": ["ES256"]},
        **{"client_id": "onestop", "auth_method": "private_key_jwt", "key_algorithm": "ES256"},
        **{"level_path": "vot", "level_low": "", "level_substantial": "Cl.Cm.P2", "level_high": ""},
        **{"asking": "vtr", "pushing": "offered", **{f"path_{name}": path for name, path in PATHS.items()}},
        **changed,
    }


def test_an_e_id_is_entered_tried_and_used(administrator: Client, national: National) -> None:
    saved = administrator.post("/manage/sign-in/new/", filled(national))
    assert (saved.status_code, saved["Location"]) == (302, "/manage/sign-in/national/")
    page = administrator.get("/manage/sign-in/national/").content.decode()
    assert "http://testserver/sign-in/callback/national" in page
    keys = administrator.get("/sign-in/e-id/national/keys.json").json()
    assert "d" not in keys["keys"][0]
    national.client_keys = KeySet.import_key_set(keys)
    tried = administrator.get("/manage/sign-in/national/test/")
    assert "Sign in for a test" in tried.content.decode()
    person = administrator.session["_auth_user_id"]
    back = administrator.get(answered(leaving(administrator, tried)))
    assert back["Location"] == "/manage/sign-in/national/test/"
    told = administrator.get(back["Location"]).content.decode()
    assert "The answer was believed" in told
    assert simulator.SUBJECT in told
    assert "kenneth@example.org" in told
    assert "Cl.Cm.P2 → substantial" in told
    assert administrator.session["_auth_user_id"] == person, "a trial signs nobody in"
    assert User.objects.count() == 1
    assert sign_in(Client()).status_code == 302


def test_a_trial_says_why_an_answer_is_refused(administrator: Client, national: National) -> None:
    administrator.post("/manage/sign-in/new/", filled(national, is_active=""))
    national.client_keys = KeySet.import_key_set(administrator.get("/sign-in/e-id/national/keys.json").json())
    national.faults = {"INVALID_AUD"}
    tried = administrator.get("/manage/sign-in/national/test/")
    back = administrator.get(answered(leaving(administrator, tried)))
    told = administrator.get(back["Location"]).content.decode()
    assert "The answer was refused" in told
    assert "It is for another client (aud)" in told


def test_a_silent_e_id_is_shown_as_such(administrator: Client, national: National) -> None:
    administrator.post("/manage/sign-in/new/", filled(national))
    national.is_keyless = True
    told = administrator.get("/manage/sign-in/national/test/").content.decode()
    assert "Not in order" in told
    assert "Sign in for a test" not in told


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"issuer": "http://e-id.example"}, "must begin with https"),
        ({"issuer": "https://169.254.169.254"}, "No e-ID can be at this address"),
        ({"issuer": "https://user@e-id.example"}, "Enter an address such as"),
        ({"issuer": "e-id.example"}, "Enter an address such as"),
        ({"level_substantial": ""}, "Enter a word for at least one level"),
        ({"level_low": "Cl.Cm.P2"}, "A word can stand for one level only"),
        ({"auth_method": "client_secret_basic"}, "Enter the secret"),
        ({"key": "new"}, "Another e-ID has this key"),
        ({"algorithms": []}, "Signatures it may use"),
        ({"path_subject": ""}, "Enter where it says the subject"),
        ({"logo": SimpleUploadedFile("x.png", b"<svg onload=alert(1)>")}, "Choose a PNG"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_said_at_its_field(
    administrator: Client, national: National, changed: dict[str, Any], words: str
) -> None:
    refused = administrator.post("/manage/sign-in/new/", filled(national, **changed))
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert not IdentityProvider.objects.exists()


def test_the_second_of_two_changes_at_once_is_refused(administrator: Client, national: National) -> None:
    administrator.post("/manage/sign-in/new/", filled(national))
    seen = IdentityProvider.objects.get().updated_at.isoformat()
    first = administrator.post("/manage/sign-in/national/", filled(national, seen=seen, name_en="First"))
    assert first.status_code == 302
    second = administrator.post("/manage/sign-in/national/", filled(national, seen=seen, name_en="Second"))
    assert second.status_code == 422
    assert IdentityProvider.objects.get().names["en"] == "First"


def test_the_secret_and_key_stay_when_left_alone_and_are_never_shown(
    administrator: Client, national: National
) -> None:
    administrator.post("/manage/sign-in/new/", filled(national, logo=SimpleUploadedFile("x.png", PNG)))
    row = IdentityProvider.objects.get()
    held = row.secret
    seen = row.updated_at.isoformat()
    administrator.post("/manage/sign-in/national/", filled(national, seen=seen, name_en="Other"))
    row.refresh_from_db()
    assert (row.secret, row.names["en"], row.logo_type) == (held, "Other", "image/png")
    assert administrator.get("/sign-in/e-id/national/logo")["Content-Type"] == "image/png"
    seen = row.updated_at.isoformat()
    by_secret = filled(national, seen=seen, auth_method="client_secret_basic", secret="kept-to-ourselves")
    administrator.post("/manage/sign-in/national/", by_secret)
    page = administrator.get("/manage/sign-in/national/").content.decode()
    assert "kept-to-ourselves" not in page
    assert IdentityProvider.objects.get().secret == "kept-to-ourselves"
    assert b"kept-to-ourselves" not in bytes(IdentityProvider.objects.get().secret_sealed)


@pytest.mark.parametrize(
    "path", ["/manage/", "/manage/sign-in/", "/manage/sign-in/eid/", "/manage/sign-in/new/"]
)
def test_others_see_and_change_nothing(path: str) -> None:
    ensure_embedded()
    for role in ("caseworker", "integrator"):
        assert staff(role).get(path).status_code == 403
        assert staff(role).post(path, {"name_en": "x"}).status_code in {403, 405}
    assert Client().get(path).status_code == 302


def test_a101_an_administrator_steps_up_first(national: National) -> None:
    weak = staff("administrator", levels.SUBSTANTIAL)
    sent = weak.get("/manage/sign-in/")
    assert sent.status_code == 302
    assert "level=high" in sent["Location"]


def test_every_rule_of_an_id_token_has_its_words() -> None:
    """Whatever the check of an ID token can say, an administrator reads as a sentence."""
    source = Path(claims.__file__).read_text()
    named = set(re.findall(r'TokenForged\("([a-z_]+)"', source)) | {"exp", "iat", "nbf", "auth_time"}
    assert len(named) > 10
    own = Path(signed_claims.__file__).read_text()
    named |= set(re.findall(r'"(signed-[a-z]+)"', own)) | {"signed-signature", "signed-iat", "signed-nbf"}
    assert named <= set(RULES)


def test_what_was_changed_is_listed_from_the_record(administrator: Client, national: National) -> None:
    administrator.post("/manage/sign-in/new/", filled(national))
    administrator.get("/manage/sign-in/national/")
    page = administrator.get("/manage/changes/").content.decode()
    assert "national" in page
    assert "issuer" in page, "the names of what was changed"
    person = User.objects.get(pk=administrator.session["_auth_user_id"])
    assert f"<bdi>{person}</bdi>" in page
    assert Client().get("/manage/changes/").status_code in {302, 403}


def signed(national: National, **changed: Any) -> dict[str, Any]:
    """The form for an e-ID that vouches for an identity by a token of its own."""
    return {
        **filled(national),
        **{"signed_path": CORE, "signed_issuer": national.base, "signed_algorithms": ["ES256"]},
        **{"signed_keys_url": f"{national.base}/.well-known/did.json", "level_path": "vot signed:/vot"},
        **{"signed_must_say": f"vtm={national.base}/trustmark", "path_given_name": "signed:/name"},
        **changed,
    }


def test_an_e_id_with_an_identity_signed_by_itself(administrator: Client, national: National) -> None:
    saved = administrator.post("/manage/sign-in/new/", signed(national))
    assert saved.status_code == 302, saved.content.decode()
    national.client_keys = KeySet.import_key_set(administrator.get("/sign-in/e-id/national/keys.json").json())
    national.core, national.extra = {"name": "ANNE"}, {"vot": "Cl.Cm"}
    tried = administrator.get("/manage/sign-in/national/test/")
    assert "Keys of the signed claim" in tried.content.decode()
    administrator.get(answered(leaving(administrator, tried)))
    told = administrator.get("/manage/sign-in/national/test/").content.decode()
    for words in ("The answer was believed", "Cl.Cm.P2 → substantial", "The claim signed by itself", "ANNE"):
        assert words in told
    national.core_faults = {"INVALID_AUD"}
    administrator.get(answered(leaving(administrator, administrator.get("/manage/sign-in/national/test/"))))
    told = administrator.get("/manage/sign-in/national/test/").content.decode()
    assert "The signed claim is for another client (aud)" in told
    shown = administrator.get("/manage/sign-in/national/").content.decode()
    assert f'value="vtm={national.base}/trustmark"' in shown
    seen = IdentityProvider.objects.get(key="national").updated_at.isoformat()
    without = filled(national, seen=seen, level_path="vot", path_given_name="given_name")
    assert administrator.post("/manage/sign-in/national/", without).status_code == 302
    assert not SignedClaim.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"signed_issuer": ""}, "Enter the issuer of the signed claim"),
        ({"signed_keys_url": ""}, "Enter where the keys of the signed claim are"),
        ({"signed_keys_url": "ftp://e-id.example"}, "The address must begin with https://"),
        ({"signed_algorithms": []}, "Tick at least one signature"),
        ({"signed_must_say": "vtm"}, "Write each as name=text"),
        ({"signed_path": ""}, "Enter which claim it is"),
    ],
)
def test_half_a_signed_claim_is_refused(
    administrator: Client, national: National, changed: dict[str, Any], words: str
) -> None:
    refused = administrator.post("/manage/sign-in/new/", signed(national, **changed))
    assert refused.status_code == 422
    assert words in refused.content.decode()
