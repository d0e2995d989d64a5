"""Nothing is sent again blindly: by key, by asking first, or by a person, counted at the agency."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from adapters import exchange
from adapters.delivery import repetition
from adapters.errors import AdapterError, Held, OutcomeUnknown, Unavailable
from adapters.models import Connection, Exchange
from adapters.ports import Accepted, Context
from adapters.sandbox import Sandbox, run
from adapters.simulator.settings import Settings
from bench.soak.deaf import KEY, DeafAgency, connect
from onestop.lib.owner import HOST, this_process
from tests.adapters.connections import CHANGE, PERSON, load

pytestmark = pytest.mark.django_db
CONTEXT = Context("correlation", "the-key", "MOV-1", "step", "worker")
MOVE: dict[str, Any] = {**CHANGE, "vehicle": {"registrationNumber": "KLM 482"}}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with run() as sandbox:
        load(sandbox)
        for row in Connection.objects.filter(key="vdr"):
            row.settings["delivery"]["settle"] = 0.0
            row.save()
        yield sandbox


@pytest.fixture
def deaf() -> Iterator[DeafAgency]:
    agency = DeafAgency(Settings())
    agency.start()
    connect(agency.url)
    yield agency
    agency.stop()


def change() -> Any:
    return exchange.perform("vdr", "change_keeper_address", MOVE, CONTEXT)


def notice() -> Any:
    return exchange.perform(KEY, "notice", {"text": "moved"}, CONTEXT)


def crashed(connection: str, operation: str, owner: str) -> Exchange:
    """The row of a call whose program is gone, or not."""
    row = Exchange(connection=connection, operation=operation, idempotency_key="the-key", owner=owner)
    row.save()
    return row


def gone() -> str:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return f"{HOST}/{ended.pid}/x"


def test_a_lost_answer_is_asked_for_and_not_sent_again(sandbox: Sandbox) -> None:
    sandbox.switch("vdr", no_reply=True, next_only=1)
    with pytest.raises(Unavailable) as caught:
        change()
    assert caught.value.sent
    assert Exchange.objects.get().is_uncertain
    result = change()
    assert isinstance(result, Accepted)
    assert result.reference.startswith("VDR")
    assert sandbox.ledger("vdr")["by_operation"]["ChangeKeeperAddress"] == {"received": 1, "effects": 1}
    assert sandbox.ledger("vdr")["by_operation"]["FindChange"]["received"] == 1


def test_what_surely_did_not_arrive_is_sent_after_asking(sandbox: Sandbox) -> None:
    sandbox.switch("vdr", http_500=True, next_only=1)
    with pytest.raises(Unavailable):
        change()
    assert isinstance(change(), Accepted)
    assert sandbox.ledger("vdr")["effects"] == 1
    assert not Exchange.objects.filter(is_uncertain=True).exists()
    assert "has not got it" in Exchange.objects.earliest("id").detail


def test_not_found_is_believed_only_when_nothing_can_be_on_its_way(sandbox: Sandbox) -> None:
    row = Connection.objects.get(key="vdr")
    row.settings["delivery"]["settle"] = 600.0
    row.save()
    sandbox.switch("vdr", http_500=True, next_only=1)
    with pytest.raises(Unavailable):
        change()
    with pytest.raises(Held) as caught:
        change()
    assert timedelta(minutes=9) < caught.value.after < timedelta(minutes=10)
    assert sandbox.ledger("vdr")["effects"] == 0
    Exchange.objects.update(started_at=timezone.now() - timedelta(minutes=11))
    assert isinstance(change(), Accepted)


def test_a_refused_connection_sent_nothing_and_asks_nobody(sandbox: Sandbox) -> None:
    sandbox.switch("vdr", down=True)
    with pytest.raises(Unavailable):
        change()
    sandbox.switch("vdr", down=False)
    assert isinstance(change(), Accepted)
    assert "FindChange" not in sandbox.ledger("vdr")["by_operation"]


def test_an_answer_in_the_log_is_given_again(sandbox: Sandbox) -> None:
    first = change()
    assert change() == first
    assert sandbox.ledger("vdr")["received"] == 1


def test_a_crash_between_sending_and_recording_is_asked_about(sandbox: Sandbox) -> None:
    change()
    Exchange.objects.update(state="sending", finished_at=None, owner=gone(), answer=b"", detail="")
    assert repetition.sweep() == 1
    row = Exchange.objects.get()
    assert (row.state, row.is_uncertain) == ("unknown", True)
    assert isinstance(change(), Accepted)
    assert sandbox.ledger("vdr")["effects"] == 1


def test_a_call_that_may_still_be_answered_is_waited_for(sandbox: Sandbox) -> None:
    crashed("vdr", "change_keeper_address", this_process())
    assert repetition.sweep() == 0
    with pytest.raises(Held):
        change()
    assert sandbox.ledger("vdr")["received"] == 0


def test_a_call_of_a_process_that_gave_no_signs_is_unknown_when_it_is_old() -> None:
    row = crashed("vdr", "change_keeper_address", "another-host/1/x")
    assert repetition.sweep() == 0
    assert repetition.sweep(row.started_at + timedelta(minutes=16)) == 1


def test_a_key_is_sent_again_without_asking(sandbox: Sandbox) -> None:
    sandbox.switch("tax", no_reply=True, next_only=2)  # the read for the ETag, then the change
    for _ in range(2):
        with pytest.raises(Unavailable):
            exchange.perform("tax", "update_domicile", CHANGE, CONTEXT)
    exchange.perform("tax", "update_domicile", CHANGE, CONTEXT)
    assert sandbox.ledger("tax")["effects"] <= 1


def test_reads_are_repeated_freely(sandbox: Sandbox) -> None:
    sandbox.switch("vdr", no_reply=True, next_only=1)
    ask = {"person": PERSON}
    with pytest.raises(Unavailable):
        exchange.perform("vdr", "find_vehicles", ask, CONTEXT)
    assert not Exchange.objects.get().is_uncertain
    assert isinstance(exchange.perform("vdr", "find_vehicles", ask, CONTEXT), Accepted)


@pytest.mark.parametrize("fault", ["no_reply", "malformed", "http_500"])
def test_who_can_neither_be_asked_nor_told_twice_goes_to_a_person(deaf: DeafAgency, fault: str) -> None:
    deaf.switch(**{fault: True, "next_only": 1})
    with pytest.raises(AdapterError):
        notice()
    for _ in range(3):
        with pytest.raises(OutcomeUnknown) as caught:
            notice()
        assert not caught.value.retryable
    assert deaf.store.ledger()["received"] <= 1
    repetition.settle(KEY, "notice", "the-key", "sent again by staff:1")
    before = deaf.store.ledger()["effects"]
    assert isinstance(notice(), Accepted)
    assert deaf.store.ledger()["effects"] == before + 1
    assert "sent again by staff:1" in Exchange.objects.earliest("id").detail


def test_a_connection_that_was_refused_is_tried_again(deaf: DeafAgency) -> None:
    deaf.switch(down=True)
    with pytest.raises(Unavailable):
        notice()
    deaf.switch(down=False)
    assert isinstance(notice(), Accepted)


def test_a_crash_of_such_a_call_goes_to_a_person(deaf: DeafAgency) -> None:
    crashed(KEY, "notice", gone())
    with pytest.raises(OutcomeUnknown):
        notice()
    assert Exchange.objects.get().state == "unknown"
    assert deaf.store.ledger()["received"] == 0


def test_together_nothing_is_sent_again_blindly_either(sandbox: Sandbox) -> None:
    sandbox.switch("vdr", no_reply=True, next_only=1)
    calls = [exchange.Call("vdr", "change_keeper_address", MOVE, CONTEXT)]
    calls.append(exchange.Call("npr", "get_household", {"person": PERSON}, CONTEXT))
    assert [type(one) for one in exchange.perform_many(calls)] == [Unavailable, Accepted]
    assert [type(one) for one in exchange.perform_many(calls)] == [Accepted, Accepted]
    assert sandbox.ledger("vdr")["effects"] == 1
