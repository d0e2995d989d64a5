"""A worker killed with SIGKILL at every boundary of every job of a case: nothing lost, nothing done twice."""

import json
import os
import shutil
import socket
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import requests
from django.conf import settings

from adapters.sandbox import Sandbox, run
from adapters.sandbox.credentials import keys_at_portal
from adapters.simulator.settings import Pace, Settings
from bench.soak.deaf import DeafAgency
from tests.sandbox.waiting import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
VEHICLES = 3
PACE = Pace(decide=0.1, book=1.0, batch=0.1, backoff=0.05)
CALL_BOUNDARIES = {"after-claim", "before-call", "after-call", "after-keep", "before-commit", "after-commit"}
SETTLED_BOUNDARIES = {"after-claim", "before-call"}  # a person found that the agency has it
# An exchange that dies between sending and recording is unknown: sent again by key, asked about, or looked up
# by a person. What the agency says it has is not sent again, and so never recorded as sent.
UNKNOWN = {"before-send", "after-send"}
EXCHANGES = {
    "tax.update_domicile@tell-tax#0": {*UNKNOWN, "after-record"},
    **{f"vdr.change_keeper_address@change-keeper#0.{n}": UNKNOWN for n in range(VEHICLES)},
    "vestvik.open_case@tell-new-municipality": UNKNOWN,
}
OWN_BOUNDARIES = {"before-commit", "after-commit"}
CALLS = {
    *("household", "dwelling", "register-move", "tell-tax#0", "tell-sia#0", "find-vehicles#0"),
    *(f"change-keeper#0.{n}" for n in range(VEHICLES)),
    *("tell-old-municipality", "tell-new-municipality"),
}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database with its tables and nothing in them: each story begins with a copy."""
    folder = tmp_path_factory.mktemp("migrated")
    with database(folder) as address:
        environment = clean_environment(folder, address)
        command = [sys.executable, "-m", "onestop", "migrate", "-v0"]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, timeout=120)
        yield address


@contextmanager
def database(folder: Path, template: str = "") -> Iterator[str]:
    """The address of an empty database of the engine that this run of the suite uses, or of a copy."""
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        file = folder / "portal.sqlite3"
        if template:  # whoever made it has ended, and with it its write-ahead log
            shutil.copy(template.removeprefix("sqlite:///"), file)
        yield f"sqlite:///{file}"
        return
    server = urlsplit(os.environ["ONESTOP_DATABASE_URL"])
    name = f"kill_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(urlunsplit(server), autocommit=True) as admin:
        source = f' TEMPLATE "{urlsplit(template).path[1:]}"' if template else ""
        admin.execute(f'CREATE DATABASE "{name}"{source}')
        try:
            yield urlunsplit(server._replace(path=f"/{name}"))
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def portal(environment: dict[str, str], port: int) -> Iterator[None]:
    """The portal in a process of its own, for the register to call back."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-ws", "--log-level", "warning", "onestop.wsgi:application"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        eventually(lambda: _answers(port), 30)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    """Whether it answers anything."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(f"http://127.0.0.1:{port}/nothing-here", timeout=5).status_code == 404
        except requests.RequestException:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def clean_environment(folder: Path, address: str) -> dict[str, str]:
    """What a program of the portal needs, and nothing of this machine's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONESTOP_")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "onestop.settings",
        "ONESTOP_DATABASE_URL": address,
        "ONESTOP_DATA_DIR": str(folder),
    }


