"""A small soak: some hundred deliveries, faults, an outage and killed workers, counted at the agencies."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.workflows.test_kill import database

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = ["--exchanges", "200", "--kills", "3", "--outage", "4", "--seconds", "120"]


def test_a_small_soak_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    with database(tmp_path) as address:
        count = soaked(address)
    assert (count["lost"], count["doubled"], count["cases_open"]) == ([], [], 0)
    assert count["workers_killed"] == 3
    assert count["faults"] > 20
    assert count["outage_seconds"] >= 4
    assert count["to_a_person"] > 0
    kinds = {row["kind"]: row["effects"] for row in count["by_agency"].values()}
    assert set(kinds) == {"key", "ask", "person"}
    assert sum(row["effects"] for row in count["by_agency"].values()) == count["deliveries"] == 200


def soaked(address: str) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONESTOP_")}
    ended = subprocess.run(
        [sys.executable, "-m", "bench.soak", *COMMAND],
        env={**kept, "ONESTOP_SOAK_DATABASE_URL": address},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-6000:]
    count: dict[str, Any] = json.loads(ended.stdout)
    return count


def test_a_soak_without_time_is_not_sound(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.soak", "--exchanges", "40", "--kills", "0", "--seconds", "0"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONESTOP_")}
    ended = subprocess.run(command, env=kept, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1, ended.stdout
    assert len(json.loads(ended.stdout)["lost"]) > 0 or json.loads(ended.stdout)["cases_open"] > 0
