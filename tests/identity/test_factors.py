"""Factors at the e-ID: what each proves, what is refused, and how they are kept."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from identity import levels
from identity.models import Application, AuthenticatorApp, EIDAccount, Session
from identity.provider.factors import recovery
from identity.provider.factors.app import STEP_SECONDS, base32, step_of, take
from tests.identity.own_factors import PASSWORD, SECRET, code, give, person
from tests.identity.steps import answer, pending

__all__ = ["person"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("eid_role")]


def test_a_password_and_a_code_prove_substantial(
    client: Client, portal_client: Application, person: EIDAccount
) -> None:
    target = pending(client, acr_values=levels.SUBSTANTIAL)
    asked = give(client, target)
    assert asked.status_code == 302
    assert asked["Location"].startswith("/login/code?")
    assert not Session.objects.exists(), "half a proof signs nobody in"
    done = client.post("/login/code", {"next": target, "code": code()})
    assert done.status_code == 302, done.content
    assert "code" in answer(client.get(done["Location"]))
    session = Session.objects.get()
    assert (session.acr, session.amr) == (levels.SUBSTANTIAL, "pwd otp mfa")


@pytest.mark.parametrize("name", ["19850312-T 4240", "MARIA@example.org "])
def test_the_name_may_be_written_as_people_do(
    client: Client, portal_client: Application, person: EIDAccount, name: str
) -> None:
    assert give(client, pending(client), name=name).status_code == 302


def test_a29_they_never_prove_high(client: Client, portal_client: Application, person: EIDAccount) -> None:
    target = pending(client, acr_values=levels.HIGH)
    give(client, target)
    refused = client.post("/login/code", {"next": target, "code": code()})
    assert refused.status_code == 422
    assert "proves too little" in refused.content.decode()
    assert not Session.objects.exists()


def test_a_factor_proves_no_more_than_when_it_was_added(
    client: Client, portal_client: Application, person: EIDAccount
) -> None:
    AuthenticatorApp.objects.update(bound_level=levels.LOW)
    target = pending(client, acr_values=levels.SUBSTANTIAL)
    give(client, target)
    assert client.post("/login/code", {"next": target, "code": code()}).status_code == 422


def test_a_password_alone_proves_low(client: Client, portal_client: Application, person: EIDAccount) -> None:
    AuthenticatorApp.objects.all().delete()
    assert give(client, pending(client, acr_values=levels.SUBSTANTIAL)).status_code == 422
    assert give(client, pending(client)).status_code == 302
    assert Session.objects.get().acr == levels.LOW


def test_a139_a_code_is_taken_once(client: Client, portal_client: Application, person: EIDAccount) -> None:
    target, used = pending(client), code()
    give(client, target)
    assert client.post("/login/code", {"next": target, "code": used}).status_code == 302
    other = Client()
    target = pending(other)
    give(other, target)
    refused = other.post("/login/code", {"next": target, "code": used})
    assert refused.status_code == 422
    assert "wrong, used or too old" in refused.content.decode()
    assert Session.objects.count() == 1
    assert other.post("/login/code", {"next": target, "code": code(1)}).status_code == 302


def test_a139_no_older_code_is_taken_after_a_newer_one(person: EIDAccount) -> None:
    app, now = AuthenticatorApp.objects.get(), timezone.now()
    older, newer = code(-1), code()
    assert take(app, newer, now)
    app.refresh_from_db()
    assert not take(app, older, now)
    stale = AuthenticatorApp.objects.get()
    stale.last_step = 0  # as read before the other request wrote
    assert not take(stale, newer, now)


@pytest.mark.parametrize("offset", [-3, -2, 2, 3])
def test_codes_of_other_times_are_refused(offset: int) -> None:
    with time_machine.travel(1_790_000_015, tick=False):
        assert step_of(SECRET, code(offset), timezone.now()) is None
        assert step_of(SECRET, code(), timezone.now()) is not None


@pytest.mark.parametrize("text", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 34 5x"])
def test_what_is_no_code_is_refused(text: str) -> None:
    assert step_of(SECRET, text, timezone.now()) is None


def test_the_codes_are_those_of_the_specification() -> None:
    """RFC 6238, appendix B, SHA-1, the last six digits."""
    secret = b"12345678901234567890"
    for moment, shown in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        with time_machine.travel(moment, tick=False):
            assert step_of(secret, shown, timezone.now()) == moment // STEP_SECONDS
    assert base32(secret) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_a_recovery_code_stands_for_the_app_once(
    client: Client, portal_client: Application, person: EIDAccount
) -> None:
    codes = recovery.renew(person.user, levels.SUBSTANTIAL)
    assert len(set(codes)) == recovery.COUNT
    for wanted in (302, 422):
        browser = Client()
        target = pending(browser, acr_values=levels.SUBSTANTIAL)
        give(browser, target)
        sent = {"next": target, "code": codes[0].upper().replace("-", " ")}
        assert browser.post("/login/code", sent).status_code == wanted
    assert recovery.left(person.user) == recovery.COUNT - 1
    assert codes[1] not in str(list(person.user.recovery_codes.values_list()))


# --- My e-ID ---


def at_my_e_id(client: Client, account: EIDAccount, level: str = "substantial") -> Client:
    """Sign a test person in for the e-ID's own pages."""
    sent = client.post("/login", {"account": str(account.user.subject), "level": level, "next": "/my/"})
    assert sent["Location"] == "/my/"
    return client


