"""Jobs over RabbitMQ: a whole case by two real workers, one of them killed, and a broker that is away."""

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from adapters.sandbox import run
from adapters.sandbox.credentials import keys_at_portal
from identity.models import User
from tests.sandbox.waiting import eventually
from tests.workflows.test_kill import PACE, ROOT, database, deaf, free_port, portal
from tests.workflows.world import Agencies, Clock, submitted
from workflows.dispatch import broker, queue
from workflows.models import Job

BROKER = os.environ.get("ONESTOP_BROKER_URL", "amqp://guest:guest@127.0.0.1:5672//")


@pytest.fixture(scope="module")
def rabbit() -> None:
    """RabbitMQ, or a skip that says what is missing."""
    from kombu import Connection
    from kombu.exceptions import OperationalError

    try:
        with Connection(BROKER, connect_timeout=2) as connection:
            connection.ensure_connection(max_retries=1, timeout=3)
    except (OperationalError, OSError) as error:
        pytest.skip(f"needs RabbitMQ at {BROKER}: {error}")


@pytest.fixture
def own_queue(rabbit: None) -> Iterator[str]:
    """The name of a queue that nobody else uses; it is deleted in the end."""
    from kombu import Connection

    name = f"onestop-test-{uuid.uuid4().hex[:12]}"
    yield name
    with Connection(BROKER) as connection:
        connection.default_channel.queue_delete(name)


def environment(folder: Path, address: str, name: str, port: int) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ONESTOP_")}
    own = {"DATABASE_URL": address, "DATA_DIR": str(folder), "PORTAL_URL": f"http://127.0.0.1:{port}"}
    own |= {"LOG_LEVEL": "WARNING", "HEALTH_SECONDS": "0", "DISPATCH": "celery"}
    own |= {"BROKER_URL": BROKER, "BROKER_QUEUE": name}
    named = {f"ONESTOP_{key}": value for key, value in own.items()}
    return {**kept, **named, "DJANGO_SETTINGS_MODULE": "onestop.settings"}


def worker(given: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        command = [sys.executable, "-m", "onestop", "worker", "--threads", "4"]
        return subprocess.Popen(command, env=given, cwd=ROOT, stdout=file, stderr=file)


@pytest.mark.xdist_group("kill")
def test_two_workers_end_a_case_though_one_is_killed(own_queue: str, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "workers.log"
    with (
        database(tmp_path) as address,
        run(portal_url=f"http://127.0.0.1:{port}", pace=PACE) as agencies,
        deaf(tmp_path) as unasked,
    ):
        given = environment(tmp_path, address, own_queue, port)
        subprocess.run([sys.executable, "-m", "onestop", "migrate", "-v0"], env=given, cwd=ROOT, check=True)
        with portal(given, port):
            workers = [worker(given, log) for _ in range(2)]
            try:
                report = _case(given, agencies.urls(), agencies.credentials(), unasked.url, tmp_path, workers)
                ends = _stopped(workers[1:])
            finally:
                for one in workers:
                    one.kill()
                    one.wait(10)
        assert ends == [0, 0], log.read_text()
        assert (report["status"], report["open_tasks"], report["held_slots"]) == ("completed", 0, 0)
        assert {job[2] for job in report["jobs"]} == {"done"}
        for key in agencies.agencies:
            counted = agencies.ledger(key)["by_key"].values()
            assert all(one["effects"] <= 1 for one in counted), (key, counted)


def _case(
    given: dict[str, str], urls: Any, credentials: Any, unasked: str, folder: Path, workers: list[Any]
) -> dict[str, Any]:
    """Run the case; the first worker dies as soon as it is submitted."""
    told = {"urls": urls, "credentials": credentials, "deaf": unasked, "deaths": str(folder / "deaths")}
    told["keys"] = keys_at_portal(None)
    command = [sys.executable, "-m", "tests.workflows.brokered_case", json.dumps(told)]
    with subprocess.Popen(command, env=given, cwd=ROOT, stdout=subprocess.PIPE, text=True) as story:
        assert story.stdout is not None
        assert story.stdout.readline() == "submitted\n"
        workers[0].send_signal(signal.SIGKILL)
        workers.append(worker(given, folder / "workers.log"))
        said = story.stdout.read()
    assert story.returncode == 0, (folder / "workers.log").read_text()
    report: dict[str, Any] = json.loads(said)
    return report


def _stopped(workers: list[subprocess.Popen[bytes]]) -> list[int]:
    for one in workers:
        one.send_signal(signal.SIGTERM)
    return [one.wait(30) for one in workers]


@pytest.mark.django_db(transaction=True)
def test_the_key_of_a_job_is_published_once_committed(
    own_queue: str, agencies: Agencies, clock: Clock, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with override_settings(DISPATCH="celery", BROKER_QUEUE=own_queue):
        monkeypatch.setattr(broker, "app", broker._made())
        assert broker.waiting() == 0
        submitted(maria, clock)
        Job.objects.update(run_at=clock())
        assert broker.publish(list(Job.objects.values_list("pk", flat=True)))
        eventually(lambda: broker.waiting() == 1, 5)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_loses_nothing(
    agencies: Agencies, clock: Clock, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = f"amqp://guest:guest@127.0.0.1:{free_port()}//"
    with override_settings(DISPATCH="celery", BROKER_URL=away):
        monkeypatch.setattr(broker, "app", broker._made())
        monkeypatch.setattr(broker, "_silent_until", 0.0)
        case = submitted(maria, clock)
        assert case.reference
        assert not broker.publish([1])
        assert broker.waiting() is None
    assert queue.overlooked(clock(), 10) == list(Job.objects.values_list("pk", flat=True))
