"""Guessing and flooding at the endpoints for clients (A136, A137, A138), over HTTP."""

import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from identity.models import Application, CallLimit
from identity.oauth import throttle, views
from onestop.lib import remote
from tests.identity.live import Caller
from tests.identity.steps import redeem

pytestmark = pytest.mark.django_db(transaction=True)


def test_a136_a138_guessing_a_secret_is_slowed_down(
    caller: Caller, other: Application, settings: Any
) -> None:
    settings.ONESTOP_CLIENT_FAILURES = 5
    guesser = Caller(caller.eid, secret="guess")
    statuses = [guesser.redeem("x").status_code for _ in range(8)]
    assert statuses == [401] * 5 + [429] * 3
    told = guesser.redeem("x")
    assert 0 < int(told.headers["Retry-After"]) <= 60
    assert caller.redeem("x").status_code == 429, "from here the client itself waits too"
    assert Caller(caller.eid, "other").redeem("x").status_code == 400, "another client does not"
    for path in ("/par", "/introspect", "/revoke", "/device_authorization"):
        assert guesser.post(path, {}).status_code == 429


def test_a138_a_flood_is_refused_before_anything_is_asked(
    caller: Caller, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.ONESTOP_CLIENT_CALLS = 3
    statuses = [caller.post("/revoke", {"token": "x"}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    views.throttle().admit("127.0.0.1 portal")
    with django_assert_num_queries(0):
        assert Client().post("/token", {"client_id": "portal"}).status_code == 429


def test_a138_a_client_is_not_locked_out_from_elsewhere(caller: Caller, settings: Any) -> None:
    settings.ONESTOP_CLIENT_FAILURES = 2
    client = Client()
    for _ in range(3):
        redeem(client, "x", client_secret="wrong")
    assert redeem(client, "x").status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert redeem(elsewhere, "x").json()["error"] == "invalid_grant"


def test_a138_buckets_fill_up_again_and_are_forgotten() -> None:
    now = [1_000_000.0]
    limits = throttle.Throttle("test", 60, 2, clock=lambda: now[0])
    assert [limits.admit("a") for _ in range(61)] == [0] * 60 + [3], "a share is three"
    now[0] += 3.0
    assert [limits.admit("a") for _ in range(4)] == [0, 0, 0, 3]
    limits.failed("b")
    assert limits.admit("b") == 0
    limits.failed("b")
    assert limits.admit("b") == 30
    now[0] += 30
    assert limits.admit("b") == 0
    now[0] += 90
    assert limits.admit("c") == 0
    assert CallLimit.objects.count() == 1, "the empty ones are gone"


def test_a138_a_failure_costs_one_call_and_not_a_share() -> None:
    limits = throttle.Throttle("test", 60, 100, clock=lambda: 1_000_000.0)
    for _ in range(58):
        assert limits.admit("a") == 0
        limits.failed("a")
    assert limits.admit("a") == 1, "two calls are left, and a share is three"


def test_a138_however_many_failures_come_at_once_the_pause_is_a_minute() -> None:
    now = [1_000_000.0]
    limits = throttle.Throttle("test", 60, 2, clock=lambda: now[0])
    for _ in range(10):
        limits.failed("a")
    assert limits.admit("a") == 30
    now[0] += 30
    assert limits.admit("a") == 0


def test_a138_calls_cost_a_statement_a_share_and_guesses_one_each(django_assert_num_queries: Any) -> None:
    limits = throttle.Throttle("test", 600, 30, clock=lambda: 1_000_000.0)
    limits._sweep(1_000_000.0)
    with django_assert_num_queries(2):
        assert [limits.admit("a") for _ in range(60)] == [0] * 60
    limits.admit("a")
    with django_assert_num_queries(2):
        limits.failed("a")
        limits.admit("a")


def test_refusals_are_remembered_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "KEPT", 2)
    limits = throttle.Throttle("test", 1, 1)
    for key in ("a", "b", "c"):
        assert limits.admit(key) == 0
        assert limits.admit(key) > 0
    assert len(limits._known) == 2
    assert limits.admit("a") > 0, "the database knows"


def test_a138_processes_count_in_the_same_buckets(tmp_path: Path) -> None:
    """Two processes with three threads each, on the database that the tests run on."""
    database = connection.settings_dict
    url = f"sqlite:///{tmp_path}/limits.sqlite3"
    if connection.vendor == "postgresql":
        url = "postgres://{USER}@{HOST}:{PORT}/{NAME}".format(**database)
    environment = os.environ | {"ONESTOP_DATABASE_URL": url, "ONESTOP_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "tests.security.caller_process", "50"]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(command, env=environment, text=True, stdin=PIPE, stdout=PIPE)
            )
            for _ in range(2)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "READY\n"

        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        told = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    admitted, seconds = sum(one["admitted"] for one in told), max(one["seconds"] for one in told)
    # a thread may come with its share of two after the others have been refused for good
    assert 44 <= admitted <= 50 + 50 * seconds / 60 + 1, told


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "198.51.100.7", "203.0.113.5"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 192.0.2.1", "198.51.100.7"),
        (2, "198.51.100.7", "203.0.113.5"),
        (1, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "<script>", "unknown"),
    ],
)
def test_a138_a_caller_cannot_choose_its_address(
    settings: Any, proxies: int, forwarded: str, seen: str
) -> None:
    settings.ONESTOP_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.5", headers={"X-Forwarded-For": forwarded})
    assert remote.network(request) == seen


def test_a137_unknown_and_known_clients_are_refused_as_fast(caller: Caller, settings: Any) -> None:
    settings.ONESTOP_CLIENT_CALLS = settings.ONESTOP_CLIENT_FAILURES = 100_000
    client = Client()
    taken: dict[str, list[float]] = {"portal": [], "nobody": []}
    for _ in range(150):
        for name, times in taken.items():
            started = time.process_time()
            assert redeem(client, "x", client_id=name, client_secret="wrong").status_code == 401
            times.append(time.process_time() - started)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert abs(known - unknown) / max(known, unknown) < 0.2, (known, unknown)
