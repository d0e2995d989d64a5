"""The one door out: one origin, no redirects, limits of size and time, no private address unasked."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from adapters.egress import Door
from adapters.errors import Misconfigured, NotUnderstood, Unavailable

STOP = threading.Event()


class Rude(BaseHTTPRequestHandler):
    """A server that does what should not be followed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        getattr(self, f"_{self.path.strip('/')}")()

    def _redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _large(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(5000))
        self.end_headers()
        self.wfile.write(b"x" * 5000)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"1\r\nx\r\n")
            self.wfile.flush()
            if STOP.wait(0.05):
                return

    def _drop(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            if STOP.wait(0.05):
                return

    def _proxy(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    STOP.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Rude)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    STOP.set()
    server.shutdown()
    thread.join()
    server.server_close()


def door(url: str, **more: object) -> Door:
    return Door("npr", url, connect=1, read=1, **{"allow_private": True, **more})  # type: ignore[arg-type]


def test_redirects_are_refused(url: str) -> None:
    with pytest.raises(NotUnderstood, match="redirect"):
        door(url).send("GET", "/redirect")


def test_other_hosts_are_refused(url: str) -> None:
    for path in ("http://example.org/x", "//example.org/x", "http://127.0.0.1:1/x", "https://127.0.0.1/x"):
        with pytest.raises(NotUnderstood, match="another host"):
            door(url).send("GET", path)


def test_large_answers_are_cut_off(url: str) -> None:
    with pytest.raises(NotUnderstood, match="larger"):
        door(url, max_body=4000).send("GET", "/large")
    assert len(door(url, max_body=5000).send("GET", "/large").body) == 5000


@pytest.mark.parametrize("path", ["/drip", "/drop"])
def test_dripping_answers_end_at_the_deadline(url: str, path: str) -> None:
    with pytest.raises(Unavailable, match="in time"):
        door(url).send("GET", path, timeout=0.3)


def test_private_addresses_need_leave(url: str) -> None:
    with pytest.raises(Misconfigured, match="private"):
        door(url, allow_private=False).send("GET", "/proxy")


def test_environment_proxies_are_not_used(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert door(url).send("GET", "/proxy").body == b"ok"


def test_a109_a_silent_handshake_ends_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        out = door(f"https://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(Unavailable, match="timed out") as caught:
            out.send("GET", "/x", timeout=0.3)
    assert caught.value.sent is False


@pytest.mark.parametrize("host", ["a..b", "x" * 70])
def test_a108_names_that_none_can_have_do_not_resolve(host: str) -> None:
    with pytest.raises(Unavailable, match="does not resolve"):
        door(f"http://{host}").send("GET", "/x")


@pytest.mark.parametrize(
    "address",
    [
        *("ftp://example.org", "http://", "nonsense", "http://u:p@example.org", "http://:p@example.org"),
        *("http://example.org:99999", "http://[x", "http://example.org/?q=1"),
    ],
)
def test_addresses_that_are_no_origin_are_misconfigured(address: str) -> None:
    with pytest.raises(Misconfigured):
        door(address)
