"""Staff hold a case, let it go on, end it, have a step done again, move it: with actor, reason and time."""

import json
from typing import Any

import pytest

from identity.models import User
from tests.workflows.playing import deliver
from tests.workflows.served import document, opened, published
from tests.workflows.world import Agencies, Clock, job, officer, pass_time, run_due
from workflows import case_cli
from workflows.dispatch.moving import locked
from workflows.engine.migration import CannotMove
from workflows.models import Case, CaseEvent, Job, Task
from workflows.services import controls
from workflows.services.errors import NotPossible
from workflows.services.statuses import receive_status
from workflows.services.tasks import decide

pytestmark = pytest.mark.django_db
WHY = {"actor": "staff:boss", "reason": "the law changed"}
TELL = deliver("tell", connection="npr", operation="register_move", into="told")
CARS = deliver("cars", connection="vdr", operation="change_keeper_address")
CARS["undo"] = {"operation": "change_keeper_address", "input": {"back": True}}
TASK = {"id": "look", "kind": "task", "unit": "sia", "task": "judge", "into": "found", "outcomes": ["ok"]}


def given(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_held_case_stands_still_and_loses_nothing(clock: Clock, agencies: Agencies, maria: User) -> None:
    timer = {"id": "t", "kind": "timer", "for": "P1D"}
    case = opened(
        document({"id": "p", "kind": "parallel", "branches": [[TELL], [timer], [TASK]]}, CARS), maria, clock
    )
    controls.pause(case=case, **WHY, now=clock())
    assert receive_status(agency="npr", message_id="1", reference="NPR-1", status="registered", reason="",
                          reason_code="", decided_at="", now=clock()) == "recorded"  # fmt: skip
    pass_time(clock, days=2)
    assert sorted(given(case).state["waiting"]) == ["look", "t", "tell"]
    assert set(Job.objects.filter(case=case, state="held").values_list("kind", flat=True)) == {
        "status",
        "timer",
    }
    with pytest.raises(NotPossible, match="paused"):
        decide(task=Task.objects.get(case=case), actor=officer("sia"), outcome="ok", reason="r", now=clock())
    with pytest.raises(NotPossible, match="paused"):
        controls.pause(case=case, **WHY, now=clock())
    controls.resume(case=case, **WHY, now=clock())
    run_due(clock)
    assert list(given(case).state["waiting"]) == ["look"]
    entries = CaseEvent.objects.filter(case=case, kind__in=("paused", "resumed")).order_by("seq")
    assert [(one.kind, one.actor, one.data["reason"]) for one in entries] == [
        ("paused", "staff:boss", "the law changed"), ("resumed", "staff:boss", "the law changed"),
    ]  # fmt: skip


def test_an_answer_that_came_while_held_is_not_asked_for_again(
    clock: Clock, agencies: Agencies, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened(document({"id": "t", "kind": "timer", "for": "P1D"}, CARS, TASK), maria, clock)
    usual = agencies.answers["vdr.change_keeper_address"]

    def slow(value: Any, context: Any) -> Any:
        controls.pause(case=case, **WHY, now=clock())
        return usual(value, context)

    monkeypatch.setitem(agencies.answers, "vdr.change_keeper_address", slow)
    pass_time(clock, days=1)
    assert list(given(case).state["waiting"]) == ["cars"]
    controls.resume(case=case, **WHY, now=clock())
    run_due(clock)
    assert list(given(case).state["waiting"]) == ["look"]
    assert agencies.count()["vdr.change_keeper_address"] == 1


def test_ending_a_case_takes_back_what_was_told(clock: Clock, agencies: Agencies, maria: User) -> None:
    case = opened(document(CARS, TELL), maria, clock)
    controls.cancel(case=case, **WHY, now=clock())
    run_due(clock)
    assert agencies.count()["vdr.change_keeper_address"] == 2
    assert job(case, "cars^undo").payload["value"] == {"back": True}
    assert given(case).status == Case.Status.CANCELLED
    with pytest.raises(NotPossible, match="ended"):
        controls.cancel(case=case, **WHY, now=clock())
    kept = opened(document(CARS, TELL), maria, clock)
    controls.cancel(case=kept, **WHY, now=clock(), compensate=False)
    assert agencies.count()["vdr.change_keeper_address"] == 3


def test_a_reason_is_wanted(clock: Clock, agencies: Agencies, maria: User) -> None:
    case = opened(document(TELL), maria, clock)
    with pytest.raises(NotPossible, match="reason-missing"):
        controls.cancel(case=case, actor="staff:boss", reason=" ", now=clock())


def test_a_step_is_done_again_on_the_corrected_version(clock: Clock, agencies: Agencies, maria: User) -> None:
    case = opened(document(CARS, TELL), maria, clock)
    mended = published(document({**CARS, "input": {"right": True}}, TELL, version=2))
    controls.repeat(case=case, step="cars", version=mended, **WHY, now=clock())
    run_due(clock)
    assert given(case).service_version == mended
    assert job(case, "cars~2").payload["value"] == {"right": True}
    kinds = CaseEvent.objects.filter(case=case, actor="staff:boss").values_list("kind", flat=True)
    assert list(kinds) == ["version-changed", "repeated"]


def test_moving_is_previewed_for_every_open_case(clock: Clock, agencies: Agencies, maria: User) -> None:
    waits = opened(document(TELL), maria, clock)
    fresh = published(document(deliver("other"), version=2))
    ((case, found),) = controls.preview(fresh)
    assert case == waits
    assert found.impossible == [("tell", "the new version does not have it; name another step to go on from")]
    with pytest.raises(CannotMove):
        controls.migrate(case=waits, version=fresh, **WHY, now=clock())
    assert locked(waits.pk).service_version.version == 1


def test_the_command_line_steers_cases(
    clock: Clock, agencies: Agencies, maria: User, capsys: pytest.CaptureFixture[str]
) -> None:
    case = opened(document(TELL), maria, clock)
    reference = case.reference.lower().replace("-", " ")
    assert case_cli.main(["show", reference]) == 0
    assert "waits at tell (call)" in capsys.readouterr().out
    assert case_cli.main(["pause", reference, "--reason", "x"]) == 0
    assert case_cli.main(["pause", reference, "--reason", "x"]) == 1
    assert case_cli.main(["resume", reference, "--reason", "x"]) == 0
    assert case_cli.main(["repeat", reference, "nowhere", "--reason", "x"]) == 1
    published(document(TELL, CARS, version=2))
    capsys.readouterr()
    assert case_cli.main(["migrate", "trial", "2", "--preview", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said[case.reference]["moves"] == [
        {"step": "tell", "to": "tell", "anew": False, "tokens": ["tell"]}
    ]
    assert case_cli.main(["migrate", "trial", "2", "--reason", "x"]) == 0
    assert "1 cases, 1 moved to trial v2" in capsys.readouterr().out
    assert given(case).service_version.version == 2
    assert case_cli.main(["cancel", reference, "--reason", "x", "--keep"]) == 0
    assert case_cli.main(["show", "NOT-1234"]) == 2
