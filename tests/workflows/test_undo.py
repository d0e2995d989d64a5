"""Undoing: the last first, with what each delivery saw, and what is under way settled before."""

from typing import Any

from tests.workflows.playing import NOW, Play, definition, deliver
from workflows.engine import (
    Answered,
    Call,
    CallFinished,
    CallSettled,
    Cancelled,
    Finished,
    Open,
    OpenTask,
    Record,
    TaskDecided,
)


def told(name: str, **more: Any) -> dict[str, Any]:
    undo = {"operation": "undo", "input": {"number": f"={name}.reference"}}
    return deliver(name, into=name, undo=undo, **more)


def done(token: str, **value: Any) -> CallFinished:
    return CallFinished(NOW, token, "accepted", value, reference=f"R-{token}")


def test_a_no_takes_back_what_was_done_the_last_first() -> None:
    both = {"id": "p", "kind": "parallel", "branches": [[told("a")], [told("b")]]}
    play = Play(definition(both, deliver("c", on_rejected="compensate")))
    play.feed(done("b"), done("a"), CallFinished(NOW, "c", "rejected", code="no", reason="no room"))
    assert play.asked(Call) == [Call("a^undo", "tax", "undo", {"number": "R-a"})]
    assert play.state["status"] == "open"
    play.feed(done("a^undo"))
    assert play.asked(Call) == [Call("b^undo", "tax", "undo", {"number": "R-b"})]
    play.feed(done("b^undo"))
    assert Finished("refused") in play.effects
    states = {token: step["state"] for token, step in play.state["steps"].items()}
    assert (states["a"], states["b"], states["c"]) == ("undone", "undone", "refused")


def test_a_step_takes_back_some_and_the_case_goes_on() -> None:
    play = Play(
        definition(told("a"), told("b"), {"id": "u", "kind": "compensate", "only": ["a"]}, deliver("c"))
    )
    play.feed(done("a"), done("b"))
    assert [call.token for call in play.asked(Call)] == ["a^undo"]
    play.feed(done("a^undo"))
    assert play.waiting == ["c"]
    assert [entry["step"] for entry in play.state["undo"]] == ["b"]


def test_nothing_to_take_back_is_no_wait() -> None:
    assert Play(definition({"id": "u", "kind": "compensate"}, deliver("c"))).waiting == ["c"]


def test_values_of_a_repetition_are_remembered_for_the_undo() -> None:
    inner = deliver("tell", undo={"operation": "undo", "input": {"car": "=car"}})
    block = {"id": "r", "kind": "repeat", "as": "car", "for_each": "=cars", "steps": [inner]}
    play = Play(
        definition(block, {"id": "e", "kind": "end", "outcome": "refused", "compensate": True}),
        {"cars": [1, 2]},
    )
    play.feed(done("tell#0"), done("tell#1"))
    assert play.asked(Call)[0].value == {"car": 2}
    play.feed(done("tell#1^undo"))
    assert play.asked(Call)[0].value == {"car": 1}
    play.feed(done("tell#0^undo"))
    assert play.state["status"] == "refused"


def test_cancelling_waits_for_what_is_under_way_and_undoes_it_too() -> None:
    inner = deliver("tell", undo={"operation": "undo", "input": {"car": "=car"}})
    block = {"id": "r", "kind": "repeat", "as": "car", "for_each": "=cars", "steps": [inner]}
    play = Play(definition(told("a"), block), {"cars": ["x"]})
    play.feed(done("a"), Cancelled(NOW, "changed", compensate=True))
    assert play.asked(Call) == []
    assert play.waiting == ["tell#0"]
    play.feed(done("tell#0"))
    assert play.asked(Call) == [Call("tell#0^undo", "tax", "undo", {"car": "x"})]
    play.feed(done("tell#0^undo"), done("a^undo"))
    assert play.state["status"] == "cancelled"


def test_what_was_under_way_and_is_refused_need_not_be_undone() -> None:
    play = Play(definition(told("a")))
    play.feed(Cancelled(NOW, "", compensate=True), CallFinished(NOW, "a", "rejected", code="no"))
    assert play.state["status"] == "cancelled"
    play = Play(definition(told("a")))
    play.feed(Cancelled(NOW, "", compensate=True), CallSettled(NOW, "a", "given-up"))
    assert play.state["status"] == "cancelled"


def test_cancelling_without_undo_ends_at_once() -> None:
    play = Play(definition(told("a"), deliver("b")))
    play.feed(done("a"), Cancelled(NOW, "", compensate=False))
    assert play.state["status"] == "cancelled"
    assert [entry.kind for entry in play.asked(Record)] == ["cancelled"]


def test_an_undo_that_is_refused_is_put_before_a_person_and_sent_again() -> None:
    play = Play(definition(told("a"), {"id": "e", "kind": "end", "outcome": "refused", "compensate": True}))
    play.feed(done("a"), CallFinished(NOW, "a^undo", "rejected", code="late", reason="too late"))
    task = play.asked(OpenTask)[0]
    assert (task.unit, task.kind, task.reason) == ("tax", "undo-failed", "late: too late")
    play.feed(TaskDecided(NOW, task.token, "resend", "", {}))
    assert [call.token for call in play.asked(Call)] == ["a^undo~2"]
    play.feed(CallFinished(NOW, "a^undo~2", "rejected", code="late", reason="too late"))
    play.feed(TaskDecided(NOW, play.asked(OpenTask)[0].token, "given-up", "", {}))
    assert play.state["status"] == "refused"
    assert play.state["steps"]["a"]["state"] == "done"


def test_an_undo_whose_values_cannot_be_found_is_a_persons() -> None:
    broken = deliver("a", undo={"operation": "undo", "input": {"x": "=sum(for i in 1..20000 return i)"}})
    play = Play(definition(broken, {"id": "e", "kind": "end", "outcome": "refused", "compensate": True}))
    play.feed(done("a"))
    assert play.asked(OpenTask)[0].kind == "undo-failed"
    play.feed(TaskDecided(NOW, play.asked(OpenTask)[0].token, "settled", "by telephone", {}))
    assert play.state["status"] == "refused"


def test_a_fee_is_given_back_once() -> None:
    fee = {
        "id": "fee",
        "kind": "payment",
        "amount": 10,
        "subject": "Fee",
        "unit": "brg",
        "within": "P14D",
        "into": "paid",
    }
    play = Play(definition(fee, deliver("b", on_rejected="compensate")))
    play.feed(Answered(NOW, "fee", "paid"), CallFinished(NOW, "b", "rejected"))
    assert play.asked(Open) == [Open("fee^undo", "refund", {"of": "fee"})]
    play.feed(Answered(NOW, "fee^undo", "refunded"))
    assert play.state["status"] == "refused"
    play.feed(Answered(NOW, "fee^undo", "refunded"))
    assert play.effects == []


def test_what_an_undo_is_for_can_depend_on_the_answer() -> None:
    undo = {"operation": "undo", "when": 'a.status = "registered"'}
    play = Play(definition(deliver("a", into="a", undo=undo), deliver("b", on_rejected="compensate")))
    play.feed(done("a", status="refused"), CallFinished(NOW, "b", "rejected"))
    assert play.state["status"] == "refused"
