"""A gateway's requests: through ``perform()`` with validation and audit, against a plain passthrough.

Both are addresses of one server (granian, one process) in front of one agency that answers at once; several
clients ask them in turn. The plain one hands the bytes on and back and looks at nothing.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

from django.core.management import call_command

from adapters.connection_spec import FOLDER
from adapters.models import Connection
from bench.canned import canned
from bench.measuring import Figure

ROOT = Path(__file__).resolve().parent.parent
ASK = b'<GetAddress xmlns="urn:aurelia:laa:addresses:1" key="AU-20020001"/>'
ANSWER = (
    b'<?xml version="1.0" encoding="UTF-8"?><AddressDetail xmlns="urn:aurelia:laa:addresses:1">'
    b'<Entry key="AU-20020001"><Road>Orchard Road</Road><Number>8</Number><Zip>52330</Zip>'
    b'<Place>Vestvik</Place><District>VESTV</District></Entry><Occupancy most="4" now="1"/></AddressDetail>'
)
CLIENTS, SECONDS, ROUNDS = 4, 1.0, 5


def measure() -> list[Figure]:
    """Time a request of the checked address over the plain one's; 3.33 is 0.3 of its requests a second."""
    call_command("migrate", verbosity=0, interactive=False)
    with canned(ANSWER, "text/xml; charset=utf-8") as agency, _Gateway(agency) as port:
        checked, plain = [], []
        for _ in range(ROUNDS):
            plain.append(_seconds(port, "/plain", ASK))
            checked.append(_seconds(port, "/checked", json.dumps({"addressID": "AU-20020001"}).encode()))
        ratio = statistics.median(ours / theirs for ours, theirs in zip(checked, plain, strict=True))
    against = "a plain passthrough on the same server"
    ours, theirs = statistics.median(checked) * 1e6, statistics.median(plain) * 1e6
    return [Figure("gateway request, validated and logged", ratio, 1 / 0.3, ours, theirs, against)]


class _Gateway:
    """The server in a process of its own; the block gets its port."""

    def __init__(self, agency: str) -> None:
        row = Connection.objects.filter(key="laa").first() or Connection(key="laa")
        settings = tomllib.loads((FOLDER / "laa" / "connection.toml").read_text(encoding="utf-8"))
        row.name, row.kind, row.base_url, row.settings = settings["name"], settings["kind"], agency, settings
        row.save()
        self._environment = {**os.environ, "BENCH_AGENCY": agency, "ONESTOP_LOG_LEVEL": "ERROR"}

    def __enter__(self) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-ws"]
        command += ["--port", str(port), "--log-level", "error", "--blocking-threads", str(CLIENTS)]
        self._process = subprocess.Popen(
            [*command, "bench.gateway_server:application"],
            env=self._environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                _one(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "/plain", ASK)
                return port
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the gateway did not start")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)


def _seconds(port: int, path: str, body: bytes) -> float:
    """Seconds a request, over all clients together."""
    counts: list[int] = []
    until = time.perf_counter() + SECONDS

    def client() -> None:
        channel, count = http.client.HTTPConnection("127.0.0.1", port, timeout=10), 0
        while time.perf_counter() < until:
            _one(channel, path, body)
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - started) / sum(counts)


def _one(channel: http.client.HTTPConnection, path: str, body: bytes) -> None:
    channel.request("POST", path, body)
    answer = channel.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}: {content[:200]!r}")
