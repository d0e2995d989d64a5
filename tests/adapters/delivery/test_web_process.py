"""Web processes give signs of life: killed in the middle of a call, the call is soon known to be lost."""

import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from adapters.delivery import heartbeat, pulse
from adapters.delivery.policy import Policy
from onestop.lib.owner import this_process
from tests.sandbox.waiting import eventually
from tests.workflows.test_kill import ROOT, database, free_port

LOST = pulse.MAY_SEND + Policy().call_seconds + heartbeat.MARGIN
ANSWER = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Slow(socketserver.ThreadingTCPServer):
    """An agency that lets everybody wait until it is told to answer."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked, self.answers = threading.Event(), threading.Event()
        super().__init__(("127.0.0.1", 0), _Asked)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Asked(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        agency = self.server
        assert isinstance(agency, Slow)
        if self.rfile.readline():  # the health test opens a connection and says nothing, too
            agency.asked.set()
            agency.answers.wait(30)
            self.wfile.write(ANSWER)


@dataclass(frozen=True)
class Portal:
    """A served portal, its database, and an integrator's browser."""

    process: subprocess.Popen[bytes]
    url: str
    environment: dict[str, str]
    session: str

    def elsewhere(self, *action: str) -> Any:
        """What the program of the other host says."""
        return json.loads(program(self.environment, *action))

    def test_connection(self) -> int:
        """Press "Test this connection"; return the status."""
        with requests.Session() as browser:
            browser.trust_env = False
            browser.cookies.set("onestop_portal_session", self.session, domain="127.0.0.1")
            page = f"{self.url}/agency/connections/laa/"
            assert browser.get(page, timeout=30).status_code == 200
            token = {"csrfmiddlewaretoken": str(browser.cookies["onestop_portal_csrf"])}
            reply = browser.post(page, data=token, timeout=30, allow_redirects=False)
            return reply.status_code


def program(environment: dict[str, str], *action: str) -> str:
    command = [sys.executable, "-m", "tests.adapters.delivery.elsewhere", *action]
    ended = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()[-1]


@pytest.fixture
def agency() -> Iterator[Slow]:
    with Slow() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.answers.set()
        server.shutdown()


@pytest.fixture
def portal(agency: Slow, tmp_path: Path) -> Iterator[Portal]:
    with database(tmp_path) as address:
        port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ONESTOP_")}
        environment = kept | {
            "DJANGO_SETTINGS_MODULE": "onestop.settings",
            "ONESTOP_DATABASE_URL": address,
            "ONESTOP_DATA_DIR": str(tmp_path),
            "ONESTOP_PORTAL_URL": f"http://127.0.0.1:{port}",
        }
        session = program(environment, "prepare", agency.url)
        with served(environment, port) as process:
            yield Portal(process, f"http://127.0.0.1:{port}", environment, session)


@contextmanager
def served(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The portal in two web processes."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-ws"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "4", "--log-level", "warning"]
    process = subprocess.Popen([*command, "onestop.wsgi:application"], env=environment, cwd=ROOT)
    try:
        eventually(lambda: _answers(port), 40)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(f"http://127.0.0.1:{port}/", timeout=5).status_code == 200
        except requests.RequestException:
            return False


@pytest.fixture
def pressed(portal: Portal, agency: Slow) -> Iterator["Future[int]"]:
    """The button is pressed, and the call is on its way."""
    with ThreadPoolExecutor(1) as browser:
        future = browser.submit(portal.test_connection)
        eventually(lambda: agency.asked.is_set() or future.done(), 20)
        assert agency.asked.is_set(), future.result()
        yield future


def test_the_calls_of_a_killed_web_process_are_lost_within_a_minute(
    portal: Portal, pressed: "Future[int]"
) -> None:
    seen = portal.elsewhere("look")
    (call,) = seen["exchanges"]
    assert call["state"] == "sending"
    assert list(seen["signs"]) == [call["owner"]], "who made no call gives no signs"
    os.kill(int(call["owner"].split("/")[1]), signal.SIGKILL)
    with pytest.raises(requests.ConnectionError):
        pressed.result(20)
    assert LOST <= 60
    assert portal.elsewhere("sweep", "0") == 0, "another host cannot know yet"
    assert portal.elsewhere("sweep", str(LOST)) == 1
    (call,) = portal.elsewhere("look")["exchanges"]
    assert (call["state"], call["is_uncertain"]) == ("unknown", True)


def test_a_web_process_that_waits_for_an_agency_keeps_its_call(
    portal: Portal, pressed: "Future[int]", agency: Slow
) -> None:
    first = portal.elsewhere("look")["signs"]
    eventually(lambda: portal.elsewhere("look")["signs"] != first, 2 * pulse.EVERY + 10)
    assert portal.elsewhere("sweep", str(LOST - pulse.EVERY - 1)) == 0
    agency.answers.set()
    assert pressed.result(20) == 302
    assert [row["state"] for row in portal.elsewhere("look")["exchanges"]] == ["unavailable"]


def test_a_web_process_that_is_stopped_ends_its_call_and_says_so(
    portal: Portal, pressed: "Future[int]", agency: Slow
) -> None:
    portal.process.terminate()
    agency.answers.set()
    assert pressed.result(20) == 302
    assert portal.process.wait(20) == 0
    left = portal.elsewhere("look")
    assert [row["state"] for row in left["exchanges"]] == ["unavailable"]
    assert left["signs"] == {}, "it calls nobody any more"


def test_what_serves_no_pages_gives_no_signs() -> None:
    before = threading.active_count()
    heartbeat.before_call()
    assert threading.active_count() == before
    assert this_process() not in pulse.last
