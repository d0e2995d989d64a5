"""The circuit breaker and the token bucket, held in the database for all workers."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from adapters import exchange
from adapters.delivery import gate
from adapters.errors import Held, Misconfigured, Unavailable
from adapters.models import Connection, Gate
from adapters.ports import Accepted, Context, Rejected, Reply, Retry, Wire
from adapters.sandbox import run
from tests.adapters.connections import PERSON, load

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SILENT = Unavailable("vdr", "no answer: timed out")
ANSWER = Reply(Accepted(), Wire())


def connection(**delivery: Any) -> None:
    Connection.objects.create(key="vdr", name="VDR", kind="soap", settings={"delivery": delivery})


def silence(times: int = 1, at: timedelta = timedelta()) -> None:
    for _ in range(times):
        gate.note(gate.standing("vdr"), SILENT, NOW + at)


def admitted(at: timedelta = timedelta()) -> bool:
    try:
        gate.admit(gate.standing("vdr"), NOW + at)
    except Held:
        return False
    return True


def test_the_circuit_opens_tries_and_closes() -> None:
    connection(circuit={"failures": 3, "pause": 10, "longest": 30})
    silence(2)
    assert admitted()
    silence()
    assert not admitted()
    assert not admitted(timedelta(seconds=9))
    assert gate.silent(["vdr", "npr"]) == {"vdr"}
    after = timedelta(seconds=10)
    assert admitted(after), "half-open: one may try"
    assert not admitted(after), "and no other meanwhile"
    silence(at=after)
    assert not admitted(timedelta(seconds=29)), "a try in vain doubles the pause"
    assert admitted(timedelta(seconds=30))
    gate.note(gate.standing("vdr"), ANSWER)
    assert admitted()
    assert gate.silent(["vdr"]) == set()
    row = Gate.objects.get()
    assert (row.failures, row.open_since, row.probes) == (0, None, 0)


def test_a_try_that_dies_holds_nobody_for_ever() -> None:
    connection(circuit={"failures": 1, "pause": 10})
    silence()
    assert admitted(timedelta(seconds=10))
    assert not admitted(timedelta(seconds=12))
    assert admitted(timedelta(seconds=10 + gate.policy("vdr").call_seconds))


@pytest.mark.parametrize("result", [Accepted(), Rejected("no", "no"), Retry("later")])
def test_an_answer_of_any_kind_ends_the_count(result: Any) -> None:
    connection(circuit={"failures": 2})
    silence()
    gate.note(gate.standing("vdr"), Reply(result, Wire()))
    silence()
    assert admitted()


def test_being_held_is_no_failure_and_a_fault_of_ours_none_either() -> None:
    connection(circuit={"failures": 1})
    gate.note(gate.standing("vdr"), Held("vdr", "x", after=timedelta(seconds=1)))
    gate.note(gate.standing("vdr"), Misconfigured("vdr", "x"))
    assert admitted()


def test_the_bucket_gives_its_rate_after_its_burst() -> None:
    connection(rate={"per_second": 2, "burst": 3})
    assert [admitted() for _ in range(4)] == [True, True, True, False]
    assert not admitted(timedelta(seconds=0.4))
    assert admitted(timedelta(seconds=0.5))
    assert not admitted(timedelta(seconds=0.5))
    late = timedelta(seconds=60)
    assert [admitted(late) for _ in range(4)] == [True, True, True, False], "it holds no more than its burst"
    assert list(gate.closed(NOW + late).values_list("key", flat=True)) == ["vdr"]
    assert not gate.closed(NOW + timedelta(seconds=62)).exists()


def test_held_says_when_to_come_again() -> None:
    connection(rate={"per_second": 0.1})
    gate.admit(gate.standing("vdr"), NOW)
    with pytest.raises(Held) as caught:
        gate.admit(gate.standing("vdr"), NOW)
    assert caught.value.after == timedelta(seconds=10)


def test_a_real_outage_opens_the_circuit_and_an_answer_closes_it() -> None:
    with run(("vdr",)) as sandbox:
        load(sandbox)
        row = Connection.objects.get(key="vdr")
        row.settings["delivery"]["circuit"] = {"failures": 2, "pause": 60}
        row.save()
        sandbox.switch("vdr", down=True)
        context = Context("c", "")
        for _ in range(2):
            with pytest.raises(Unavailable) as caught:
                exchange.perform("vdr", "find_vehicles", {"person": PERSON}, context)
            assert not isinstance(caught.value, Held)
        sandbox.switch("vdr", down=False)
        with pytest.raises(Held):
            exchange.perform("vdr", "find_vehicles", {"person": PERSON}, context)
        Gate.objects.update(open_until=timezone.now())
        assert isinstance(exchange.perform("vdr", "find_vehicles", {"person": PERSON}, context), Accepted)
        assert gate.silent(["vdr"]) == set()
