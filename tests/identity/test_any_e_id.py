"""Signing in with any e-ID: chosen, believed by its row, refused with a page that says what to do."""

import re
import time
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from joserfc.jwk import KeySet

from identity import access, levels
from identity.models import FederatedIdentity, IdentityProvider, SignIn, User
from identity.models.e_ids import claim_at
from identity.signin import discovery, key_sets, providers
from tests.identity import national as simulator
from tests.identity.any_e_id import MEDIUM, answer_of, answered, enter, sign_in
from tests.identity.national import National

pytestmark = pytest.mark.django_db
WORDS = {  # what a citizen reads for each fault
    "ACCESS_DENIED": "You cancelled at the e-ID",
    "TEMPORARILY_UNAVAILABLE": "cannot sign anybody in at the moment",
}


@pytest.fixture
def national(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[National]:
    """A foreign e-ID that works; nothing is remembered of it."""
    settings.PORTAL_URL = "http://testserver"
    monkeypatch.setattr(discovery, "_known", {})
    with simulator.running() as one:
        yield one


def test_a_person_signs_in_with_a_foreign_e_id(client: Client, national: National) -> None:
    enter(national)
    done = sign_in(client, next="/my/?x=1")
    assert (done.status_code, done["Location"]) == (302, "/my/?x=1")
    identity = FederatedIdentity.objects.get()
    assert (identity.issuer, identity.subject) == (national.base, simulator.SUBJECT)
    assert identity.level == levels.SUBSTANTIAL
    assert identity.user.email == "kenneth@example.org"
    assert client.session["acr"] == levels.SUBSTANTIAL
    assert SignIn.objects.get().acr == levels.SUBSTANTIAL


@pytest.mark.parametrize("fault", [*simulator.TOKEN_FAULTS, *simulator.ANSWER_FAULTS])
def test_a83_faults_of_a_national_e_id_sign_nobody_in(client: Client, national: National, fault: str) -> None:
    enter(national)
    national.faults = {fault}
    refused = sign_in(client)
    page = refused.content.decode()
    assert refused.status_code == {"ACCESS_DENIED": 200, "TEMPORARILY_UNAVAILABLE": 503}.get(fault, 502)
    assert WORDS.get(fault, "Nobody was signed in, and the matter is recorded") in page
    assert "/sign-in?next=%2Fmy%2F" in page
    assert "_auth_user_id" not in client.session
    assert not User.objects.exists()
    national.faults = set()
    assert sign_in(client).status_code == 302, "the same browser gets in once the e-ID is in order"


def test_a75_same_subject_at_two_e_ids_is_two_people(client: Client, national: National) -> None:
    enter(national)
    with simulator.running() as other:
        enter(other, key="other")
        national.client_keys = other.client_keys = providers_keys("national", "other")
        sign_in(client)
        sign_in(Client(), key="other")
    assert FederatedIdentity.objects.count() == User.objects.count() == 2


def providers_keys(*names: str) -> Any:
    found = [providers.public_keys(providers.by_key(name))["keys"][0] for name in names]
    return KeySet.import_key_set({"keys": found})


def test_a84_a_rotated_key_is_believed_without_a_restart(client: Client, national: National) -> None:
    enter(national)
    assert sign_in(client).status_code == 302
    national.rotate()
    known = discovery.of(national.base)
    known._fetched_at -= key_sets.REFETCH_SECONDS + 1
    assert sign_in(Client()).status_code == 302


def test_a72_without_its_keys_nobody_is_signed_in(client: Client, national: National) -> None:
    enter(national)
    assert sign_in(Client()).status_code == 302
    discovery.of(national.base)._fetched_at -= key_sets.KEPT_SECONDS + 1
    national.is_keyless = True
    for _ in range(2):  # the second time the failure is remembered, and old keys are not
        refused = sign_in(client)
        assert (refused.status_code, "Retry-After" in refused) == (503, True)
        assert "does not answer" in refused.content.decode()
    assert "_auth_user_id" not in client.session


def test_a69_an_answer_at_another_e_ids_address_is_refused(client: Client, national: National) -> None:
    enter(national)
    enter_other = IdentityProvider.objects.get()
    enter_other.pk, enter_other.key, enter_other.issuer = None, "other", "http://127.0.0.1:1"
    enter_other.save()
    answer = answer_of(client, **{"with": "national"})
    refused = client.get(answer.replace("/callback/national", "/callback/other"))
    assert refused.status_code == 400
    assert not User.objects.exists()


def test_several_e_ids_are_chosen_from_and_one_of_our_own_is_not_asked_about(
    client: Client, national: National
) -> None:
    providers.ensure_embedded()
    enter(national)
    page = client.get("/sign-in", {"next": "/my/"})
    assert page.status_code == 200
    assert "One Sign-in" in page.content.decode()
    assert "Aurelia e-ID" in page.content.decode()
    arabic = client.get("/sign-in", headers={"Accept-Language": "ar"}).content.decode()
    assert "تسجيل واحد" in arabic
    high = client.get("/sign-in", {"level": "high"}).content.decode()
    assert "One Sign-in" not in high, "it cannot prove high"


def test_no_e_id_that_proves_enough_is_said(client: Client, national: National) -> None:
    enter(national)
    refused = client.get("/sign-in", {"level": "high"})
    assert refused.status_code == 403
    assert "No e-ID here proves enough" in refused.content.decode()


def test_an_e_id_that_is_switched_off_signs_nobody_in(client: Client, national: National) -> None:
    row = enter(national)
    answer = answer_of(client, **{"with": "national"})
    row.is_active = False
    row.save()
    assert client.get(answer).status_code == 400
    assert client.get("/sign-in", {"with": "national"}).status_code == 403


def test_signing_out_offers_the_foreign_e_ids_own_page(client: Client, national: National) -> None:
    enter(national)
    sign_in(client)
    page = client.post("/sign-out")
    assert f"{national.base}/logout?" in page.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("sub", "s"),
        ("https://vocab.example/v1/name", "Kenneth"),
        ("/address/0/locality", "Leeds"),
        ("/address/7/locality", None),
        ("/address/-1", None),
        ("/a~1b", "slash"),
        ("/sub/deeper", None),
        ("missing", None),
    ],
)
def test_claims_are_found_by_name_or_pointer(path: str, found: Any) -> None:
    claims = {"sub": "s", "https://vocab.example/v1/name": "Kenneth", "a/b": "slash"}
    assert claim_at({**claims, "address": [{"locality": "Leeds"}]}, path) == found


