"""How jobs keep what a connection declares: held back by its gate, in order, and given up to a person."""

from datetime import timedelta
from typing import Any

import pytest

from adapters.errors import Held, OutcomeUnknown, Refused, Unavailable
from adapters.models import Connection, Exchange, Gate
from adapters.ports import Accepted, Pending, Rejected
from identity.models import User
from tests.workflows.world import Agencies, Clock, job, officer, pass_time, submitted
from workflows import progress
from workflows.dispatch import dead, queue
from workflows.models import Case, Job, Slot, Task
from workflows.services.errors import NotPossible
from workflows.services.statuses import receive_status
from workflows.services.tasks import decide

pytestmark = pytest.mark.django_db


def declare(key: str, **delivery: Any) -> None:
    Connection.objects.create(key=key, name=key.upper(), kind="x", settings={"delivery": delivery})


def registered(clock: Clock) -> None:
    told = {"status": "registered", "reason": "", "reason_code": "", "decided_at": clock().isoformat()}
    receive_status(agency="npr", message_id="m-1", reference="NPR-1", now=clock(), **told)


def told_everybody(maria: User, clock: Clock) -> Case:
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    registered(clock)
    pass_time(clock, minutes=30)
    case.refresh_from_db()
    return case


def failing(error: Exception) -> Any:
    def fail(_value: object, _context: object) -> None:
        raise error

    return fail


def decided(task: Task, outcome: str, clock: Clock) -> Task:
    return decide(task=task, actor=officer("vdr"), outcome=outcome, reason="Looked", now=clock())


def test_a_closed_gate_holds_the_lane_and_no_other(agencies: Agencies, clock: Clock, maria: User) -> None:
    submitted(maria, clock)
    Job.objects.all().update(kind=Job.Kind.TIMER)
    Job.objects.update(lane="vdr")
    queue.ensure_slots(["vdr"])
    gate = Gate.objects.create(key="vdr", open_since=clock(), open_until=clock() + timedelta(seconds=9))
    assert not queue.is_anything_ready(clock())
    assert queue.claim(clock()) is None
    clock.move(seconds=9)
    assert queue.is_anything_ready(clock())
    gate.delete()


