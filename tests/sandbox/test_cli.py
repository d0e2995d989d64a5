"""`onestop sandbox`, as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import requests

from adapters.sandbox.cli import main
from adapters.sandbox.running import AGENCIES


def _free_base() -> int:
    """A port with seventeen free ones above it; the search begins elsewhere in each process of the tests."""
    bases = range(20000, 32000, 20)
    begin = os.getpid() % len(bases)
    for base in (*bases[begin:], *bases[:begin]):
        with ExitStack() as held, suppress(OSError):
            for offset in range(18):
                held.enter_context(socket.create_server(("127.0.0.1", base + offset)))
            return base
    raise AssertionError("no eighteen free ports in a row from 20000 to 32000")


class Served:
    """The command, started on free ports."""

    def __init__(self, folder: Path) -> None:
        self.base = _free_base()
        command = [sys.executable, "-m", "onestop", "sandbox", "serve", "--base-port", str(self.base)]
        self.process = subprocess.Popen(
            [*command, "--data-dir", str(folder)], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        )
        assert self.process.stdout is not None
        self.printed = [self.process.stdout.readline() for _ in range(len(AGENCIES) + 2)]

    def stop(self, number: signal.Signals) -> float:
        started = time.monotonic()
        self.process.send_signal(number)
        assert self.process.wait(10) == 0
        return time.monotonic() - started


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    if served.process.poll() is None:
        served.process.kill()
        served.process.wait()
    assert served.process.stdout is not None
    served.process.stdout.close()


def test_serve_and_switch(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    assert served.printed[0] == f"switchboard  http://127.0.0.1:{served.base}/\n"
    assert served.printed[3] == f"vdr          http://127.0.0.1:{served.base + 3}\n"
    base = ["--base-port", str(served.base)]
    assert main(["switch", "vdr", "down", *base]) == 0
    assert "down=True" in capsys.readouterr().out
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{served.base + 3}/", timeout=5)
    assert main(["switch", "vdr", "up", "latency_ms=5", *base]) == 0
    assert requests.get(f"http://127.0.0.1:{served.base + 3}/", timeout=5).status_code == 404
    assert main(["switch", "vdr", "nonsense", *base]) == 2
    assert main(["switch", "vdr", "reset", *base]) == 0
    assert "all in order" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_fast(served: Served, number: signal.Signals) -> None:
    assert served.stop(number) < 3.0  # under 1 s on an idle machine


def test_a_taken_port_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = _free_base()
    with socket.create_server(("127.0.0.1", base + 2)):
        command = [sys.executable, "-m", "onestop", "sandbox", "serve", "--base-port", str(base)]
        ended = subprocess.run(
            [*command, "--data-dir", str(tmp_path)], capture_output=True, text=True, timeout=30, check=False
        )
    assert ended.returncode == 1
    assert f"port {base + 2} for tax is taken" in ended.stderr
    assert "--base-port" in ended.stderr


def test_nobody_to_switch(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["switch", "vdr", "down", "--base-port", str(_free_base())]) == 1
    assert "no switchboard answers" in capsys.readouterr().err
