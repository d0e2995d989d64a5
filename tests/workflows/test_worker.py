"""The worker's keeper: leases are renewed before anything is swept, and a silent database ends nothing."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from identity.models import User
from tests.workflows.world import Agencies, Clock, submitted
from workflows.dispatch import queue
from workflows.keeper import Keeper
from workflows.models import Job
from workflows.worker import Worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(agencies: Agencies, clock: Clock, maria: User) -> Job:
    """A job that this process claimed, and then stood still for longer than its lease."""
    submitted(maria, clock)
    claimed = queue.claim(timezone.now() + timedelta(days=900), lease=timedelta(days=-900, seconds=-9))
    assert claimed is not None
    assert claimed.lease_until is not None
    assert claimed.lease_until < timezone.now()
    return claimed


def test_a_worker_that_stood_still_keeps_its_jobs(job: Job) -> None:
    worker = Worker(1)
    worker._holding._held[job.pk, job.attempts] = job
    worker._keep(Keeper(worker._holding))
    row = Job.objects.get()
    assert (row.state, row.attempts) == (Job.State.RUNNING, job.attempts)
    assert row.lease_until is not None
    assert row.lease_until > timezone.now()


def test_what_nobody_holds_is_swept(job: Job) -> None:
    worker = Worker(1)
    worker._keep(Keeper(worker._holding))
    assert Job.objects.get().state == Job.State.READY


def test_a_silent_database_does_not_end_a_worker_that_is_stopping(
    job: Job, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def silent(*_: object) -> bool:
        raise OperationalError("gone away")

    monkeypatch.setattr(queue, "renew", silent)
    monkeypatch.setattr("workflows.worker.connection.close", lambda: None)
    worker = Worker(1)
    worker._holding._held[job.pk, job.attempts] = job
    worker.stop()
    worker._keep(Keeper(worker._holding))
    assert "the database does not answer" in caplog.text