def test_my_e_id_asks_who_one_is_surely_and_lately(client: Client, maria: EIDAccount) -> None:
    assert client.get("/my/password/")["Location"] == "/login?next=%2Fmy%2Fpassword%2F"
    low = client.post("/login", {"account": str(maria.user.subject), "level": "low", "next": "/my/"})
    assert low.status_code == 400
    at_my_e_id(client, maria)
    assert client.get("/my/").status_code == 200
    Session.objects.update(authenticated_at=timezone.now() - timedelta(minutes=16))
    assert client.get("/my/")["Location"] == "/login?next=%2Fmy%2F"


@pytest.mark.parametrize(
    "target", ["//evil.example/my/", "/my/../x", "/my/?x=//evil", "https://e/my/", "/other/"]
)
def test_a77_other_targets_are_refused(client: Client, maria: EIDAccount, target: str) -> None:
    sent = client.post("/login", {"account": str(maria.user.subject), "level": "high", "next": target})
    assert sent.status_code == 400
    assert not Session.objects.exists()


def test_a_password_is_set_and_other_browsers_are_signed_out(client: Client, maria: EIDAccount) -> None:
    other = at_my_e_id(Client(), maria)
    at_my_e_id(client, maria)
    for password, again, words in (
        ("sh0rt-1", "sh0rt-1", "at least 12 characters"),
        ("P@ssw0rd2026!!", "P@ssw0rd2026!!", "list that attackers use"),
        ("lindqvist-okafor", "lindqvist-okafor", "too similar"),
        (PASSWORD, "another", "differ"),
    ):
        refused = client.post("/my/password/", {"password": password, "again": again})
        assert refused.status_code == 422
        assert words in refused.content.decode()
        assert password not in refused.content.decode(), "a secret is never sent back"
    assert client.post("/my/password/", {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert client.get("/my/").status_code == 200
    assert other.get("/my/").status_code == 302
    maria.user.refresh_from_db()
    assert maria.user.check_password(PASSWORD)


def test_an_app_is_added_by_its_code_and_brings_recovery_codes(client: Client, maria: EIDAccount) -> None:
    at_my_e_id(client, maria)
    page = client.get("/my/app/").content.decode()
    assert "<svg" in page
    from identity.provider.factors import enrolment

    secret = enrolment.secret_of(client.session, is_new=False)
    assert base32(secret) in page
    wrong = client.post("/my/app/", {"name": "phone", "code": "000000"})
    assert wrong.status_code == 422
    assert base32(secret) in wrong.content.decode(), "the key stays the same"
    added = client.post("/my/app/", {"name": "phone", "code": code(secret=secret)})
    assert "not shown again" in added.content.decode()
    app = AuthenticatorApp.objects.get()
    assert (app.secret, app.bound_level) == (secret, levels.SUBSTANTIAL)
    assert secret not in bytes(app.secret_sealed)
    assert recovery.left(maria.user) == recovery.COUNT
    path = f"/my/app/{app.public_id}/"
    client.post(path, {"name": "tablet"})
    app.refresh_from_db()
    assert app.name == "tablet"
    assert client.post(path, {"remove": "1"}).status_code == 302
    assert not AuthenticatorApp.objects.exists()
    assert recovery.left(maria.user) == 0


def test_a94_factors_of_others_are_not_there(client: Client, person: EIDAccount, elias: EIDAccount) -> None:
    elias.highest_level = levels.HIGH
    elias.save()
    at_my_e_id(client, elias)
    app = AuthenticatorApp.objects.get()
    for data in (None, {"remove": "1"}, {"name": "mine"}):
        path = f"/my/app/{app.public_id}/"
        assert (client.get(path) if data is None else client.post(path, data)).status_code == 404
    assert AuthenticatorApp.objects.get().name == "phone"


def test_without_test_people_one_click_signs_nobody_in(
    client: Client, portal_client: Application, maria: EIDAccount, settings: Any
) -> None:
    settings.EID_TEST_PEOPLE = False
    target = pending(client)
    assert client.get("/login", {"next": target})["Location"].startswith("/login/password?")
    sent = client.post("/login", {"account": str(maria.user.subject), "level": "high", "next": target})
    assert sent.status_code == 400
    assert not Session.objects.exists()


def test_every_form_of_the_factors_needs_its_csrf_token(maria: EIDAccount) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in (
        "/login/password",
        "/login/code",
        "/login/passkey",
        "/my/password/",
        "/my/app/",
        "/my/codes/",
    ):
        assert strict.post(path, {"next": "/my/"}).status_code == 403, path
