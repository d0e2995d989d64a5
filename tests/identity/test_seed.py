"""The demo world in both databases: complete, and the same after a second time."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from adapters.models import Connection
from adapters.sandbox.identities import identity
from adapters.simulator import assertions
from identity import levels, policies
from identity.models import Application, EIDAccount, FederatedIdentity, StaffRole, User
from identity.seed import seed_eid, seed_portal
from identity.signin.people import recognise
from onestop.demo.clients import seed_clients
from onestop.lib import aurelia

pytestmark = pytest.mark.django_db


def seen(issuer: str, subject: str, person: dict[str, str]) -> User:
    """Sign somebody in at the level substantial."""
    return recognise(issuer, subject, person, level=levels.SUBSTANTIAL, now=timezone.now())


def counted() -> list[int]:
    """How many rows there are of everything the seed makes."""
    tables = (Application, EIDAccount, FederatedIdentity, StaffRole, User)
    return [table.objects.count() for table in tables]


def test_e_id_knows_everybody_once(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    seed_eid()
    first = counted()
    seed_eid()
    assert counted() == first
    assert EIDAccount.objects.count() == len(aurelia.people()) + len(aurelia.staff())
    maria = EIDAccount.objects.first()
    assert maria is not None
    assert maria.user.identifier == aurelia.people()[0]["personalNumber"]
    assert maria.highest_level == levels.HIGH
    key = tmp_path / "eid-signing-keys.json"
    assert key.stat().st_mode & 0o077 == 0


def test_portal_knows_its_staff_before_they_sign_in(settings: Any) -> None:
    seed_portal()
    first = counted()
    seed_portal()
    assert counted() == first
    officer = next(member for member in aurelia.staff() if member["roles"][0]["unit"] == "npr")
    person = {"given_name": "Karin", "family_name": "Lövgren"}
    user = seen(settings.EID_URL, officer["subject"], person)
    assert policies.is_caseworker(user, "npr")
    assert counted() == first


def test_a75_same_subject_at_another_e_id_is_another_person(settings: Any) -> None:
    seed_portal()
    officer = aurelia.staff()[0]
    stranger = seen("https://other.example", officer["subject"], {"given_name": "Eve"})
    assert policies.roles(stranger) == set()


def test_same_personal_number_at_another_e_id_is_not_merged() -> None:
    person = {"identifier": "19850312T4173"}
    first = seen("https://one.example", "1", person)
    assert seen("https://two.example", "1", person) != first


def test_the_population_register_gets_a_token_by_its_key_alone(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    Connection.objects.create(key="npr", name="National Population Register", kind="soap")
    seed_clients()
    seed_clients()
    known = identity("npr-at-portal", tmp_path / "sandbox")
    asked = {"grant_type": "client_credentials", "scope": "case.status"}
    address = f"{settings.PORTAL_URL}/oauth/token"
    signed = asked | assertions.proof(known.key, "npr", address)
    assert client.post("/oauth/token", signed).status_code == 200
    by_secret = asked | {"client_id": "npr", "client_secret": "insecure-development-secret-of-npr"}
    assert client.post("/oauth/token", by_secret).status_code == 401
