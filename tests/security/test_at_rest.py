"""A stolen copy of the database says nothing about people and opens no door; keys rotate under it."""

import base64
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from identity.models import IdentityProvider, Passkey, RecordEntry, User
from identity.provider import cli
from onestop.lib.resealing import columns
from onestop.lib.sealed_fields import Sealed
from onestop.lib.sealing import SealBroken, unseal
from tests.security import everything
from tests.workflows.conftest import agencies, clock
from tests.workflows.world import MARIA, Agencies, Clock
from workflows.models import Case
from workflows.seed import seed_definitions

__all__ = ["agencies", "clock"]
pytestmark = pytest.mark.django_db
# Bytes that are no secret, or are sealed under the key of one person instead.
IN_THE_OPEN = {(IdentityProvider, "logo"), (Passkey, "credential"), (RecordEntry, "sealed")}
OLD, NEW = "old-sealing-key" * 3, "new-sealing-key" * 3


@pytest.fixture
def person(settings: Any) -> User:
    settings.ONESTOP_SEALING_KEYS = [OLD]
    seed_definitions()
    return everything.canary()


@pytest.fixture
def case(person: User, agencies: Agencies, clock: Clock) -> Case:
    return everything.fill(person, clock)


def copy_of_the_database() -> bytes:
    """The bytes of SQLite's file; on PostgreSQL what pg_dump writes, which copies tables the same way."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return bytes(connection.connection.serialize())
    dumped = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copying:
                dumped += [bytes(part) for part in copying]
    return b"".join(dumped)


def spellings(secret: str) -> list[bytes]:
    """A text as it may stand in a dump: plain, in hex as PostgreSQL writes bytes, escaped, in base64."""
    plain = secret.encode()
    inside = [base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)]
    return [plain, plain.hex().encode(), *(one for one in inside if len(one) >= 12)]


def test_a146_a_copy_of_the_database_names_nobody(case: Case, person: User) -> None:
    client = everything.browser(person)
    client.get("/my/")
    copied = copy_of_the_database().lower()
    assert case.reference.lower().encode() in copied, "the copy is one of this database"
    found = [one for one in everything.CANARIES if any(s.lower() in copied for s in spellings(one))]
    assert found == []


def test_a146_a_copy_of_the_database_opens_no_door(case: Case, person: User) -> None:
    client = everything.browser(person)
    cookie = client.session.session_key
    copied = copy_of_the_database()
    secrets = [*everything.SECRETS.values(), cookie]
    assert [one for one in secrets if any(s in copied for s in spellings(one))] == []
    thief = Client()
    thief.cookies["onestop_portal_session"] = Session.objects.get().session_key
    assert thief.get("/my/").status_code == 302
    assert client.get("/my/").status_code == 200


def test_a146_a_canary_in_the_open_would_be_found() -> None:
    row = Session(session_key="k" * 32, session_data=everything.SAID, expire_date=timezone.now())
    row.save()
    assert everything.SAID.encode() in copy_of_the_database()


def test_every_column_of_bytes_is_sealed_or_known_to_be_open() -> None:
    plain = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField) and not isinstance(field, Sealed)
    }
    assert plain == IN_THE_OPEN


def opened(model: type[models.Model], field: Sealed) -> list[bytes]:
    """What lies in a column, opened; raises SealBroken."""
    rows = model._base_manager.annotate(
        raw=models.functions.Cast(models.F(field.attname), output_field=models.BinaryField())
    )
    rows = rows.order_by("pk").defer(*(one.attname for other, one in columns() if other is model))
    return [unseal(bytes(row.raw), label=field.label_of(row)) for row in rows if row.raw]


def test_a149_keys_rotate_and_the_old_one_is_removed(
    case: Case, person: User, settings: Any, capsys: Any
) -> None:
    client = everything.browser(person)
    before = {(model, field): opened(model, field) for model, field in columns()}
    empty = [f"{model._meta.label}.{field.name}" for (model, field), found in before.items() if not found]
    assert empty == [], "everything.fill puts something into every sealed column"

    settings.ONESTOP_SEALING_KEYS = [NEW, OLD]
    assert cli.main(["reseal"]) == 0
    said = capsys.readouterr().out
    for model, field in before:
        assert f"{model._meta.label}.{field.attname}" in said
    assert "keys after the first can be removed" in said
    settings.ONESTOP_SEALING_KEYS = [NEW]
    assert {(model, field): opened(model, field) for model, field in columns()} == before
    assert client.get("/my/").status_code == 200, "whoever was signed in still is"
    person.refresh_from_db()
    assert (person.identifier, person.given_name) == (everything.NUMBER, "Canarygiven")

    settings.ONESTOP_SEALING_KEYS = [OLD]
    for model, field in before:
        with pytest.raises(SealBroken):
            opened(model, field)


def test_a149_an_interrupted_run_goes_on_and_a_second_one_has_nothing_to_do(
    case: Case, settings: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onestop.lib.resealing.AT_ONCE", 2)
    settings.ONESTOP_SEALING_KEYS = [NEW, OLD]
    User.objects.create_user(MARIA, given_name="Sealed under the newest already")
    assert cli.main(["reseal"]) == 0
    assert " 1  identity.User.given_name" in capsys.readouterr().out
    assert cli.main(["reseal"]) == 0
    assert capsys.readouterr().out.strip() == "0  sealed anew; keys after the first can be removed"


def test_a149_a_key_that_is_missing_is_said(case: Case, settings: Any, capsys: Any) -> None:
    settings.ONESTOP_SEALING_KEYS = [NEW]
    assert cli.main(["reseal"]) == 1
    said = capsys.readouterr().out
    assert "identity.User.identifier_sealed: a value is sealed under a key" in said
    assert "can be removed" not in said


def test_texts_and_json_are_read_as_they_were_written() -> None:
    user = User.objects.create_user(given_name="Zoë 𝄞", family_name="")
    user.refresh_from_db()
    assert (user.given_name, user.family_name) == ("Zoë 𝄞", "")
    assert User.objects.filter(family_name="").count() == 1
    with pytest.raises(ValueError, match="takes 10 characters"):
        User.objects.create_user(date_of_birth="x" * 11)


def test_an_address_is_found_in_capitals_and_follows_a_change() -> None:
    user = User.objects.create_user(email="A@Example.org")
    assert User.objects.with_email("a@example.ORG").get() == user
    user.email = "b@example.org"
    user.save(update_fields=["email"])
    assert not User.objects.with_email("a@example.org").exists()
    assert User.objects.with_email("b@example.org").exists()
    assert not User.objects.with_email("").exists()
