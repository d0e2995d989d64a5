"""The engine on moving house: every order of events ends alike, and nothing late or doubled does harm."""

import copy
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workflows.definitions import loading
from workflows.definitions.model import Definition
from workflows.engine import (
    AskCoSign,
    Call,
    CallFinished,
    Cancelled,
    Check,
    CloseCoSign,
    CloseTask,
    CoSigned,
    Effect,
    Event,
    Finished,
    OpenTask,
    Record,
    Started,
    StatusReceived,
    TaskDecided,
    Timer,
    TimerFired,
    advance,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
JSON = dict[str, Any]


def person(number: str) -> JSON:
    return {"identifier": {"notation": number}}


def mover(number: str, adult: bool) -> JSON:
    return {"notation": number, "adult": adult, "person": person(number)}


@pytest.fixture
def moving_house() -> Definition:
    return Definition(next(d for d in loading.shipped() if d["service"] == "moving-house"))


@pytest.fixture
def fresh() -> JSON:
    answers = {
        "movers": [mover("A", True), mover("B", True), mover("C", False)],
        "moveDate": "2026-12-01",
        "address": {"addressID": "AU-20020001", "adminUnitL2": "Vestvik"},
        "tenancy": True,
    }
    return {"data": {"applicant": person("A"), "portal": {"agencies": "http://x"}, "answers": answers}}


def answer(effect: Effect, decision: str = "registered") -> Event | None:
    """What the world of a smooth case says to an effect."""
    if isinstance(effect, Call):
        values: dict[str, JSON] = {
            "get_household": {"household": {"domicile": {"adminUnitL2": "Eastholm"}}},
            "find_vehicles": {"vehicle": [{"registrationNumber": "1"}, {"registrationNumber": "2"}]},
        }
        if effect.operation == "register_move":
            return StatusReceived(NOW, effect.token, decision)
        return CallFinished(NOW, effect.token, "accepted", values.get(effect.operation, {}), reference="R")
    if isinstance(effect, AskCoSign):
        return CoSigned(NOW, effect.token, effect.person, True)
    if isinstance(effect, OpenTask):
        return TaskDecided(NOW, effect.token, "registered", "looks right")
    return None


def play(
    definition: Definition, state: JSON, chance: random.Random, decision: str = "registered"
) -> tuple[JSON, list[Effect]]:
    """Answer effects in a random order, some twice, until none is left; return the end and all effects."""
    state, effects = advance(definition, state, Started(NOW))
    open_effects, seen = list(effects), list(effects)
    while open_effects:
        effect = open_effects.pop(chance.randrange(len(open_effects)))
        event = answer(effect, decision)
        if event is None:
            continue
        for _ in range(chance.choice([1, 1, 2])):
            state, effects = advance(definition, state, event)
            open_effects += effects
            seen += effects
    return state, seen


def told(effects: list[Effect]) -> list[str]:
    return sorted(effect.token for effect in effects if isinstance(effect, Call))


@pytest.mark.parametrize("seed", range(25))
def test_every_order_of_events_ends_alike(moving_house: Definition, fresh: JSON, seed: int) -> None:
    state, effects = play(moving_house, fresh, random.Random(seed))
    assert state["status"] == "completed"
    assert state["waiting"] == {}
    assert effects.count(Finished("completed")) == 1
    assert told(effects) == sorted(
        ["household", "dwelling", "register-move"]
        + [f"tell-tax#{n}" for n in range(2)]
        + [f"tell-sia#{n}" for n in range(3)]
        + [f"find-vehicles#{n}" for n in range(2)]
        + [f"change-keeper#{n}.{m}" for n in range(2) for m in range(2)]
        + ["tell-old-municipality", "tell-new-municipality"]
    )


def test_an_unsure_register_puts_it_before_an_officer(moving_house: Definition, fresh: JSON) -> None:
    state, effects = play(moving_house, fresh, random.Random(1), decision="unsure")
    assert [effect.unit for effect in effects if isinstance(effect, OpenTask)] == ["npr"]
    assert "confirm-move" in told(effects)
    assert state["status"] == "completed"


def test_a_refusal_ends_the_case_and_tells_nobody_else(moving_house: Definition, fresh: JSON) -> None:
    state, effects = play(moving_house, fresh, random.Random(1), decision="refused")
    assert state["status"] == "refused"
    assert not [token for token in told(effects) if token.startswith("tell-")]


def test_advance_changes_nothing_it_was_given(moving_house: Definition, fresh: JSON) -> None:
    before = copy.deepcopy(fresh)
    state, _ = advance(moving_house, fresh, Started(NOW))
    assert fresh == before
    kept = copy.deepcopy(state)
    advance(moving_house, state, CallFinished(NOW, "household", "accepted"))
    assert state == kept


def test_the_state_is_json(moving_house: Definition, fresh: JSON) -> None:
    state, _ = advance(moving_house, fresh, Started(NOW))
    assert json.loads(json.dumps(state)) == state


def reach(definition: Definition, state: JSON, *events: Event) -> tuple[JSON, list[Effect]]:
    effects: list[Effect] = []
    for event in events:
        state, effects = advance(definition, state, event)
    return state, effects


def looked_up(fresh: JSON) -> list[Event]:
    return [
        Started(NOW),
        CallFinished(NOW, "household", "accepted"),
        CallFinished(NOW, "dwelling", "accepted"),
    ]


def test_those_who_stay_silent_do_not_move(moving_house: Definition, fresh: JSON) -> None:
    state, effects = reach(
        moving_house, fresh, *looked_up(fresh), TimerFired(NOW + timedelta(days=7), "co-sign", "due")
    )
    assert CloseCoSign("co-sign") in effects
    call = next(effect for effect in effects if isinstance(effect, Call))
    assert call.value["movers"] == ["A", "C"]


def test_only_those_asked_can_agree(moving_house: Definition, fresh: JSON) -> None:
    state, _ = reach(moving_house, fresh, *looked_up(fresh))
    after, effects = advance(moving_house, state, CoSigned(NOW, "co-sign", "STRANGER", True))
    assert effects == []
    assert after["waiting"]["co-sign"]["agreed"] == []


def agreed(fresh: JSON) -> list[Event]:
    return [*looked_up(fresh), CoSigned(NOW, "co-sign", "B", True)]


def test_a_silent_register_is_chased_and_chased_again(moving_house: Definition, fresh: JSON) -> None:
    pending = CallFinished(NOW, "register-move", "pending", reference="T1")
    state, effects = reach(moving_house, fresh, *agreed(fresh), pending)
    assert Timer("register-move", "chase", NOW + timedelta(days=5)) in effects
    later = NOW + timedelta(days=5)
    state, effects = advance(moving_house, state, TimerFired(later, "register-move", "chase"))
    assert Check("register-move", "npr", "register_move", "T1", 0.0) in effects
    assert Timer("register-move", "chase", later + timedelta(days=5)) in effects
    state, effects = advance(
        moving_house, state, CallFinished(later, "register-move", "accepted", {"status": "registered"})
    )
    assert state["data"]["decision"]["registered"] is True


def telling(fresh: JSON) -> list[Event]:
    return [*agreed(fresh), StatusReceived(NOW, "register-move", "registered")]


def test_a_rejected_record_goes_to_repair_and_is_sent_anew(moving_house: Definition, fresh: JSON) -> None:
    rejected = CallFinished(NOW, "tell-sia#0", "rejected", code="17", reason="employer record open")
    state, effects = reach(moving_house, fresh, *telling(fresh), rejected)
    task = next(effect for effect in effects if isinstance(effect, OpenTask))
    assert (task.unit, task.reason) == ("sia", "17: employer record open")
    state, effects = advance(moving_house, state, TaskDecided(NOW, task.token, "resend"))
    assert [effect.token for effect in effects if isinstance(effect, Call)] == ["tell-sia#0~2"]
    state, _ = advance(moving_house, state, CallFinished(NOW, "tell-sia#0~2", "accepted"))
    assert state["steps"]["tell-sia#0~2"]["state"] == "done"


def test_a_rejected_delivery_is_not_called_done(moving_house: Definition, fresh: JSON) -> None:
    rejected = CallFinished(NOW, "register-move", "rejected", code="not-found", reason="no such person")
    state, effects = reach(moving_house, fresh, *agreed(fresh), rejected)
    assert state["status"] == "refused"
    assert state["steps"]["register-move"]["state"] == "refused"
    kinds = [effect.kind for effect in effects if isinstance(effect, Record)]
    assert kinds == ["refused", "decided", "ended"]


def test_a_late_answer_closes_the_task_that_asked_for_it(moving_house: Definition, fresh: JSON) -> None:
    timeout = TimerFired(NOW + timedelta(hours=36), "tell-sia#0", "timeout")
    state, effects = reach(moving_house, fresh, *telling(fresh), timeout)
    task = next(effect for effect in effects if isinstance(effect, OpenTask))
    state, effects = advance(moving_house, state, CallFinished(NOW, "tell-sia#0", "accepted"))
    assert CloseTask(task.token) in effects
    assert advance(moving_house, state, TaskDecided(NOW, task.token, "resend"))[1] == []


def test_a_withdrawn_case_hears_nothing_more(moving_house: Definition, fresh: JSON) -> None:
    state, effects = reach(moving_house, fresh, *looked_up(fresh), Cancelled(NOW, "changed my mind"))
    assert CloseCoSign("co-sign") in effects
    assert Finished("cancelled") in effects
    assert advance(moving_house, state, CoSigned(NOW, "co-sign", "B", True)) == (state, [])


def steps(*blocks: JSON) -> Definition:
    return Definition({"service": "x", "version": 1, "steps": list(blocks), "pages": []})


def ask(name: str) -> JSON:
    return {"id": name, "kind": "deliver", "connection": "tax", "operation": "do"}


@pytest.mark.parametrize(("join", "answers_needed"), [("any", 1), (2, 2), ("all", 3)])
def test_a_parallel_block_waits_for_as_many_as_it_says(join: str | int, answers_needed: int) -> None:
    block = {"id": "p", "kind": "parallel", "join": join, "branches": [[ask("a")], [ask("b")], [ask("c")]]}
    definition = steps(block, ask("after"))
    state, _ = advance(definition, {"data": {}}, Started(NOW))
    for number, name in enumerate("abc", start=1):
        state, effects = advance(definition, state, CallFinished(NOW, name, "accepted"))
        assert bool(effects and Call("after", "tax", "do", {}) in effects) == (number == answers_needed)
    assert list(state["waiting"]) == ["after"]


def test_an_empty_repetition_is_stepped_over() -> None:
    block = {"id": "r", "kind": "repeat", "as": "x", "for_each": "=nothing", "steps": [ask("a")]}
    state, effects = advance(steps(block, ask("after")), {"data": {}}, Started(NOW))
    assert told(effects) == ["after"]


def test_a_timer_waits() -> None:
    definition = steps({"id": "t", "kind": "timer", "for": "PT36H"}, ask("after"))
    state, effects = advance(definition, {"data": {}}, Started(NOW))
    assert effects == [Timer("t", "due", NOW + timedelta(hours=36))]
    state, effects = advance(definition, state, TimerFired(NOW, "t", "due"))
    assert told(effects) == ["after"]
