"""PostgreSQL wakes workers at the commit that made a job ready; elsewhere nothing need be said."""

import threading

import pytest
from django.db import connection, transaction

from workflows.dispatch import announcing
from workflows.listening import Listener

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def woken() -> threading.Event:
    return threading.Event()


def test_a_commit_wakes_and_a_rollback_does_not(woken: threading.Event) -> None:
    if connection.vendor != "postgresql":
        with transaction.atomic():
            announcing.ready([1])  # says nothing, and needs nothing
        return
    listener = Listener(woken.set)
    listener.start()
    try:
        assert woken.wait(5)  # it looks once when it begins to listen
        woken.clear()
        with transaction.atomic():
            announcing.ready([1])
            transaction.set_rollback(True)
        assert not woken.wait(0.3)
        with transaction.atomic():
            announcing.ready([1])
            assert not woken.wait(0.3)
        assert woken.wait(5)
    finally:
        listener.stop()
        listener.join(5)
    assert not listener.is_alive()


def test_a_broken_connection_is_opened_anew(woken: threading.Event) -> None:
    if connection.vendor != "postgresql":
        return
    listener = Listener(woken.set)
    listener.start()
    try:
        assert woken.wait(5)
        woken.clear()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %%'"
                " AND datname = current_database()"
            )
        assert woken.wait(10)
    finally:
        listener.stop()
        listener.join(5)