def test_levels_are_asked_for_and_read_in_the_providers_words(national: National) -> None:
    row = enter(national)
    assert row.wish(levels.LOW) == {"vtr": '["Cl.Cm", "Cl.Cm.P2"]'}
    assert row.level_of({"vot": MEDIUM}) == levels.SUBSTANTIAL
    assert row.level_of({"vot": ["Cl.Cm.P2"]}) == ""
    assert row.level_of({"acr": levels.HIGH}) == ""


# --- linking ---


def person_with(client: Client, level: str, **fields: Any) -> User:
    """A person whose first e-ID has proven ``level``, signed in so."""
    user = User.objects.create_user(**fields)
    FederatedIdentity.objects.create(issuer="https://first.example", subject="1", user=user, level=level)
    client.force_login(user)
    session = client.session
    session["acr"], session["acr_at"] = level, time.time()
    session.save()
    return user


def link(client: Client, key: str = "national") -> Any:
    begun = client.post("/my/e-ids/", {"add": key})
    assert begun.status_code == 200, begun.content[:300]
    return client.get(answered(leaving(client, begun)))


def leaving(client: Client, page: Any) -> str:
    """The address at the e-ID that a page leads to."""
    found = re.search(r'data-leave href="([^"]+)"', page.content.decode())
    assert found is not None
    return str(client.get(unescape(found[1]))["Location"])


def test_a_second_e_id_is_linked_with_proof_on_both_sides(client: Client, national: National) -> None:
    enter(national)
    user = person_with(client, levels.SUBSTANTIAL, given_name="Maria")
    assert link(client).status_code == 302
    assert set(user.federated_identities.values_list("issuer", flat=True)) == {
        "https://first.example",
        national.base,
    }
    other = Client()
    sign_in(other)
    assert other.session["_auth_user_id"] == str(user.pk)


def test_a76_a_weak_e_id_is_not_linked_to_a_strong_account(client: Client, national: National) -> None:
    enter(national)
    user = person_with(client, levels.HIGH)
    refused = link(client)
    assert refused.status_code == 403
    assert "proves less than the e-ID you use already" in refused.content.decode()
    assert user.federated_identities.count() == 1