def test_a_held_call_waits_without_counting_and_its_page_says_so(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    Gate.objects.create(key="vdr", open_since=clock(), open_until=clock())
    real = agencies.answers["vdr.find_vehicles"]
    held = Held("vdr", "the agency does not answer", after=timedelta(minutes=10))
    agencies.answers["vdr.find_vehicles"] = failing(held)
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    registered(clock)
    pass_time(clock, minutes=5)
    case.refresh_from_db()
    waiting = job(case, "find-vehicles#0")
    assert (waiting.state, waiting.failures, waiting.error_kind) == ("scheduled", 0, "Held")
    line = next(line for line in progress.lines(case) if line.id == "vdr")
    assert (line.state, line.detail) == ("retrying", "no-answer")
    agencies.answers["vdr.find_vehicles"] = real
    Gate.objects.all().delete()
    pass_time(clock, minutes=30)
    case.refresh_from_db()
    assert case.status == Case.Status.COMPLETED


def test_a_connection_has_as_many_slots_as_it_declares() -> None:
    declare("vdr", concurrency=2)
    queue.ensure_slots(["vdr", "npr"])
    assert Slot.objects.filter(lane="vdr").count() == 2
    assert Slot.objects.filter(lane="npr").count() == 4
    row = Connection.objects.get(key="vdr")
    for count in (6, 1):
        row.settings = {"delivery": {"concurrency": count}}
        row.save()
        queue.ensure_slots(["vdr"])
        assert Slot.objects.filter(lane="vdr").count() == count


@pytest.mark.parametrize("order", ["case", "person.identifier.notation"])
def test_jobs_of_one_key_go_one_after_the_other(
    agencies: Agencies, clock: Clock, maria: User, order: str
) -> None:
    declare("vdr", order=order)
    vehicles = [{"registrationNumber": f"ABC 12{n}"} for n in range(3)]
    agencies.answers["vdr.find_vehicles"] = lambda _v, _c: Accepted({"vehicle": vehicles})
    case = submitted(maria, clock)
    pass_time(clock, seconds=1)
    registered(clock)
    while not Job.objects.filter(token__startswith="change-keeper").exists():
        one = queue.claim(clock())
        assert one is not None
        _run(one, clock)
    changes = Job.objects.filter(case=case, token__startswith="change-keeper").order_by("id")
    assert len({row.order_key for row in changes}) == 1
    assert changes[0].order_key
    assert case.reference not in changes[0].order_key
    taken = [row for row in iter(lambda: queue.claim(clock()), None) if row.lane == "vdr"]
    assert [row.pk for row in taken] == [changes[0].pk]
    queue.bury(taken[0], clock(), kind="x", error="x")
    assert queue.claim(clock()) is None, "one that was given up holds those behind it"
    assert queue.close(taken[0], clock())
    following = queue.claim(clock())
    assert following is not None
    assert following.pk == changes[1].pk


def _run(one: Job, clock: Clock) -> None:
    from workflows.dispatch.run import execute

    execute(one, clock)


def test_an_unknown_outcome_goes_to_a_person_at_once(agencies: Agencies, clock: Clock, maria: User) -> None:
    agencies.answers["vdr.change_keeper_address"] = failing(OutcomeUnknown("vdr", "it may have arrived"))
    case = told_everybody(maria, clock)
    task = Task.objects.open().get()
    assert (task.kind, task.unit, task.outcomes) == (dead.UNKNOWN, "vdr", dead.OUTCOMES)
    assert job(case, "change-keeper#0.0").attempts == 1
    assert dead.fate(task) == "dead"
    line = next(line for line in progress.lines(case) if line.id == "vdr")
    assert (line.state, line.detail) == ("person", "outcome-unknown")


@pytest.mark.parametrize(("outcome", "state"), [("settled", "done"), ("given-up", "refused")])
def test_a_person_settles_or_gives_up_what_cannot_be_sent(
    agencies: Agencies, clock: Clock, maria: User, outcome: str, state: str
) -> None:
    agencies.answers["vdr.change_keeper_address"] = failing(OutcomeUnknown("vdr", "it may have arrived"))
    case = told_everybody(maria, clock)
    task = decided(Task.objects.open().get(), outcome, clock)
    pass_time(clock, seconds=1)
    case.refresh_from_db()
    assert case.status == Case.Status.COMPLETED
    assert case.state["steps"]["change-keeper#0.0"]["state"] == state
    assert job(case, "change-keeper#0.0").state == Job.State.DONE
    assert dead.fate(task) == outcome
    assert agencies.count()["vdr.change_keeper_address"] == 1


def test_sent_again_is_not_delivered(agencies: Agencies, clock: Clock, maria: User) -> None:
    agencies.answers["vdr.change_keeper_address"] = failing(OutcomeUnknown("vdr", "it may have arrived"))
    case = told_everybody(maria, clock)
    key = f"{case.reference}:change-keeper#0.0"
    Exchange.objects.create(
        connection="vdr", operation="change_keeper_address", idempotency_key=key, is_uncertain=True
    )
    asked = Task.objects.open().get()
    early = asked.created_at + timedelta(seconds=29)  # vdr's `settle` is 30
    with pytest.raises(NotPossible, match="too-early"):
        decide(task=asked, actor=officer("vdr"), outcome="resend", reason="Looked", now=early)
    task = decided(Task.objects.open().get(), "resend", clock)
    assert dead.fate(task) == "waiting"
    assert not Exchange.objects.get().is_uncertain, "a person answers for it now"
    assert "sent again by staff:" in Exchange.objects.get().detail
    agencies.answers["vdr.change_keeper_address"] = failing(Unavailable("vdr", "no answer"))
    pass_time(clock, seconds=1)
    assert dead.fate(task) == "trying"
    agencies.answers["vdr.change_keeper_address"] = lambda _v, _c: Accepted({}, "VDR-9")
    pass_time(clock, hours=1)
    assert dead.fate(task) == "delivered"


@pytest.mark.parametrize(("result", "fate"), [(Pending("X-1"), "taken"), (Rejected("7", "no"), "refused")])
def test_what_became_of_it_is_said(
    agencies: Agencies, clock: Clock, maria: User, result: Any, fate: str
) -> None:
    agencies.answers["vdr.change_keeper_address"] = failing(OutcomeUnknown("vdr", "it may have arrived"))
    told_everybody(maria, clock)
    task = decided(Task.objects.open().get(), "resend", clock)
    agencies.answers["vdr.change_keeper_address"] = lambda _v, _c: result
    pass_time(clock, minutes=1)
    assert dead.fate(task) == fate


def test_tries_end_where_the_connection_says(agencies: Agencies, clock: Clock, maria: User) -> None:
    declare("vdr", retry={"tries": 3, "first": 1, "longest": 2, "jitter": 0})
    agencies.answers["vdr.find_vehicles"] = failing(Unavailable("vdr", "no answer"))
    case = told_everybody(maria, clock)
    assert agencies.count()["vdr.find_vehicles"] == 3
    assert job(case, "find-vehicles#0").state == Job.State.DEAD
    assert Task.objects.open().get().kind == dead.KIND


def test_a_large_document_travels_as_a_reference(agencies: Agencies, clock: Clock, maria: User) -> None:
    declare("vestvik", claim_check=1024)
    case = submitted(maria, clock)
    from workflows.dispatch.effects import apply
    from workflows.dispatch.writing import Writing
    from workflows.engine import Call

    large = {"document": {"content": "x" * 5000}}
    writing = Writing()
    apply(case, [Call("attach", "vestvik", "open_case", large)], writing, actor="worker", now=clock())
    writing.write()
    kept = Job.objects.get(token="attach").payload["value"]["document"]["content"]
    assert kept["$stored"]["size"] == 5000


def test_a_street_too_long_for_one_agency_goes_to_a_person_with_the_reason(
    agencies: Agencies, clock: Clock, maria: User
) -> None:
    refused = Refused("sia", "is longer than 50 characters", field="address.thoroughfare")
    agencies.answers["sia.register_change"] = failing(refused)
    case = told_everybody(maria, clock)
    task = Task.objects.get(case=case, kind=dead.KIND)
    assert "address.thoroughfare is longer than 50 characters" in task.question
    assert task.outcomes == ["resend", "settled", "given-up"]
    told = decide(task=task, actor=officer("sia"), outcome="settled", reason="By phone", now=clock())
    case.refresh_from_db()
    assert dead.fate(told) == "settled"
    assert not Task.objects.filter(case=case, state=Task.State.OPEN).exists()
