"""Two requests that would add the same person at the same time add one; tried with threads on real locks."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from adapters.ports import Accepted
from identity import levels
from identity.models import Mandate, User
from identity.one_person import alone_with
from identity.signin.people import recognise
from tests.workflows.world import MARIA, OLE, person
from workflows.services import custody

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
CHILD = "20150505T7770"


def at_once(*calls: Callable[[], Any]) -> None:
    """Run calls side by side, each on a connection of its own, begun together."""
    together, failed = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        try:
            together.wait(10)
            while not _did(call):
                pass
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert not failed


def _did(call: Callable[[], Any]) -> bool:
    try:
        call()
    except OperationalError:  # the tests' SQLite in memory locks whole tables; PostgreSQL never gets here
        assert connection.vendor == "sqlite"
        return False
    return True


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> None:
    child = person(CHILD, "Kim", "2015-05-05")
    monkeypatch.setattr(custody, "perform", lambda *_a, **_m: Accepted({"child": [child]}))


@pytest.mark.django_db(transaction=True)
def test_both_parents_at_once_name_one_child(register: None) -> None:
    parents = [User.objects.create_user(number, given_name="P") for number in (MARIA, OLE)]
    for _ in range(5):
        User.objects.exclude(pk__in=[one.pk for one in parents]).delete()
        asks = [lambda who=one: custody.derive_custody(actor=who, now=NOW) for one in (*parents, *parents)]
        at_once(*asks)
        child = User.objects.exclude(pk__in=[one.pk for one in parents]).get()
        living = Mandate.objects.filter(principal=child, revoked_at=None)
        assert sorted(living.values_list("agent", flat=True)) == sorted(one.pk for one in parents)


@pytest.mark.django_db(transaction=True)
def test_a_child_that_signs_in_while_a_parent_asks_is_one(register: None) -> None:
    parent = User.objects.create_user(MARIA, given_name="P")

    def come() -> None:
        told = {"given_name": "Kim", "identifier": CHILD}
        recognise("https://eid.example", "kim", told, level=levels.SUBSTANTIAL, now=NOW)

    at_once(lambda: custody.derive_custody(actor=parent, now=NOW), come, come)
    assert User.objects.exclude(pk=parent.pk).get().identifier == CHILD


@pytest.mark.django_db(transaction=True)
def test_the_lock_needs_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        alone_with("index")
    with transaction.atomic():
        alone_with("index")
