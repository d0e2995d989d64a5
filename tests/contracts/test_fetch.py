"""Contracts from the web, by the egress door, from a real server on loopback."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from adapters.contracts import wsdl
from adapters.contracts.access import Access, Source
from adapters.contracts.cli import main
from adapters.contracts.fetch import fetcher
from adapters.contracts.violation import ContractUnreadable
from tests.contracts.writing import (
    ELEMENTS,
    MESSAGES,
    PORT_TYPE,
    binding,
    bound,
    definitions,
    schema,
    service,
)

Pages = dict[str, tuple[int, dict[str, str], bytes]]


class Server:
    """Answers what ``pages`` says, and remembers what was asked."""

    def __init__(self) -> None:
        self.pages: Pages = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                status, headers, body = outer.pages.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def page(self, path: str, text: str, status: int = 200, **headers: str) -> None:
        self.pages[path] = (
            status,
            {name.replace("_", "-"): value for name, value in headers.items()},
            text.encode(),
        )


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    thread = threading.Thread(target=found.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.http.shutdown()
    thread.join()
    found.http.server_close()


def read(server: Server, tmp_path: Path, path: str = "/S.svc?wsdl") -> wsdl.Wsdl:
    url = f"{server.url}{path}"
    return wsdl.read(Source(url, url, is_remote=True), Access(tmp_path, fetcher(url, allow_private=True)))


def split_service(server: Server) -> None:
    """?wsdl, ?wsdl=wsdl0, ?xsd=xsd0, as WCF publishes itself."""
    outer = f'<import namespace="urn:t" location="{server.url}/S.svc?wsdl=wsdl0"/>' + service(p="B")
    inside = schema(f'<xs:import namespace="urn:t" schemaLocation="{server.url}/S.svc?xsd=xsd0"/>', "urn:i")
    inner = MESSAGES + PORT_TYPE + binding("B", "P", bound("Get"))
    server.page("/S.svc?wsdl", definitions(outer))
    server.page("/S.svc?wsdl=wsdl0", definitions(inner, inside))
    server.page("/S.svc?xsd=xsd0", ELEMENTS)


def test_a_split_service_is_read_whole(server: Server, tmp_path: Path) -> None:
    split_service(server)
    found = read(server, tmp_path)
    found.schemas.compile()
    assert found.operations["Get"].request == "{urn:t}Ask"
    assert sorted(server.asked) == ["/S.svc?wsdl", "/S.svc?wsdl=wsdl0", "/S.svc?xsd=xsd0"]


def test_relative_references_stay_on_the_server(server: Server, tmp_path: Path) -> None:
    (tmp_path / "t.xsd").write_text(schema(""))
    inside = schema('<xs:include schemaLocation="../x/t.xsd"/>', "urn:t")
    server.page("/a/s.wsdl", definitions(MESSAGES + PORT_TYPE + binding("B", "P", bound("Get")), inside))
    server.page("/x/t.xsd", ELEMENTS)
    assert read(server, tmp_path, "/a/s.wsdl").operations["Get"].reply == "{urn:t}Answer"


def test_it_can_be_inspected_and_closed_into_a_bundle(server: Server, tmp_path: Path, capsys: Any) -> None:
    split_service(server)
    url, file = f"{server.url}/S.svc?wsdl", str(tmp_path / "s.contract.json")
    assert main(["inspect", url, "--root", str(tmp_path)]) == 2
    assert "--fetch" in capsys.readouterr().err
    assert server.asked == []
    assert main(["bundle", url, file, "--fetch", "--allow-private", "--root", str(tmp_path)]) == 0
    asked = len(server.asked)
    assert main(["inspect", file]) == 0
    assert "Get  SOAP 1.1" in capsys.readouterr().out
    assert len(server.asked) == asked


REFUSED = [
    ({"status": 302, "Location": "http://169.254.169.254/latest"}, "redirect"),
    ({"status": 302, "Location": "/S.svc?other"}, "redirect"),
    ({"status": 404}, "status 404"),
    ({"status": 500}, "status 500"),
    ({"Content_Encoding": "gzip"}, "compressed"),
    ({"text": "<html><body>Log in</body></html>"}, "HTML page.*[?]wsdl"),
    ({"text": '<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>'}, "document type"),
    (
        {"text": definitions('<import namespace="urn:x" location="file:///etc/passwd"/>')},
        "only files and http",
    ),
    (
        {"text": definitions('<import namespace="urn:x" location="http://127.0.0.1:9/x.wsdl"/>')},
        "private|no connection",
    ),
    (
        {"text": definitions('<import namespace="urn:x" location="http://[::1]:9/x.wsdl"/>')},
        "private|no connection",
    ),
    (
        {"text": definitions('<import namespace="urn:x" location="http://[bad/x.wsdl"/>')},
        "only files and http",
    ),
    ({"text": definitions('<import namespace="urn:x" location="http://a:x/b"/>')}, "only files and http"),
]


@pytest.mark.parametrize(("page", "reason"), REFUSED)
def test_what_a_server_may_not_do(server: Server, tmp_path: Path, page: dict[str, Any], reason: str) -> None:
    server.page("/S.svc?wsdl", **({"text": ""} | page))
    with pytest.raises(ContractUnreadable, match=f"(?i){reason}"):
        read(server, tmp_path)
    assert server.asked == ["/S.svc?wsdl"]


def test_a104_a_compressed_bomb_is_not_unfolded(server: Server, tmp_path: Path) -> None:
    server.pages["/S.svc?wsdl"] = (200, {}, gzip.compress(b"<a>" + b" " * 50_000_000 + b"</a>"))
    with pytest.raises(ContractUnreadable, match="compressed"):
        read(server, tmp_path)


def test_a105_a106_private_addresses_need_leave(server: Server, tmp_path: Path) -> None:
    url = f"{server.url}/S.svc?wsdl"
    with pytest.raises(ContractUnreadable, match="private"):
        wsdl.read(Source(url, url, is_remote=True), Access(tmp_path, fetcher(url)))
    assert server.asked == []


def test_a109_an_answer_without_an_end_is_refused(server: Server, tmp_path: Path) -> None:
    server.pages["/S.svc?wsdl"] = (200, {}, b"<a>" + b"x" * (17 * 1024 * 1024) + b"</a>")
    with pytest.raises(ContractUnreadable, match="larger"):
        read(server, tmp_path)
