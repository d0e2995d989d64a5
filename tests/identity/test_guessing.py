"""Guessing at the e-ID is braked without locking anybody out, and known passwords are refused."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from identity import checks
from identity.models import Application, AuthenticatorApp, EIDAccount, Session, SignInAttempt
from identity.provider.factors import breached, throttle
from tests.identity.own_factors import NUMBER, PASSWORD, code, give, person
from tests.identity.steps import pending

__all__ = ["person"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("eid_role")]
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
    [
        "1q2w3e4r5t6y7u8i9o0p",
        "P@ssw0rd2026!!",
        "qwertyuiop123",
        "Welcome123456!",
        "!!!sunshine2026",
        "iloveyouiloveyou",
        "D4ngerD4nger!",
    ],
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