def test_a76_a_weak_session_links_nothing_to_a_strong_account(client: Client, national: National) -> None:
    enter(national, level_map={MEDIUM: levels.HIGH})
    user = person_with(client, levels.HIGH)
    session = client.session
    session["acr_at"] = time.time() - 100_000  # the step-up has expired since
    session.save()
    sent = client.post("/my/e-ids/", {"add": "national"})
    assert sent.status_code == 302
    assert sent["Location"].startswith("/sign-in?")
    assert user.federated_identities.count() == 1


def test_an_e_id_of_somebody_else_or_of_another_number_is_not_linked(
    client: Client, national: National
) -> None:
    enter(national)
    sign_in(Client())  # it has an account of its own
    person_with(client, levels.SUBSTANTIAL)
    refused = link(client)
    assert (refused.status_code, "already belongs to another account" in refused.content.decode()) == (
        403,
        True,
    )
    FederatedIdentity.objects.filter(issuer=national.base).delete()
    national.claims |= {"person_identifier": "19850312T4240"}
    mine = User.objects.get(federated_identities__issuer="https://first.example")
    mine.identifier = "19831102T4318"
    mine.save()
    assert "another personal number" in link(client).content.decode()


def test_a_weaker_linked_e_id_changes_nothing_of_the_person(client: Client, national: National) -> None:
    enter(national)
    user = person_with(client, levels.SUBSTANTIAL, email="maria@example.org")
    link(client)
    FederatedIdentity.objects.filter(issuer="https://first.example").update(level=levels.HIGH)
    sign_in(Client())
    user.refresh_from_db()
    assert user.email == "maria@example.org"


def test_an_e_id_can_be_removed_but_never_the_last(client: Client, national: National) -> None:
    enter(national)
    user = person_with(client, levels.SUBSTANTIAL)
    link(client)
    second = user.federated_identities.get(issuer=national.base)
    client.post("/my/e-ids/", {"remove": str(second.pk)})
    assert user.federated_identities.count() == 1
    stranger = User.objects.create_user()
    theirs = FederatedIdentity.objects.create(issuer="https://x.example", subject="9", user=stranger)
    last = user.federated_identities.get()
    for pk in (theirs.pk, last.pk):
        client.post("/my/e-ids/", {"remove": str(pk)})
    assert FederatedIdentity.objects.count() == 2


# --- stepping up ---


@access.citizen_required(levels.HIGH)
def guarded(request: HttpRequest) -> HttpResponse:
    """A page that needs the level high."""
    return HttpResponse(b"secret")


def asked(client: Client, **headers: str) -> Any:
    request = RequestFactory().get("/cases/7", headers=headers)
    request.session = client.session
    request.user = User.objects.first() or AnonymousUser()
    return guarded(request)


def test_a80_a_step_up_expires(client: Client, settings: Any) -> None:
    person_with(client, levels.HIGH)
    assert asked(client).content == b"secret"
    with time_machine.travel(time.time() + settings.STEP_UP_SECONDS + 1, tick=False):
        assert asked(client).status_code == 302
    session = client.session
    del session["acr_at"]
    session.save()
    assert asked(client).status_code == 302, "a moment nobody knows is no proof"


def test_a80_the_e_id_must_have_asked_a_short_while_ago(
    client: Client, national: National, settings: Any
) -> None:
    enter(national, level_map={MEDIUM: levels.HIGH})
    begun = client.get("/sign-in", {"level": "high", "with": "national"})
    assert f"max_age={settings.STEP_UP_SECONDS}" in begun["Location"]
    national.extra = {"auth_time": int(time.time()) - settings.STEP_UP_SECONDS - 120}
    refused = client.get(answered(begun["Location"]))
    assert refused.status_code == 502
    assert "_auth_user_id" not in client.session


def test_a101_a_program_is_told_by_a_challenge(client: Client) -> None:
    person_with(client, levels.SUBSTANTIAL)
    refused = asked(client, Accept="application/json")
    assert refused.status_code == 401
    assert "insufficient_user_authentication" in refused["WWW-Authenticate"]
    assert levels.HIGH in refused["WWW-Authenticate"]
    assert b"secret" not in refused.content
