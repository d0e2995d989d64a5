"""Many calls together: how much longer than the slowest of them, with every row of the log written."""

import statistics
import time

from django.core.management import call_command

from adapters import exchange
from adapters.exchange import Call
from adapters.ports import Context
from bench.canned import canned
from bench.measuring import Figure
from bench.soak import deaf

PAUSE = 0.2
LEGS = {20: 5.0, 100: 15.0}  # legs -> milliseconds over the slowest that may be lost
ROUNDS = 9


def measure() -> list[Figure]:
    """Milliseconds over the slowest leg, at 20 and at 100 legs of 200 ms."""
    call_command("migrate", verbosity=0, interactive=False)
    with canned(b'{"number": "1"}', "application/json", PAUSE) as url:
        deaf.connect(url, "leg", repeat="read", concurrency=200)
        _wall(max(LEGS))  # threads and connections are there
        return [_figure(legs, goal) for legs, goal in LEGS.items()]


def _figure(legs: int, goal: float) -> Figure:
    over, alone = [], []
    for _ in range(ROUNDS):
        slowest = max(_wall(1) for _ in range(3))
        alone.append(slowest)
        over.append((_wall(legs) - slowest) * 1000)
    ours = statistics.median(over)
    return Figure(
        f"fan-out of {legs}: ms over the slowest leg",
        ours,
        goal,
        (statistics.median(alone) + ours / 1000) * 1e6,
        statistics.median(alone) * 1e6,
        f"one leg of {PAUSE * 1000:.0f} ms alone",
    )


def _wall(legs: int) -> float:
    calls = [Call("leg", "notice", {"text": "moved"}, Context("bench", "")) for _ in range(legs)]
    started = time.perf_counter()
    answers = exchange.perform_many(calls)
    took = time.perf_counter() - started
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return took
