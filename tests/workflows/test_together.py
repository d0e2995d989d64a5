"""Events for cases, many in one transaction: all or none, and the one at fault is found alone."""

import pytest

from identity.models import User
from tests.workflows.world import Agencies, Clock, submitted
from workflows.dispatch import queue
from workflows.dispatch.run import execute
from workflows.dispatch.together import take_in_ready
from workflows.models import Case, Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(agencies: Agencies, clock: Clock, maria: User) -> list[Case]:
    """Three cases that are about to start."""
    made = [submitted(maria, clock) for _ in range(3)]
    assert set(Job.objects.values_list("kind", "state")) == {("start", "ready")}
    return made


def test_all_that_is_ready_is_taken_in_at_once(cases: list[Case], clock: Clock) -> None:
    assert take_in_ready(clock()) == 3
    assert set(Job.objects.filter(kind="start").values_list("state", "attempts")) == {("done", 1)}
    assert all(case.state["waiting"] for case in Case.objects.all())
    assert take_in_ready(clock()) == 0


def test_no_more_are_taken_than_asked_for(cases: list[Case], clock: Clock) -> None:
    assert [take_in_ready(clock(), 2), take_in_ready(clock(), 2)] == [2, 1]


def test_one_at_fault_undoes_all_and_is_found_alone(cases: list[Case], clock: Clock) -> None:
    at_fault = Job.objects.filter(case=cases[1]).get()
    Job.objects.filter(pk=at_fault.pk).update(kind=Job.Kind.TIMER)  # whose payload names no timer
    assert take_in_ready(clock()) == 0
    assert set(Job.objects.values_list("state", "attempts")) == {("ready", 0)}
    assert not any(case.state.get("waiting") for case in Case.objects.all())
    for job in queue.claim_many(clock(), 3):
        execute(job, clock)
    at_fault.refresh_from_db()
    assert (at_fault.state, at_fault.error_kind) == (Job.State.SCHEDULED, "fault")
    started = [bool(case.state.get("waiting")) for case in Case.objects.order_by("pk")]
    assert started == [True, False, True]


def test_a_paused_case_is_left_to_be_held(cases: list[Case], clock: Clock) -> None:
    Case.objects.filter(pk=cases[0].pk).update(paused_at=clock())
    assert take_in_ready(clock()) == 2
    (left,) = [job for job in queue.claim_many(clock(), 30) if job.kind == Job.Kind.START]
    execute(left, clock)
    assert Job.objects.get(pk=left.pk).state == Job.State.HELD
