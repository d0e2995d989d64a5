"""Tokens bound to a client's certificate (RFC 8705), against a server that looks at both."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from adapters.authentication.build import Authentication
from adapters.connection_spec import FOLDER, ConnectionSpec
from adapters.egress import Door
from adapters.errors import AdapterError
from adapters.simulator import tls
from adapters.simulator.tls import server_context

CLIENT = "onestop-eastholm"


class Agency(ThreadingHTTPServer):
    """Gives a token for the certificate that a client shows, and takes it back from that client alone."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.socket = server_context("eastholm", None, clients=True).wrap_socket(
            self.socket, server_side=True
        )
        self.bound: dict[str, str] = {}  # token -> thumbprint
        self.forms: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A handshake that fails is what some of the tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Agency

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        shown: Any = self.connection
        thumbprint = hashlib.sha256(shown.getpeercert(binary_form=True)).hexdigest()
        if self.path == "/token":
            token = f"t{len(self.server.bound)}"
            self.server.bound[token] = thumbprint
            self.server.forms.append(body.decode())
            self._answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": 600})
            return
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self._answer(200 if self.server.bound.get(token) == thumbprint else 401, {})

    def _answer(self, status: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def agency() -> Iterator[Agency]:
    server = Agency()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


def proved(agency: Agency, **changed: str) -> Authentication:
    own = tls.client("eastholm", None)
    credentials = {
        **{"client_id": "onestop", "ca": tls.authority(None).certificate},
        **{"client_cert": own.certificate, "client_key": own.key},
        **changed,
    }
    table = {"method": "oauth2", "token_path": "/token", "client": "tls_client_auth", "scope": "a"}
    settings = {"authentication": table, "allow_private": True}
    url = f"https://127.0.0.1:{agency.server_address[1]}"
    spec = ConnectionSpec(
        "x", "X", "rest", url, settings, {k: v for k, v in credentials.items() if v}, FOLDER
    )
    return Authentication.of(spec, Door.of(spec))


def send(authentication: Authentication) -> int:
    return authentication.send(
        "POST", "/things", body=b"{}", headers={"Content-Type": "application/json"}
    ).status


def test_the_certificate_is_the_proof_and_the_token_is_bound_to_it(agency: Agency) -> None:
    authentication = proved(agency)
    assert [send(authentication), send(authentication)] == [200, 200]
    assert agency.forms == ["grant_type=client_credentials&scope=a&client_id=onestop"]  # no secret is sent
    agency.bound = dict.fromkeys(agency.bound, "of another certificate")
    assert send(authentication) == 200  # the token is of no use any more: a new one was asked for
    assert len(agency.forms) == 2


def test_without_a_certificate_nobody_gets_in(agency: Agency) -> None:
    with pytest.raises(AdapterError):
        send(proved(agency, client_cert="", client_key=""))
    assert agency.forms == []


def test_a_server_that_we_do_not_trust_gets_nothing(agency: Agency) -> None:
    with pytest.raises(AdapterError):
        send(proved(agency, ca=""))
    assert agency.forms == []
