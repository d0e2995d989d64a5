"""The soak itself: agencies with weather, workers that are killed, an outage, and an officer."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

from adapters import registry
from adapters.models import Connection
from adapters.sandbox import run
from adapters.simulator.agency import Agency
from adapters.simulator.settings import Pace, Settings
from bench.soak import cases, deaf, keyed
from bench.soak.counting import Count, counted
from bench.soak.officer import Officer
from bench.soak.weather import Weather
from bench.soak.workers import Workers
from workflows.models import Case, Job

TICK = 0.2
WORKERS, THREADS, CONCURRENCY = 2, 12, 8
SETTLE = 6.0  # longer than the slowest agency works on a request
PACE = Pace(decide=0.1, book=0.5, batch=0.5, backoff=0.05)


class Plan:
    """What is to happen: how much, and how bad."""

    def __init__(
        self, *, exchanges: int, faults: float, kills: int, outage: float, seconds: float, seed: int
    ) -> None:
        self.exchanges, self.faults, self.kills = exchanges, faults, kills
        self.outage, self.seconds, self.seed = outage, seconds, seed


@contextmanager
def agencies(plan: Plan) -> Iterator[dict[str, Agency]]:
    """The four agencies under their weather, with connections that point at them."""
    with run(("vdr", "tax"), pace=PACE) as sandbox:
        offices: list[Agency] = [deaf.DeafAgency(Settings()), keyed.KeyedAgency(Settings())]
        for office in offices:
            office.start()
        try:
            registry.load_all(sandbox.urls(), sandbox.credentials())
            deaf.connect(offices[0].url, "deaf", "person", CONCURRENCY)
            deaf.connect(offices[1].url, "keyed", "key", CONCURRENCY)
            found = {**sandbox.agencies, "deaf": offices[0], "keyed": offices[1]}
            for number, (key, agency) in enumerate(found.items()):
                agency.panel = Weather(plan.faults, plan.seed + number)
                _tighten(key)
            yield found
        finally:
            for office in offices:
                office.stop()


def _tighten(key: str) -> None:
    """Short time-outs, so that late answers happen within minutes; how to repeat stays as declared."""
    row = Connection.objects.get(key=key)
    row.settings["timeouts"] = {"connect": 2.0, "read": 2.0}
    row.settings["delivery"].update(concurrency=CONCURRENCY, retry={"longest": 4.0, "unreadable_tries": 50})
    row.settings["delivery"]["circuit"] = {"failures": 8, "pause": 1.0, "longest": 4.0}
    if row.settings["delivery"]["repeat"] == "ask":
        row.settings["delivery"]["settle"] = SETTLE
    row.save()


def soak(plan: Plan, folder: Path) -> Count:
    """Run until every case has ended or the time is up; return what was counted."""
    started = time.monotonic()
    with agencies(plan) as found:
        total = cases.prepared(plan.exchanges)
        officer = Officer({key: agency.store for key, agency in found.items()})
        connections.close_all()
        workers = Workers(WORKERS, THREADS, dict(os.environ), folder / "workers.log", plan.seed)
        try:
            outage = _drive(plan, found["vdr"], workers, officer, total, started)
        finally:
            workers.stop()
        seconds = time.monotonic() - started
        return counted(found, officer, workers, total=total, seconds=seconds, outage=outage)


def _drive(
    plan: Plan, victim: Agency, workers: Workers, officer: Officer, total: int, started: float
) -> float:
    """Kill, switch off and decide as the work goes on; return how long the outage was."""
    chance = random.Random(plan.seed)
    kills = sorted(chance.uniform(0.02, 0.9) for _ in range(plan.kills))
    down_at = up_at = 0.0
    while time.monotonic() - started < plan.seconds:
        done = Job.objects.filter(kind=Job.Kind.CALL, state=Job.State.DONE).count() / total
        while kills and done >= kills[0]:
            kills.pop(0)
            workers.kill_one()
        if not down_at and done >= 0.4:
            victim.switch(down=True)
            down_at = time.monotonic()
        if down_at and not up_at and time.monotonic() - down_at >= plan.outage:
            victim.switch(down=False)
            up_at = time.monotonic()
        officer.work()
        workers.look()
        if not Case.objects.under_way().exists():
            break
        time.sleep(TICK)
    return (up_at or time.monotonic()) - down_at if down_at else 0.0
