"""The jobs table as a queue: claims, fences, leases, lanes, retries and the dead."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings

from adapters.delivery.policy import Policy
from identity.models import User
from onestop.lib.owner import HOST, is_surely_gone, this_process
from tests.workflows.world import Agencies, Clock, submitted
from workflows.dispatch import backoff, queue
from workflows.models import Case, Job, Slot

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(agencies: Agencies, clock: Clock, maria: User) -> Case:
    case = submitted(maria, clock)
    Job.objects.all().delete()
    return case


def new_job(case: Case, clock: Clock, name: str, lane: str = "npr", **fields: object) -> Job:
    queue.insert(
        [Job(case=case, kind=Job.Kind.CALL, lane=lane, token=name, dedupe=name, run_at=clock(), **fields)]
    )
    return Job.objects.get(dedupe=name)


def test_the_same_job_is_inserted_once(case: Case, clock: Clock) -> None:
    new_job(case, clock, "a")
    new_job(case, clock, "a")
    assert Job.objects.count() == 1


def test_jobs_are_claimed_once_the_most_urgent_first(case: Case, clock: Clock) -> None:
    new_job(case, clock, "later")
    new_job(case, clock, "urgent", priority=1)
    assert [str(job.token) for job in iter(lambda: queue.claim(clock()), None)] == ["urgent", "later"]


def test_a_lane_runs_no_more_than_its_slots_and_others_go_on(case: Case, clock: Clock) -> None:
    for n in range(Policy().concurrency + 2):
        new_job(case, clock, f"npr-{n}")
    new_job(case, clock, "tax-0", "tax")
    claimed = list(iter(lambda: queue.claim(clock()), None))
    assert [job.lane for job in claimed] == ["npr"] * Policy().concurrency + ["tax"]
    queue.finish(claimed[0], clock())
    again = queue.claim(clock())
    assert again is not None
    assert again.lane == "npr"


def test_a_lost_lease_is_swept_and_the_old_claimer_discarded(case: Case, clock: Clock) -> None:
    new_job(case, clock, "a")
    first = queue.claim(clock())
    assert first is not None
    assert queue.sweep(clock()) == 0
    clock.move(seconds=queue.LEASE.total_seconds() + 1)
    assert queue.sweep(clock()) == 1
    assert not Slot.objects.exclude(job=None).exists()
    second = queue.claim(clock())
    assert second is not None
    assert second.attempts == first.attempts + 1
    assert not queue.renew(first, clock())
    for write in (lambda: queue.finish(first, clock()), lambda: queue.keep_result(first)):
        with pytest.raises(queue.LeaseLost):
            write()
    queue.finish(second, clock())
    assert Job.objects.get().state == Job.State.DONE


def test_a_renewed_lease_is_not_swept(case: Case, clock: Clock) -> None:
    new_job(case, clock, "a")
    job = queue.claim(clock())
    assert job is not None
    clock.move(seconds=7)
    assert queue.renew(job, clock())
    clock.move(seconds=7)
    assert queue.sweep(clock()) == 0


def test_the_jobs_of_a_dead_process_are_taken_over_at_once(case: Case, clock: Clock) -> None:
    new_job(case, clock, "a")
    assert queue.claim(clock()) is not None
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    Job.objects.update(owner=f"{HOST}/{ended.pid}/x")
    assert queue.sweep(clock()) == 1


def test_who_is_surely_gone() -> None:
    assert not is_surely_gone(this_process())
    assert is_surely_gone(this_process() + "0")
    assert not is_surely_gone("another-host/1/x")
    assert not is_surely_gone(f"{HOST}/1/x")


def test_a_retry_waits_apart_until_it_is_due(case: Case, clock: Clock) -> None:
    new_job(case, clock, "a")
    job = queue.claim(clock())
    assert job is not None
    queue.retry(job, clock() + timedelta(seconds=30), kind="Unavailable", error="no\0answer")
    assert queue.promote(clock()) == 0
    assert queue.next_due() == clock() + timedelta(seconds=30)
    clock.move(seconds=30)
    assert queue.promote(clock()) == 1
    again = queue.claim(clock())
    assert again is not None
    assert (again.failures, again.attempts, again.error) == (1, 2, "noanswer")


def test_the_dead_come_back_with_their_counter_reset(case: Case, clock: Clock) -> None:
    new_job(case, clock, "a")
    job = queue.claim(clock())
    assert job is not None
    assert not queue.resend(job, clock())
    queue.bury(job, clock(), kind="Refused", error="field")
    assert queue.claim(clock()) is None
    assert queue.resend(job, clock())
    again = queue.claim(clock())
    assert again is not None
    assert again.failures == 0


def test_pauses_grow_to_a_limit_and_are_spread() -> None:
    assert 0.75 <= backoff.pause(1).total_seconds() <= 1.25
    assert 6.0 <= backoff.pause(4).total_seconds() <= 10.0
    assert backoff.pause(500).total_seconds() <= settings.RETRY_LONGEST_SECONDS * 1.25
    assert backoff.pause(1, timedelta(minutes=9)) == timedelta(minutes=9)
    assert len({backoff.pause(3) for _ in range(20)}) > 1
