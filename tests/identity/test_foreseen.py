"""A person whom a register named before their first sign-in is the same person afterwards."""

from datetime import UTC, datetime

import pytest

from identity import levels
from identity.models import FederatedIdentity, User
from identity.signin.people import recognise

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
NUMBER = "20140621T4387"
AMARA = {"given_name": "Amara", "identifier": NUMBER}


def come(level: str = levels.SUBSTANTIAL, subject: str = "s", **more: str) -> User:
    return recognise("https://eid.example", subject, {**AMARA, **more}, level=level, now=NOW)


def test_a_child_that_a_register_named_is_found_again() -> None:
    child = User.objects.create_user(NUMBER, given_name="Amara")
    assert come() == child
    assert come() == child
    assert User.objects.count() == 1


def test_a_weak_e_id_claims_nobody() -> None:
    child = User.objects.create_user(NUMBER, given_name="Amara")
    assert come(levels.LOW) != child


def test_a75_somebody_with_an_e_id_is_not_claimed_by_another() -> None:
    known = User.objects.create_user(NUMBER, given_name="Amara")
    FederatedIdentity.objects.create(issuer="https://other.example", subject="o", user=known)
    assert come() != known


def test_somebody_without_a_number_is_somebody_new() -> None:
    User.objects.create_user(given_name="Nobody")
    come(identifier="")
    assert User.objects.count() == 2
