"""Signs of life: a dead host's calls are unknown within a minute, and none while it may still send."""

import socketserver
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.models import F
from django.db.models.functions import Now

from adapters.delivery import heartbeat, pulse, repetition
from adapters.delivery.policy import Policy
from adapters.egress import Door
from adapters.errors import Held
from adapters.models import Caller, Exchange
from onestop.lib.owner import this_process

pytestmark = pytest.mark.django_db
OTHER = "another-host/1/x"
LOST = pulse.MAY_SEND + Policy().call_seconds + heartbeat.MARGIN


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    pulse.last.clear()


def calling(owner: str) -> Exchange:
    row = Exchange(connection="vdr", operation="change_keeper_address", idempotency_key="k", owner=owner)
    row.save()
    return row


def silent(owner: str, seconds: float) -> None:
    heartbeat.beat()
    Caller.objects.update(name=owner, seen_at=Now() - timedelta(seconds=seconds))
    pulse.last.clear()


def test_a_silent_host_has_lost_its_calls_within_a_minute() -> None:
    assert LOST <= 60
    calling(OTHER)
    silent(OTHER, LOST - 5)
    assert repetition.sweep() == 0, "it may have begun to send just before it fell silent"
    Caller.objects.update(seen_at=F("seen_at") - timedelta(seconds=6))
    assert repetition.sweep() == 1
    row = Exchange.objects.get()
    assert (row.state, row.is_uncertain) == ("unknown", True)


def test_a_host_that_gives_signs_keeps_its_calls_and_a_slow_connection_is_given_longer() -> None:
    calling(OTHER)
    silent(OTHER, 1)
    assert repetition.sweep() == 0
    Caller.objects.update(seen_at=Now() - timedelta(seconds=LOST + 1))
    assert repetition.under_way(Exchange.objects.all(), Exchange.objects.get().started_at) == set()
    assert not heartbeat.is_lost(LOST + 1, call_seconds=60)
    assert not heartbeat.is_lost(None, call_seconds=1)


def test_a_process_number_that_was_given_again_hides_nobody() -> None:
    """The process of that number lives, and is another: the row of the old one is silent."""
    calling(this_process())
    assert repetition.sweep() == 0
    silent(this_process(), LOST + 1)
    assert repetition.sweep() == 1


def test_who_lost_touch_with_the_database_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    received: list[bytes] = []

    class Listening(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            received.append(self.rfile.readline())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        door = Door(
            "x", f"http://127.0.0.1:{server.server_address[1]}", connect=1, read=1, allow_private=True
        )
        pulse.insist("x")  # a process that gives no signs is not held: the rule of the old age counts
        heartbeat.beat()
        pulse.insist("x")
        pulse.last[this_process()] -= pulse.MAY_SEND + 1
        with pytest.raises(Held) as caught:
            door.send("POST", "/change", body=b"x")
        assert caught.value.sent is False
        server.shutdown()
    assert received in ([], [b""]), "a connection, and nothing said"


def test_signs_are_given_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat.beat()
    first = Caller.objects.get().seen_at
    heartbeat.beat()
    assert Caller.objects.get().seen_at >= first
    assert heartbeat.silences([this_process(), OTHER])[this_process()] < 5
    heartbeat.end()
    assert not Caller.objects.exists()


def test_a_sign_that_cannot_be_written_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat.beat()
    before = dict(pulse.last)

    def broken(**_: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(Caller.objects, "filter", broken)
    with pytest.raises(DatabaseError):
        heartbeat.beat()
    assert pulse.last == before


def test_rows_of_those_who_ended_long_ago_go() -> None:
    silent(OTHER, 2 * 86_400)
    heartbeat.forget()
    assert not Caller.objects.exists()


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="this system does not count its sleep")
def test_time_in_which_the_machine_slept_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat.beat()
    woken = time.clock_gettime(time.CLOCK_BOOTTIME) + pulse.MAY_SEND + 1
    monkeypatch.setattr(time, "clock_gettime", lambda _clock: woken)
    with pytest.raises(Held):
        pulse.insist("x")
