"""Every kind of step in memory: what it asks for, what ends it, and what is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.workflows.playing import NOW, Play, definition, deliver
from workflows.engine import (
    Answered,
    Call,
    CallFinished,
    Close,
    CloseTask,
    Finished,
    Notify,
    Open,
    OpenTask,
    Record,
    TaskDecided,
    Timer,
    TimerFired,
)
from workflows.engine.people import SamePerson

TEXTS = {"en": {"title": "Hello"}}
TASK = {
    "id": "look",
    "kind": "task",
    "unit": "sia",
    "task": "judge",
    "into": "found",
    "outcomes": ["grant", "refuse"],
}


def test_a_loop_goes_round_until_its_condition_holds() -> None:
    loop = {
        "id": "l",
        "kind": "loop",
        "until": "answer.ok = true",
        "at_most": 3,
        "steps": [deliver("try", into="answer")],
    }
    play = Play(definition(loop, deliver("after")))
    play.feed(CallFinished(NOW, "try#0", "accepted", {"ok": False}))
    assert [call.token for call in play.asked(Call)] == ["try#1"]
    play.feed(CallFinished(NOW, "try#1", "accepted", {"ok": True}))
    assert play.waiting == ["after"]


def test_a_loop_that_reaches_its_bound_stops_before_a_person_or_goes_on() -> None:
    loop = {"id": "l", "kind": "loop", "until": "false", "at_most": 2, "steps": [deliver("try")]}
    play = Play(definition(loop, deliver("after")))
    for token in ("try#0", "try#1"):
        play.feed(CallFinished(NOW, token, "accepted"))
    task = play.asked(OpenTask)[0]
    assert (task.unit, task.kind) == ("integration", "step-stuck")
    assert "step 'l' cannot run" in task.reason
    assert "2 rounds" in task.reason
    play = Play(definition({**loop, "on_bound": "continue"}, deliver("after")))
    for token in ("try#0", "try#1"):
        play.feed(CallFinished(NOW, token, "accepted"))
    assert play.waiting == ["after"]


def test_a_thousand_rounds_that_wait_for_nothing_take_no_stack() -> None:
    empty = {
        "id": "p",
        "kind": "parallel",
        "branches": [[{"id": "n", "kind": "decide", "into": "n", "rules": [{"set": {}}]}]],
    }
    loop = {
        "id": "l",
        "kind": "loop",
        "until": "false",
        "at_most": 1000,
        "on_bound": "continue",
        "steps": [empty],
    }
    assert Play(definition(loop)).state["status"] == "completed"


def test_four_eyes_want_a_second_person_for_the_outcomes_named() -> None:
    play = Play(definition({**TASK, "four_eyes": ["refuse"], "skills": ["benefits"], "priority": 2}))
    task = play.asked(OpenTask)[0]
    assert (task.skills, task.priority, task.outcomes) == (("benefits",), 2, ("grant", "refuse"))
    play.feed(TaskDecided(NOW, "look", "refuse", "too rich", {"officer": "a"}))
    second = play.asked(OpenTask)[0]
    assert second.outcomes == ("confirm", "disagree")
    assert (second.value["proposed"], second.value["why"]) == ("refuse", "too rich")
    with pytest.raises(SamePerson):
        play.feed(TaskDecided(NOW, second.token, "confirm", "yes", {"officer": "a"}))
    play.feed(TaskDecided(NOW, second.token, "confirm", "yes", {"officer": "b"}))
    assert play.state["status"] == "completed"
    assert play.state["data"]["found"] == {
        "outcome": "refuse", "reason": "too rich", "officer": "a", "confirmedBy": "b",
    }  # fmt: skip


def test_four_eyes_that_disagree_put_the_question_anew() -> None:
    play = Play(definition({**TASK, "four_eyes": True}))
    play.feed(TaskDecided(NOW, "look", "grant", "", {"officer": "a"}))
    play.feed(TaskDecided(NOW, play.asked(OpenTask)[0].token, "disagree", "no", {"officer": "b"}))
    assert [task.token for task in play.asked(OpenTask)] == ["look~2"]
    assert play.waiting == ["look~2"]
    play = Play(definition({**TASK, "four_eyes": ["refuse"]}))
    play.feed(TaskDecided(NOW, "look", "grant", "", {"officer": "a"}))
    assert play.state["status"] == "completed"


def test_a_link_is_opened_answered_and_reminded_of() -> None:
    link = {"id": "landlord", "kind": "link", "role": "Landlord", "texts": TEXTS, "into": "said"}
    link |= {"to": {"email": "=answers.landlord"}, "show": {"rent": "=answers.rent"}, "within": "P14D"}
    link["remind"] = [{"after": "P7D", "template": "slow"}]
    play = Play(definition(link), {"answers": {"landlord": "l@example.org", "rent": 900}})
    opened = play.asked(Open)[0]
    assert (opened.kind, opened.value["to"], opened.value["show"]) == (
        "link",
        {"email": "l@example.org"},
        {"rent": 900},
    )
    assert opened.due_at == NOW + timedelta(days=14)
    reminder, due = sorted(play.asked(Timer), key=lambda timer: timer.at)
    assert (reminder.at, due.at) == (NOW + timedelta(days=7), NOW + timedelta(days=14))
    play.feed(TimerFired(reminder.at, "landlord", reminder.name))
    assert [told.template for told in play.asked(Notify)] == ["slow"]
    play.feed(Answered(NOW, "landlord", "confirmed", {"note": "yes"}))
    assert play.state["data"]["said"] == {"outcome": "confirmed", "note": "yes"}
    assert play.state["status"] == "completed"


@pytest.mark.parametrize(
    ("then", "status", "said"),
    [("continue", "completed", {"timedOut": True}), ("end", "refused", None)],
)
def test_time_that_is_up_goes_the_way_the_definition_says(then: str, status: str, said: object) -> None:
    ask = {
        "id": "birth", "kind": "event", "from": "hos", "type": "born", "match": "=child", "within": "P90D",
        "on_timeout": then, "into": "said",
    }  # fmt: skip
    play = Play(definition(ask), {"child": 7})
    assert play.asked(Open)[0].value == {"from": "hos", "type": "born", "match": "7", "by": "subject"}
    play.feed(TimerFired(NOW, "birth", "due"))
    assert (play.state["status"], play.state["data"].get("said")) == (status, said)


def test_time_that_is_up_can_ask_a_person_who_may_have_it_asked_anew() -> None:
    ask = {"id": "q", "kind": "questions", "pages": [], "within": "P1D", "into": "said"}
    play = Play(definition({**ask, "on_timeout": {"unit": "sia", "task": "silent"}}))
    play.feed(TimerFired(NOW, "q", "due"))
    task = play.asked(OpenTask)[0]
    play.feed(TaskDecided(NOW, task.token, "resend", "", {}))
    assert [(one.token, one.kind) for one in play.asked(Open)] == [("q~2", "questions")]
    assert Close("q", "questions") in play.effects
    play.feed(Answered(NOW, "q", "answered", {"late": True}))
    assert play.waiting == ["q~2"]


def test_a_fee_is_asked_in_hundredths_and_nothing_is_no_fee() -> None:
    fee = {
        "id": "fee",
        "kind": "payment",
        "amount": "=fee",
        "subject": "Fee",
        "unit": "brg",
        "within": "P14D",
        "into": "paid",
    }
    play = Play(definition(fee), {"fee": 120.5})
    assert (play.asked(Open)[0].value["amount"], play.asked(Open)[0].value["currency"]) == ("120.50", "EUR")
    play.feed(Answered(NOW, "fee", "paid", {"reference": "P1"}))
    assert play.state["undo"] == [{"token": "fee", "step": "fee", "refund": True}]
    assert Play(definition(fee), {"fee": 0}).state["data"]["paid"]["outcome"] == "paid"
    stuck = Play(definition(fee), {"fee": "much"})
    assert "no amount" in stuck.asked(OpenTask)[0].reason


def test_an_appointment_a_document_and_another_service_are_asked_for() -> None:
    steps = [
        {
            "id": "visit",
            "kind": "appointment",
            "unit": "=town",
            "subject": "Visit",
            "within": "P60D",
            "into": "visit",
        },
        {
            "id": "letter",
            "kind": "document",
            "name": "Letter",
            "texts": TEXTS,
            "data": {"who": "=town"},
            "into": "pdf",
        },
        {
            "id": "other",
            "kind": "service",
            "service": "appeal",
            "answers": {"grounds": "=town"},
            "into": "other",
        },
        {"id": "aside", "kind": "service", "service": "appeal", "waits": False},
    ]
    play = Play(definition(*steps), {"town": "vestvik"})
    assert (play.asked(Open)[0].kind, play.asked(Open)[0].value["unit"]) == ("appointment", "vestvik")
    play.feed(Answered(NOW, "visit", "booked", {"startsAt": "2027-04-01T09:00"}))
    assert (play.asked(Open)[0].kind, play.asked(Open)[0].value["data"]) == ("document", {"who": "vestvik"})
    play.feed(Answered(NOW, "letter", "made", {"document": "d"}))
    assert play.asked(Open)[0].value["answers"] == {"grounds": "vestvik"}
    play.feed(Answered(NOW, "other", "completed", {"reference": "APP-1"}))
    assert [one.token for one in play.asked(Open)] == ["aside"]
    assert Finished("completed") in play.effects


def test_a_timer_waits_until_a_date_less_a_span() -> None:
    play = Play(
        definition({"id": "t", "kind": "timer", "until": "=answers.day", "offset": "-P14D"}),
        {"answers": {"day": "2027-06-01"}},
    )
    assert play.asked(Timer) == [Timer("t", "due", datetime(2027, 5, 17, 22, tzinfo=UTC))]


def test_a_term_is_counted_in_working_days() -> None:
    play = Play(definition({"id": "t", "kind": "timer", "for": {"working_days": 3, "at": "09:00"}}))
    at = play.asked(Timer)[0].at
    assert (at.isoformat(), at.tzinfo is not None) == ("2027-03-04T09:00:00+01:00", True)


def test_a_table_decides_and_says_why() -> None:
    table = {
        "table": "benefit", "version": 3, "title": "Benefit", "policy": "first",
        "inputs": [{"name": "age", "expression": "answers.age", "type": "number"}],
        "outputs": [{"name": "grant", "type": "boolean"}],
        "rows": [
            {"id": "old", "when": [">= 18"], "then": ["true"], "reference": "Benefits Act, section 4"},
            {"id": "young", "when": ["-"], "then": ["false"]},
        ],
    }  # fmt: skip
    step = {"id": "judge", "kind": "decide", "table": "benefit", "into": "decision"}
    play = Play(definition(step, tables={"benefit": table}), {"answers": {"age": 20}})
    assert play.state["data"]["decision"] == {"grant": True, "rule": ["old"]}
    why = play.asked(Record)[0].data["why"]
    assert why["rows"][0]["reference"] == "Benefits Act, section 4"


def test_a_notice_names_whom_it_tells_and_how() -> None:
    step = {"id": "n", "kind": "notify", "texts": TEXTS, "channels": ["portal", "email"], "to": "=people"}
    told = Play(definition(step), {"people": ["1", "2"]}).asked(Notify)[0]
    assert (told.to, told.channels, told.texts) == (("1", "2"), ("portal", "email"), TEXTS)


def test_what_a_definition_gives_every_step_sees_and_the_case_may_say_otherwise() -> None:
    step = {"id": "t", "kind": "decide", "into": "out", "rules": [{"set": {"fee": "=fee", "town": "=town"}}]}
    play = Play(definition(step, given={"fee": 10, "town": "x"}), {"town": "vestvik"})
    assert play.state["data"]["out"] == {"fee": 10, "town": "vestvik", "rule": 0, "because": ""}


def test_an_end_names_its_outcome() -> None:
    play = Play(definition({"id": "e", "kind": "end", "outcome": "completed", "result": "granted"}))
    assert (play.state["status"], play.state["result"]) == ("completed", "granted")


def test_branches_that_lose_have_their_questions_closed() -> None:
    play = Play(
        definition({"id": "p", "kind": "parallel", "join": "any", "branches": [[TASK], [deliver("a")]]})
    )
    play.feed(CallFinished(NOW, "a", "accepted"))
    assert CloseTask("look") in play.effects


def test_an_answer_to_another_kind_of_wait_changes_nothing() -> None:
    play = Play(definition(deliver("a")))
    state = play.state
    play.feed(Answered(NOW, "a", "paid"))
    assert play.state is state