def story(folder: Path, address: str, threads: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run the case under its mortal workers; return what the database says, and each agency's ledger."""
    port = free_port()
    environment = clean_environment(folder, address) | {
        "ONESTOP_PORTAL_URL": f"http://127.0.0.1:{port}",
        "ONESTOP_LOG_LEVEL": "ERROR",
        "ONESTOP_HEALTH_SECONDS": "0",
    }
    with (
        run(portal_url=f"http://127.0.0.1:{port}", pace=PACE) as agencies,
        deaf(folder) as unasked,
        portal(environment, port),
    ):
        report = _workers(environment, agencies, unasked, folder, threads)
        ledgers = {key: agencies.ledger(key) for key in agencies.agencies}
        return report, {**ledgers, "vestvik": unasked.store.ledger()}


@contextmanager
def deaf(folder: Path) -> Iterator[DeafAgency]:
    """The agency of the third kind, with its books in a file."""
    agency = DeafAgency(Settings(data_dir=folder))
    agency.start()
    try:
        yield agency
    finally:
        agency.stop()


def _workers(
    environment: dict[str, str], agencies: Sandbox, unasked: DeafAgency, folder: Path, threads: int
) -> dict[str, Any]:
    given = {
        "deaf": unasked.url,
        "urls": agencies.urls(),
        "credentials": agencies.credentials(),
        "keys": keys_at_portal(None),
        "deaths": str(folder / "deaths"),
        "threads": threads,
    }
    ended = subprocess.run(
        [sys.executable, "-m", "tests.workflows.mortal_worker", json.dumps(given)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-6000:]
    report: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return report


def effects(ledger: dict[str, Any]) -> dict[str, int]:
    """How often each operation took effect at an agency."""
    return {name: row["effects"] for name, row in ledger["by_operation"].items() if row["effects"]}


@pytest.mark.parametrize("threads", [1, 4])
def test_a_worker_killed_at_every_boundary_loses_and_doubles_nothing(
    tmp_path: Path, threads: int, migrated: str
) -> None:
    with database(tmp_path, migrated) as address:
        report, ledgers = story(tmp_path, address, threads)
    insist_on_nothing_lost(report)
    insist_on_nothing_doubled(report, ledgers)
    died = deaths(report)
    if threads == 1:
        assert report["workers"] == len(report["deaths"]) + 1
        for token, boundaries in EXCHANGES.items():
            assert died[f"exchange|{token}"] >= boundaries, (token, died)
        assert sorted(set(report["decided"])) == ["resend", "settled"], report
        asked = ledgers["vdr"]["by_operation"]["FindChange"]["received"]
        assert asked >= 2 * VEHICLES, ledgers
        for token in CALLS:
            wanted = SETTLED_BOUNDARIES if token == "tell-new-municipality" else CALL_BOUNDARIES
            assert died[f"call|{token}"] >= wanted, (token, died)
        assert died["start|"] >= OWN_BOUNDARIES
        assert died["status|register-move"] >= OWN_BOUNDARIES
    else:  # a death takes the other threads' jobs along, wherever they are: some pass a boundary unseen
        assert report["workers"] > len(CALLS) * 3
    moves = [row for key, row in ledgers["npr"]["by_key"].items() if key.endswith(":register-move")]
    assert [(row["effects"], row["received"] > 1) for row in moves] == [(1, True)]


def insist_on_nothing_lost(report: dict[str, Any]) -> None:
    """The case went its whole way, and its timeline has each entry once, without a gap."""
    assert report["status"] == "completed", report
    assert report["open_tasks"] == 0
    assert {task.partition(" ")[0] for task in report["tasks"]} <= {"outcome-unknown"}
    assert [seq for seq, _, _ in report["events"]] == list(range(1, len(report["events"]) + 1))
    entries = Counter((kind, token) for _, kind, token in report["events"] if kind != "person-decided")
    assert [entry for entry, times in entries.items() if times > 1] == []
    assert report["unknown"] > 0
    assert report["notifications"] == ["move-complete", "move-registered"]
    assert report["held_slots"] == 0


def insist_on_nothing_doubled(report: dict[str, Any], ledgers: dict[str, Any]) -> None:
    """Every agency did everything once, and no key twice."""
    totals = {key: sum(effects(ledger).values()) for key, ledger in ledgers.items()}
    once = {"npr": 1, "tax": 1, "vdr": VEHICLES, "sia": 1, "norrby": 1, "vestvik": 1}
    assert {key: count for key, count in totals.items() if count} == once, ledgers
    assert report["workbench"] == []
    for ledger in ledgers.values():
        assert all(row["effects"] <= 1 for key, row in ledger["by_key"].items() if key), ledger


def deaths(report: dict[str, Any]) -> dict[str, set[str]]:
    """The boundaries at which a worker died, by job."""
    died: dict[str, set[str]] = {}
    for mark in report["deaths"]:
        boundary, kind, token = mark.split("|")
        died.setdefault(f"{kind}|{token}", set()).add(boundary)
    return died


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agencies and the programs started here use the same, built-in development secret."""
    monkeypatch.delenv("ONESTOP_SANDBOX_SECRET", raising=False)
