"""Moving a case to another version in memory: what goes on where, what is impossible, and why."""

from typing import Any

import pytest

from tests.workflows.playing import NOW, Play, definition, deliver
from workflows.definitions.model import Definition
from workflows.engine import Call, CallFinished, OpenTask, TaskDecided
from workflows.engine.migration import CannotMove, migrate, plan


def version(*steps: Any) -> Definition:
    found = definition(*steps)
    found.version = 2
    return found


def both(*branches: list[Any], name: str = "p") -> dict[str, Any]:
    return {"id": name, "kind": "parallel", "branches": list(branches)}


def test_waits_go_on_at_the_step_of_their_name_wherever_it_stands_now() -> None:
    play = Play(definition(deliver("a"), both([deliver("b")], [deliver("c"), deliver("d")])))
    play.feed(CallFinished(NOW, "a", "accepted"))
    fresh = version(
        deliver("new"),
        deliver("a"),
        both([deliver("x"), deliver("c"), deliver("d2")], [deliver("b")]),
        deliver("end"),
    )
    found = plan(play.definition, fresh, play.state)
    assert found.impossible == []
    assert [(one.step, one.to, one.anew) for one in found.moves] == [
        ("p", "p", False),
        ("b", "b", False),
        ("c", "c", False),
    ]
    assert found.notes == [
        "step 'new' is new and lies behind the case: it will not run",
        "step 'x' is new and lies behind the case: it will not run",
    ]
    state, effects = migrate(play.definition, fresh, play.state, NOW, reason="law of May")
    assert [effect for effect in effects if isinstance(effect, Call)] == []
    moved = Play(fresh, state=state)
    moved.feed(CallFinished(NOW, "c", "accepted"))
    assert sorted(moved.waiting) == ["b", "d2"]
    moved.feed(CallFinished(NOW, "b", "accepted"), CallFinished(NOW, "d2", "accepted"))
    assert moved.waiting == ["end"]


def test_a_step_that_is_gone_or_changed_is_impossible_unless_another_is_named() -> None:
    play = Play(definition(deliver("a"), deliver("z")))
    for fresh, why in [
        (version(deliver("b")), "does not have it; name another step"),
        (version({"id": "a", "kind": "timer", "for": "P1D"}), "was a deliver and is a timer now"),
        (version(both([deliver("a")])), "stands inside 'p' now"),
    ]:
        with pytest.raises(CannotMove, match=why):
            migrate(play.definition, fresh, play.state, NOW)
    fresh = version(deliver("b"), deliver("c"))
    state, effects = migrate(play.definition, fresh, play.state, NOW, instead={"a": "c"})
    assert [effect.token for effect in effects if isinstance(effect, Call)] == ["c"]
    assert list(state["waiting"]) == ["c"]
    assert state["steps"]["a"]["state"] == "replaced"


def test_a_stuck_step_runs_on_the_mended_version() -> None:
    rule = {"id": "d", "kind": "decide", "into": "d", "rules": [{"when": "answers.age > 17", "set": {}}]}
    play = Play(definition(rule, deliver("after")))
    question = play.asked(OpenTask)[0].token
    mended = version({**rule, "rules": [*rule["rules"], {"set": {}}]}, deliver("after"))  # type: ignore[misc]
    state, _ = migrate(play.definition, mended, play.state, NOW)
    moved = Play(mended, state=state)
    moved.feed(TaskDecided(NOW, question, "resend", "mended", {}))
    assert moved.waiting == ["after"]


def test_what_can_be_taken_back_keeps_its_step() -> None:
    play = Play(definition(deliver("a", undo={"operation": "undo"}), deliver("b")))
    play.feed(CallFinished(NOW, "a", "accepted"))
    found = plan(play.definition, version(deliver("b")), play.state)
    assert found.impossible == [("a", "can be taken back, and is not in the new version")]


def test_a_case_that_has_not_begun_begins_on_the_new_version_and_an_ended_one_stays() -> None:
    old, fresh = definition(deliver("a")), version(deliver("b"))
    assert migrate(old, fresh, {"data": {}}, NOW) == ({"data": {}}, [])
    play = Play(old)
    play.feed(CallFinished(NOW, "a", "accepted"))
    assert plan(old, fresh, play.state).impossible == [("", "the case has ended")]
