"""Redirects where a connection follows them: method and body by RFC 9110, and never out of the base URL."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from adapters.authentication.build import Authentication
from adapters.connection_spec import ConnectionSpec
from adapters.egress import Door
from adapters.errors import Misconfigured, NotUnderstood

SECRET = {"Authorization": "Bearer secret", "Content-Type": "text/plain", "If-Match": '"1"'}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        seen = {"method": self.command, "path": self.path, "body": body, "headers": dict(self.headers)}
        self.server.seen.append(seen)  # type: ignore[attr-defined]
        status, location = self.server.answers.get(self.path, (200, ""))  # type: ignore[attr-defined]
        content = json.dumps(seen).encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = _any

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.seen, server.answers = [], {}
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def door(server: Any, follows: bool = True) -> Door:
    url = f"http://127.0.0.1:{server.server_address[1]}/api"
    return Door("tax", url, connect=2, read=2, allow_private=True, follows=follows)


def told(server: Any, method: str, status: int, location: str = "/api/new?x=1") -> dict[str, Any]:
    server.answers["/api/old"] = (status, location)
    body = b"" if method == "GET" else b"hello"
    seen: dict[str, Any] = json.loads(door(server).send(method, "/old", body=body, headers=SECRET).body)
    return seen


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_method_body_and_credentials_are_repeated(server: Any, method: str, status: int) -> None:
    seen = told(server, method, status)
    assert (seen["method"], seen["path"]) == (method, "/api/new?x=1")
    assert seen["body"] == ("" if method == "GET" else "hello")
    assert seen["headers"]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize("status", [307, 308])
def test_a_post_is_repeated_where_that_is_what_is_said(server: Any, status: int) -> None:
    assert told(server, "POST", status)["body"] == "hello"


def test_see_other_is_asked_by_get_without_the_body(server: Any) -> None:
    seen = told(server, "POST", 303)
    assert (seen["method"], seen["body"]) == ("GET", "")
    assert not {"Content-Type", "If-Match", "Content-Length"} & set(seen["headers"])
    assert seen["headers"]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize("status", [301, 302])
def test_a_post_whose_method_is_left_open_is_refused(server: Any, status: int) -> None:
    with pytest.raises(NotUnderstood, match="leaves the method open"):
        told(server, "POST", status)
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [300, 305, 306, 399])
def test_what_is_no_plain_redirect_is_refused(server: Any, status: int) -> None:
    with pytest.raises(NotUnderstood, match="not followed"):
        told(server, "GET", status)


@pytest.mark.parametrize(
    "location",
    [
        *("http://127.0.0.1:1/api/new", "//other.example/api/new", "https://127.0.0.1/api/new", "ftp://x/y"),
        *("http://user@127.0.0.1:{port}/api/new", "http://127.0.0.1:99999/", "http://[::1/"),
        *("/elsewhere", "/apix", "../out", "/api/../out", "/api/%2e%2e/out", "/api/%252e%252e/out"),
        *("/api/..", "/api/a\\..\\b", ""),
    ],
)
def test_credentials_never_leave_the_base_url(server: Any, location: str) -> None:
    with pytest.raises(NotUnderstood, match="redirect|Location"):
        told(server, "GET", 307, location.format(port=server.server_address[1]))
    assert len(server.seen) == 1


def test_a_ring_ends(server: Any) -> None:
    with pytest.raises(NotUnderstood, match="more than 5 redirects"):
        told(server, "GET", 307, "/api/old")
    assert len(server.seen) == 6


def test_nothing_is_followed_unless_it_was_said(server: Any) -> None:
    server.answers["/api/old"] = (307, "/api/new")
    with pytest.raises(NotUnderstood, match="redirect"):
        door(server, follows=False).send("GET", "/old")
    assert len(server.seen) == 1


def spec(**settings: Any) -> ConnectionSpec:
    known = {"key_id": "k", "hmac_secret": "0123456789abcdef"}
    return ConnectionSpec("tax", "Tax", "rest", "http://127.0.0.1:9/", settings, known, Path())


def test_the_setting_is_read_and_a_wrong_word_is_named() -> None:
    assert Door.of(spec(redirects="same-host")).follows
    assert not Door.of(spec()).follows
    with pytest.raises(Misconfigured, match="redirects is 'yes'"):
        Door.of(spec(redirects="yes"))
    for method in ("hmac", "http-signature"):
        signed = spec(redirects="same-host", authentication=method)
        with pytest.raises(Misconfigured, match="signs the address"):
            Authentication.of(signed, Door.of(signed))
