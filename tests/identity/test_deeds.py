"""What identity itself puts into the record: who changed what opens an account, and what staff set up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity import erasure, levels
from identity.models import EIDAccount, RecordBatch, RecordEntry, User
from identity.provider import changes
from identity.provider.factors import recovery
from identity.record import deeds, entries, persons, verifying
from identity.record.entries import Kind
from identity.signin import discovery
from identity.signin.people import recognise
from onestop.lib.sealing import SealBroken
from tests.identity import national as simulator
from tests.identity.any_e_id import enter
from tests.identity.national import National
from tests.identity.test_any_e_id import link, person_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def national(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[National]:
    """A foreign e-ID; nothing is remembered of it."""
    settings.PORTAL_URL = "http://testserver"
    monkeypatch.setattr(discovery, "_known", {})
    with simulator.running() as one:
        yield one


def told(user: User) -> list[tuple[str, str, str]]:
    read = [(row.kind, entries.read(row)) for row in deeds.of_user(user)]
    return [(kind, deed.actor, deed.organisation) for kind, deed in read]


def test_linking_and_removing_an_e_id_is_told_to_its_person(client: Client, national: National) -> None:
    """Also where the account has no personal number."""
    enter(national)
    user = person_with(client, levels.SUBSTANTIAL, given_name="Maria")
    assert link(client).status_code == 302
    page = client.get("/my/data/seen").content.decode()
    assert "An e-ID opens your account now: One Sign-in" in page
    other = user.federated_identities.get(issuer=national.base)
    client.post("/my/e-ids/", {"remove": str(other.pk)})
    who = f"citizen:{user.subject}"
    assert told(user) == [("unlinked", who, national.base), ("linked", who, national.base)]
    assert "no more: One Sign-in" in client.get("/my/data/seen").content.decode()
    assert not deeds.of_user(User.objects.create_user(given_name="Somebody else"))


def test_what_could_not_be_linked_is_not_told(client: Client, national: National) -> None:
    enter(national)
    user = person_with(client, levels.HIGH)
    assert link(client).status_code == 403
    assert told(user) == []


def test_an_e_id_that_claims_a_foreseen_account_is_told() -> None:
    child = User.objects.create_user(identifier="20150101T0001")
    person = {"identifier": "20150101T0001"}
    now = timezone.now()
    assert recognise("https://e-id.example", "x", person, level=levels.HIGH, now=now) == child
    assert told(child) == [("linked", f"citizen:{child.subject}", "https://e-id.example")]


def test_an_account_that_gets_a_number_keeps_what_was_told_before() -> None:
    user = User.objects.create_user(given_name="Maria")
    deeds.account_changed(Kind.LINKED, user, "https://a.example", levels.LOW, timezone.now())
    user.identifier = "19850312T4173"
    user.save()
    deeds.account_changed(Kind.UNLINKED, user, "https://a.example", levels.LOW, timezone.now())
    assert [kind for kind, *_ in told(user)] == ["unlinked", "linked"]
    rows = list(RecordEntry.objects.select_related("person"))
    erasure.erase_person(user, timezone.now())
    for row in rows:
        row.person.refresh_from_db()
        with pytest.raises(SealBroken):
            entries.read(row)


@pytest.mark.usefixtures("eid_role")
def test_factors_are_in_the_e_id_s_own_record_and_sealed(
    maria: EIDAccount, settings: Any, tmp_path: Path
) -> None:
    settings.RECORD_ANCHOR_FILE = str(tmp_path / "anchors.jsonl")
    recovery.renew(maria.user, levels.SUBSTANTIAL)
    deeds.factor_changed(maria.user, "passkey-added", timezone.now(), "My phone")
    shown = [(one.text, one.name) for one in changes.of(maria.user)]
    assert shown == [("Passkey added", "My phone"), ("New recovery codes made", "")]
    assert RecordBatch.objects.count() == 2
    found = verifying.verify(timezone.now())
    assert (found.entries, found.waiting, found.complaints) == (2, 0, [])


def test_what_staff_set_up_is_under_a_name_that_no_erasure_destroys() -> None:
    staff = User.objects.create_user(given_name="Ylva")
    deeds.set_up(staff, "e-id", "national", "issuer", timezone.now())
    erasure.erase_person(staff, timezone.now())
    (row,) = RecordEntry.objects.about(persons.administration()).select_related("person")
    assert entries.read(row).actor == f"staff:{staff.subject}"
