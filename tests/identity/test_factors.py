"""Factors at the e-ID: what each proves, what is refused, and how guessing is braked."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from identity import checks, levels
from identity.models import Application, AuthenticatorApp, EIDAccount, Session, SignInAttempt
from identity.provider.factors import breached, recovery, throttle
from identity.provider.factors.app import STEP_SECONDS, base32, step_of, take
from tests.identity.steps import answer, pending

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("eid_role")]
NUMBER, PASSWORD = "19850312T4240", "harbour lantern walnut"
SECRET = b"k" * 20
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def code(offset: int = 0, secret: bytes = SECRET) -> str:
    """What the app shows now, or some steps away."""
    moment = int(time.time()) + offset * STEP_SECONDS
    return TOTP(secret, 6, SHA1(), STEP_SECONDS, enforce_key_length=True).generate(moment).decode()


@pytest.fixture
def person(maria: EIDAccount, settings: Any) -> EIDAccount:
    """Maria with a password and an authenticator app added at the level substantial."""
    settings.PASSWORD_HASHERS = FAST
    maria.user.identifier = NUMBER
    maria.user.email = "maria@example.org"
    maria.user.set_password(PASSWORD)
    maria.user.save()
    app = AuthenticatorApp(user=maria.user, name="phone", bound_level=levels.HIGH)
    app.secret = SECRET
    app.save()
    return maria


def give(client: Client, target: str, *, name: str = NUMBER, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/login/password", {"next": target, "name": name, "password": password}, **extra)


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


# --- guessing ---

HERE, HOME = {"REMOTE_ADDR": "198.51.100.7"}, {"REMOTE_ADDR": "203.0.113.20"}


def test_a136_the_sixth_wrong_password_is_not_even_looked_at(
    client: Client, portal_client: Application, person: EIDAccount
) -> None:
    target = pending(client)
    for _ in range(throttle.PAIR):
        assert "do not belong together" in give(client, target, password="wrong", **HERE).content.decode()
    refused = give(client, target, **HERE)  # the right one, too late
    assert "Too many tries" in refused.content.decode()
    assert not Session.objects.exists()
    assert give(client, target, **HOME).status_code == 302, "from home its person gets in"
    with time_machine.travel(timezone.now() + throttle.WINDOW + timedelta(seconds=1)):
        assert give(client, pending(client), **HERE).status_code == 302, "and it does not last"


@pytest.mark.django_db(transaction=True)
def test_a136_of_many_tries_at_once_no_more_are_looked_at() -> None:
    def once(number: int) -> bool:
        try:
            throttle.claim("maria@example.org", "198.51.100.7", timezone.now())
        except throttle.Blocked:
            return False
        except OperationalError:  # the tests' SQLite in memory locks whole tables; PostgreSQL never gets here
            assert connection.vendor == "sqlite"
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(once, range(24))) <= throttle.PAIR


def test_a136_one_address_does_not_try_one_password_with_everybody(
    client: Client, portal_client: Application, person: EIDAccount
) -> None:
    target = pending(client)
    for number in range(throttle.ADDRESS):
        give(client, target, name=f"nobody{number}@example.org", password="Summer 2026 harbour", **HERE)
    assert "Too many tries" in give(client, target, **HERE).content.decode()
    assert give(client, target, **HOME).status_code == 302


def test_a136_a_thousand_addresses_do_not_guess_nor_lock_the_person_out(
    client: Client, portal_client: Application, person: EIDAccount
) -> None:
    AuthenticatorApp.objects.all().delete()
    target = pending(client)
    assert give(client, target, **HOME).status_code == 302  # the person's own address
    for number in range(throttle.NAME):
        give(Client(), target, password="wrong", REMOTE_ADDR=f"198.51.100.{number}")
    assert "Too many tries" in give(Client(), target, REMOTE_ADDR="192.0.2.9").content.decode()
    assert give(Client(), target, **HOME).status_code == 302, "known addresses go on"


def test_a136_guessing_the_code_is_braked_as_well(
    client: Client, portal_client: Application, person: EIDAccount
) -> None:
    target = pending(client)
    give(client, target, **HERE)
    for _ in range(throttle.PAIR):
        last = client.post("/login/code", {"next": target, "code": "000000"}, **HERE)
    assert "Too many tries" in last.content.decode()
    assert client.post("/login/code", {"next": target, "code": code()}, **HERE).status_code == 422


def test_a136_the_code_page_alone_opens_nothing(client: Client, portal_client: Application) -> None:
    target = pending(client)
    sent = client.post("/login/code", {"next": target, "code": "123456"})
    assert sent["Location"].startswith("/login/password?")


def test_names_and_addresses_of_tries_are_not_readable(
    client: Client, portal_client: Application, person: EIDAccount
) -> None:
    give(client, pending(client), password="wrong", **HERE)
    stored = str(list(SignInAttempt.objects.values_list()))
    assert NUMBER not in stored
    assert HERE["REMOTE_ADDR"] not in stored


def test_a137_unknown_people_cost_as_much_time_as_known_ones(
    client: Client, portal_client: Application, person: EIDAccount, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    person.user.set_password(PASSWORD)
    person.user.save()
    target = pending(client)
    unset = EIDAccount.objects.exclude(pk=person.pk).first()
    assert unset is None
    took: dict[str, list[float]] = {NUMBER: [], "19831102T4318": []}
    for number in range(6):
        for name, times in took.items():
            began = time.process_time()
            give(client, target, name=name, password="wrong", REMOTE_ADDR=f"198.51.100.{number}")
            times.append(time.process_time() - began)
    known, unknown = (statistics.median(times[1:]) for times in took.values())
    assert abs(known - unknown) / known < 0.2, (known, unknown)


# --- passwords of breaches ---


@pytest.mark.parametrize(
    "password",
    ["1q2w3e4r5t6y7u8i9o0p", "P@ssw0rd2026!!", "qwertyuiop123", "Welcome123456!", "!!!sunshine2026"],
)
def test_a140_known_passwords_are_refused_in_disguise_too(password: str) -> None:
    with pytest.raises(ValidationError):
        breached.BreachedPasswordValidator().validate(password)


@pytest.mark.parametrize("password", [PASSWORD, "kT9#vq2!mZ4pw", "fjordblick im november"])
def test_good_passwords_are_taken(password: str) -> None:
    breached.BreachedPasswordValidator().validate(password)


def test_a140_the_configured_list_is_searched(tmp_path: Path, settings: Any) -> None:
    import hashlib

    words = [f"breached phrase {number}" for number in range(500)]
    digests = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in words)
    path = tmp_path / "pwned.txt"
    path.write_text("".join(f"{digest}:{number}\r\n" for number, digest in enumerate(digests)))
    assert all(breached.is_in_file(path, word) for word in words)
    assert not any(breached.is_in_file(path, f"other phrase {number}") for number in range(200))
    settings.BREACHED_PASSWORDS = str(path)
    assert checks.breached_passwords(None) == []
    with pytest.raises(ValidationError):
        breached.BreachedPasswordValidator().validate(words[7])
    for wrong in (tmp_path / "absent", tmp_path):
        settings.BREACHED_PASSWORDS = str(wrong)
        assert [one.id for one in checks.breached_passwords(None)] == ["identity.E002"]
    (tmp_path / "other").write_text("hello\n")
    settings.BREACHED_PASSWORDS = str(tmp_path / "other")
    assert [one.id for one in checks.breached_passwords(None)] == ["identity.E002"]


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
