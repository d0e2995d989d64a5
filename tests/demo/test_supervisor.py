"""`onestop demo`: what it says when it cannot start, and that nothing of it is left when it stops."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from onestop.demo import plan

FIRST = 12000 + os.getpid() % 290 * 20  # below the ports that the kernel hands out by itself (32768 and up)
START_SECONDS = 60


def settings(folder: Path, **more: str) -> dict[str, str]:
    """An environment with ports and a data folder of its own."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ONESTOP_")}
    ports = {"ONESTOP_PORTAL_PORT": FIRST, "ONESTOP_EID_PORT": FIRST + 1, "ONESTOP_SANDBOX_PORT": FIRST + 2}
    return {
        **clean,
        **{key: str(port) for key, port in ports.items()},
        "ONESTOP_DATA_DIR": str(folder),
        **more,
    }


def run(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a demo that is expected to end by itself."""
    command = [sys.executable, "-m", "onestop", "demo"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_every_taken_port_is_named_with_its_setting(tmp_path: Path) -> None:
    with (
        closing(socket.create_server(("127.0.0.1", FIRST + 1))),
        closing(socket.create_server(("127.0.0.1", FIRST + 5))),
    ):
        ended = run(settings(tmp_path))
    assert ended.returncode == 1
    assert (
        f"port {FIRST + 1} for the e-ID provider is taken; choose another with ONESTOP_EID_PORT"
        in ended.stderr
    )
    assert f"port {FIRST + 5} for the agency VDR is taken" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_no_number_is_refused(tmp_path: Path) -> None:
    ended = run(settings(tmp_path, ONESTOP_PORTAL_PORT="eighty"))
    assert ended.returncode == 1
    assert "ONESTOP_PORTAL_PORT: is 'eighty'; say a whole number" in ended.stderr


def test_secrets_are_drawn_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    first = plan.load_secrets(tmp_path)
    assert plan.load_secrets(tmp_path) == first
    assert len(set(first.values())) == len(plan.SECRET_NAMES)
    path = tmp_path / "secrets.json"
    assert path.stat().st_mode & 0o077 == 0
    path.write_text(json.dumps({"ONESTOP_SECRET_KEY": "kept"}))
    assert plan.load_secrets(tmp_path)["ONESTOP_SECRET_KEY"] == "kept"


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    said = tmp_path / "said"
    with said.open("w") as output:
        command = [sys.executable, "-m", "onestop", "demo"]
        process = subprocess.Popen(command, env=settings(tmp_path), stdout=output, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + START_SECONDS
        while "is running" not in said.read_text():
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.1)
        ports = [FIRST, FIRST + 1, *range(FIRST + 2, FIRST + 8)]
        assert all(answers(port) for port in ports)
        process.send_signal(number)
        assert process.wait(15) == 0
    assert "Stopped." in said.read_text()
    assert not any(answers(port) for port in ports)


def test_a_command_runs_beside_the_demo_with_its_secrets(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "onestop", "demo", "run", "audit", "key"]
    keys = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        refused = subprocess.run(command, env=settings(folder), capture_output=True, text=True, check=False)
        assert refused.returncode == 2
        assert "There is no demo in" in refused.stderr
        plan.load_secrets(folder)
        done = subprocess.run(command, env=settings(folder), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        keys.append(done.stdout)
    assert keys[0] != keys[1]
