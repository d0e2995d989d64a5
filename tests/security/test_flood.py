"""Guessing and flooding at the endpoints for clients (A136, A137, A138), over HTTP."""

import statistics
import time
from typing import Any

import pytest
from django.test import Client, RequestFactory

from identity.models import Application
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


def test_buckets_fill_up_again_and_forget_the_longest_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    buckets = throttle.Buckets(60, clock=lambda: now[0])
    for _ in range(60):
        buckets.take("a")
    assert buckets.wait("a") == 1
    now[0] = 1.0
    assert buckets.wait("a") == 0
    monkeypatch.setattr(throttle, "KEPT", 2)
    for key in ("b", "c", "d"):
        buckets.take(key)
    assert len(buckets._known) == 2


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
