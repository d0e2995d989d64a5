"""Other people's e-IDs are reached at judged addresses alone, as agencies are."""

import ipaddress
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from identity import reaching
from identity.signin import wire
from identity.signin.errors import ProviderSilent
from onestop.lib import reaching as judging

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"issuer": "x"}')

    def log_message(self, *_: Any) -> None:
        pass


def asked(url: str) -> tuple[int, dict[str, Any]]:
    wire._session.cache_clear()
    return wire.call("GET", url)


def test_a_private_network_is_reached_only_where_it_is_allowed(settings: Any) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        settings.EID_NETWORKS = LOOPBACK
        assert asked(url) == (200, {"issuer": "x"})
        settings.EID_NETWORKS = ()
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
            with pytest.raises(ProviderSilent):
                asked(f"http://{host}:{server.server_address[1]}/")
        server.shutdown()


@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.7", "64:ff9b::7f00:1", "::ffff:10.0.0.7"])
def test_a_name_that_leads_inside_is_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    settings.EID_NETWORKS = ()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 80))]
    monkeypatch.setattr(judging.socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(judging.socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises(ProviderSilent):
        asked("http://eid.example/")
    with (
        reaching.session() as session,
        pytest.raises(requests.ConnectionError, match=r"eid\.example leads to"),
    ):
        session.post("http://eid.example/logout", data={})
