"""A step that cannot run stops the case there, in sight; and staff have a case go on from a step."""

import pytest

from tests.workflows.playing import NOW, Play, definition, deliver
from workflows.engine import Call, CallFinished, Close, OpenTask, Record, Repeated, TaskDecided
from workflows.engine.repeating import CannotRepeat, plan

DECIDE = {"id": "d", "kind": "decide", "into": "d", "rules": [{"when": "answers.age > 17", "set": {}}]}
REPEAT = {"id": "d", "kind": "repeat", "as": "x", "for_each": "=[1,2,3]", "steps": []}
EVENT = {"id": "d", "kind": "event", "from": "hos", "type": "b", "within": "P1D"}
STEPS: list[tuple[str, dict[str, object], str]] = [
    ("no rule", DECIDE, "NoRuleHolds"),
    ("no agency", deliver("d", connection="=answers.town"), "gives no agency"),
    ("too many", {**REPEAT, "at_most": 2}, "allows 2"),
    ("no date", {"id": "d", "kind": "timer", "until": "=answers.day"}, "neither a date"),
    ("no table", {"id": "d", "kind": "decide", "into": "d", "table": "lost"}, "KeyError"),
    ("bad rule", {**REPEAT, "when": "count(for i in 1..20000 return i) > 1"}, "BudgetSpent"),
    ("no calendar", {"id": "d", "kind": "timer", "for": {"days": 1, "calendar": "moon"}}, "no calendar"),
    ("nothing to match", {**EVENT, "match": "=no"}, "matched by"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "cause"), [row[1:] for row in STEPS], ids=[row[0] for row in STEPS])
def test_a_step_that_cannot_run_stops_there_before_a_person(step: dict[str, object], cause: str) -> None:
    play = Play(definition(deliver("first"), step, deliver("after"), stuckUnit="office"))
    play.feed(CallFinished(NOW, "first", "accepted"))
    task = play.asked(OpenTask)[0]
    assert (task.unit, task.kind, task.token) == ("office", "step-stuck", "d!step-stuck")
    assert "step 'd' cannot run" in task.reason
    assert cause in task.reason
    assert play.state["steps"]["d"]["state"] == "person"
    assert [told.data["step"] for told in play.asked(Record) if told.kind == "stuck"] == ["d"]
    play.feed(TaskDecided(NOW, task.token, "settled", "did it by telephone", {"officer": "a"}))
    assert "after" in play.waiting


def test_trying_again_runs_the_step_that_stuck_and_nothing_else() -> None:
    play = Play(definition(deliver("first"), DECIDE, deliver("after")))
    play.feed(CallFinished(NOW, "first", "accepted"))
    again = TaskDecided(NOW, "d!step-stuck", "resend", "try", {"officer": "a"})
    play.feed(again)
    assert play.waiting == ["d~2", "d~2!step-stuck"]
    play.state["data"]["answers"] = {"age": 20}
    play.feed(TaskDecided(NOW, "d~2!step-stuck", "resend", "try", {"officer": "a"}))
    assert [call.token for call in play.asked(Call)] == ["after"]


def test_a_branch_that_is_stuck_holds_up_no_other() -> None:
    block = {"id": "p", "kind": "parallel", "branches": [[DECIDE], [deliver("a"), deliver("b")]]}
    play = Play(definition(block, deliver("after")))
    play.feed(CallFinished(NOW, "a", "accepted"))
    assert "b" in play.waiting
    assert "d" in play.waiting


def test_going_on_from_a_step_does_again_what_came_after_under_new_tokens() -> None:
    ask = {"id": "q", "kind": "questions", "pages": [], "within": "P1D", "into": "said"}
    play = Play(
        definition(deliver("a", into="x"), deliver("b"), {"id": "p", "kind": "parallel", "branches": [[ask]]})
    )
    play.feed(CallFinished(NOW, "a", "accepted"), CallFinished(NOW, "b", "accepted"))
    found = plan(play.definition, play.state, "a")
    assert (found.again, found.given_up) == (["a", "b"], ["q"])
    play.feed(Repeated(NOW, "a", "the wrong address"))
    assert [call.token for call in play.asked(Call)] == ["a~2"]
    assert Close("q", "questions") in play.effects
    assert play.waiting == ["a~2"]
    assert {play.state["steps"][token]["state"] for token in ("a", "b", "q")} == {"replaced"}
    play.feed(CallFinished(NOW, "a~2", "accepted"), CallFinished(NOW, "b~2", "accepted"))
    assert play.waiting == ["q~2"]


def test_going_on_is_refused_where_it_would_skip_or_makes_no_sense() -> None:
    block = {"id": "p", "kind": "parallel", "branches": [[deliver("c")]]}
    play = Play(definition(deliver("a"), block, deliver("d")))
    for step, why in [("d", "not skipped"), ("c", "go on from 'p'"), ("x", "no such step")]:
        with pytest.raises(CannotRepeat, match=why):
            play.feed(Repeated(NOW, step))
    play.feed(*(CallFinished(NOW, token, "accepted") for token in ("a", "c", "d")))
    with pytest.raises(CannotRepeat, match="not under way"):
        plan(play.definition, play.state, "a")


def test_going_on_inside_a_branch_leaves_the_other_branches_alone() -> None:
    block = {"id": "p", "kind": "parallel", "branches": [[deliver("a"), deliver("b")], [deliver("c")]]}
    play = Play(definition(block))
    play.feed(CallFinished(NOW, "a", "accepted"), Repeated(NOW, "a"))
    assert sorted(play.waiting) == ["a~2", "c"]
