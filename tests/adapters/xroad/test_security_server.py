"""Our kind against a security server that keeps to the protocols, and the demo's neighbour behind one."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from adapters import exchange, registry
from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured, Unavailable
from adapters.health.checking import check
from adapters.models import Exchange
from adapters.ports import Accepted, Adapter, Context, Rejected, Request
from adapters.sandbox import Sandbox, run
from adapters.simulator.security_server import SecurityServer
from adapters.simulator.server import Listener, Response
from adapters.simulator.server import Request as Asked
from tests.adapters import connections
from tests.adapters.xroad.security_server import CLIENT, PERSON, SERVICE
from tests.adapters.xroad.test_messages import MAPPING, OPENAPI, REQUESTS, VALUE, WSDL

CALLED = {"rest": f"{SERVICE}/persons", "soap": SERVICE}


def rest(request: Asked) -> Response:
    """A service that knows nothing of X-Road."""
    if not request.path.startswith("/persons/19850312"):
        return Response(404, json.dumps({"status": 404}).encode(), "application/problem+json")
    return Response(200, json.dumps({"name": "Maria"}).encode(), "application/json", {"X-Road-Id": "made up"})


def soap(request: Asked) -> Response:
    body = f'<p:getPersonResponse xmlns:p="{PERSON}"><name>Maria</name></p:getPersonResponse>'
    space = "http://schemas.xmlsoap.org/soap/envelope/"
    return Response(200, f'<s:Envelope xmlns:s="{space}"><s:Body>{body}</s:Body></s:Envelope>'.encode())


@pytest.fixture
def server() -> Iterator[Listener]:
    found = SecurityServer(frozenset({CLIENT}), {CALLED["rest"]: rest, CALLED["soap"]: soap})
    listener = Listener("security server", found.answer)
    listener.open()
    yield listener
    listener.close()


def build(server: Listener, folder: Path, protocol: str, **changed: str) -> Adapter:
    (folder / "c.wsdl").write_text(WSDL)
    (folder / "c.json").write_text(json.dumps(OPENAPI))
    (folder / "mapping.toml").write_text(MAPPING.format(request=REQUESTS[protocol]))
    settings: dict[str, Any] = {
        "contract": "c.wsdl" if protocol == "soap" else "c.json",
        **{"path": "/", "allow_private": True},
        "xroad": {"protocol": protocol, "client": CLIENT, "service": CALLED[protocol], **changed},
    }
    url = f"http://127.0.0.1:{server.port}"
    return registry.build(ConnectionSpec("rr", "Persons", "xroad", url, settings, {}, folder))


def ask(adapter: Adapter, value: Any = VALUE) -> Any:
    return adapter.send(Request("get_person", value, Context("c", "k", "MOV-1"))).result


@pytest.mark.parametrize("protocol", ["rest", "soap"])
def test_our_kind_is_understood_and_understands(server: Listener, tmp_path: Path, protocol: str) -> None:
    assert ask(build(server, tmp_path, protocol)) == Accepted({"givenName": "Maria"})


@pytest.mark.parametrize("protocol", ["rest", "soap"])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"client": "EE/GOV/70000001/other"}, "Server.ClientProxy.UnknownMember"),
        ({"service": "EE/GOV/99999999/rr/persons"}, "Server.ClientProxy.UnknownMember"),
    ],
)
def test_who_is_not_known_is_told_so(
    server: Listener, tmp_path: Path, protocol: str, changed: dict[str, str], code: str
) -> None:
    with pytest.raises(Misconfigured, match=code):
        ask(build(server, tmp_path, protocol, **changed))


def test_a_service_that_is_not_there(server: Listener, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"Server\.ServerProxy\.UnknownService"):
        ask(build(server, tmp_path, "rest", service=f"{SERVICE}/cars"))


@pytest.mark.parametrize(
    ("path", "client", "code"),
    [
        (f"/r1/{CALLED['rest']}/persons/1", "", "Client.BadRequest"),
        (f"/r1/{CALLED['rest']}/persons/1", "EE/GOV", "Client.BadRequest"),
        ("/r1/EE/GOV", CLIENT, "Client.BadRequest"),
        ("/r1/EE//70000002/rr/persons", CLIENT, "Client.BadRequest"),
    ],
)
def test_what_breaks_the_protocol_is_the_client_s_fault(
    server: Listener, path: str, client: str, code: str
) -> None:
    """PR-REST section 4.6: 400, the type in the header and in the body."""
    headers = {"X-Road-Client": client} if client else {}
    reply = requests.get(f"http://127.0.0.1:{server.port}{path}", headers=headers, timeout=5)
    assert (reply.status_code, reply.headers["X-Road-Error"], reply.json()["type"]) == (400, code, code)
    assert set(reply.json()) == {"type", "message", "detail"}


@pytest.mark.parametrize(
    ("code", "error"), [("Client.BadRequest", Misconfigured), ("Server.Strange", Unavailable)]
)
def test_a_server_s_word_is_never_taken_for_the_agency_s(
    tmp_path: Path, code: str, error: type[Exception]
) -> None:
    told = json.dumps({"type": code, "message": "so it is"}).encode()
    spoken = Response(404, told, "application/json", {"X-Road-Error": code})
    with Listening(spoken) as server, pytest.raises(error, match=code):
        ask(build(server, tmp_path, "rest"))


class Listening:
    """A server that says one thing."""

    def __init__(self, response: Response) -> None:
        self.listener = Listener("one thing", lambda _: response)

    def __enter__(self) -> Listener:
        self.listener.open()
        return self.listener

    def __exit__(self, *_: object) -> None:
        self.listener.close()


def test_the_marks_of_an_answer_are_the_server_s(server: Listener) -> None:
    """The service's own X-Road headers are replaced; the hash is SHA-512 in base64 (section 4.3)."""
    url = f"http://127.0.0.1:{server.port}/r1/{CALLED['rest']}/persons/19850312T4240"
    reply = requests.get(url, headers={"X-Road-Client": CLIENT, "X-Road-Id": "m-1"}, timeout=5)
    assert reply.headers["X-Road-Id"] == "m-1"
    assert (reply.headers["X-Road-Client"], reply.headers["X-Road-Service"]) == (CLIENT, CALLED["rest"])
    assert len(base64.b64decode(reply.headers["X-Road-Request-Hash"])) == hashlib.sha512().digest_size


SPACES = 'xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers"'
PARTS = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode", "serviceCode")


def block(name: str, kind: str, identifier: str) -> str:
    inner = "".join(
        f"<i:{part}>{text}</i:{part}>" for part, text in zip(PARTS, identifier.split("/"), strict=False)
    )
    return f'<x:{name} i:objectType="{kind}">{inner}</x:{name}>'


GOOD = {
    "client": block("client", "SUBSYSTEM", CLIENT),
    "service": block("service", "SERVICE", f"{SERVICE}/getPerson"),
    "id": "<x:id>m-1</x:id>",
    "version": "<x:protocolVersion>4.0</x:protocolVersion>",
}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, ""),
        ({"client": ""}, "Client.MissingHeaderField"),
        ({"id": ""}, "Client.MissingHeaderField"),
        ({"version": "<x:protocolVersion>3.1</x:protocolVersion>"}, "Client.InvalidProtocolVersion"),
        ({"client": block("client", "SERVICE", CLIENT)}, "Client.BadRequest"),
        ({"service": block("service", "SERVICE", f"{SERVICE}/getCar")}, "Client.InconsistentHeaders"),
    ],
)
def test_header_blocks_of_soap_are_checked(server: Listener, changed: dict[str, str], code: str) -> None:
    header = "".join({**GOOD, **changed}.values())
    soap = 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    envelope = (
        f"<s:Envelope {soap} {SPACES}><s:Header>{header}</s:Header>"
        f'<s:Body><p:getPerson xmlns:p="{PERSON}"><code>1</code></p:getPerson></s:Body></s:Envelope>'
    ).encode()
    reply = requests.post(f"http://127.0.0.1:{server.port}/", envelope, timeout=5)
    answer = etree.fromstring(reply.content)
    assert (answer.findtext(".//faultcode") or "") == code
    digest = answer.findtext(".//{http://x-road.eu/xsd/xroad.xsd}requestHash") or ""
    assert (digest == base64.b64encode(hashlib.sha512(envelope).digest()).decode()) is (code == "")


# --- the demo's neighbour ---


@pytest.fixture
def borealia(db: None) -> Iterator[Sandbox]:
    with run(("borealia",)) as sandbox:
        connections.load(sandbox)
        yield sandbox


def find(code: str) -> Any:
    value = {"person": {"identifier": {"notation": code}}}
    return exchange.perform("borealia", "find_person", value, Context("correlation", "key"))


def test_a_person_of_the_neighbour_is_found(borealia: Sandbox) -> None:
    result = find("BO-60001011T")
    assert isinstance(result, Accepted)
    assert result.value["person"]["familyName"] == "Nordahl"
    assert isinstance(find("BO-00000000T"), Rejected)
    assert Exchange.objects.earliest("id").sent_bytes.startswith(
        b"GET /r1/BO/GOV/70000002/rr/persons/people/"
    )


@pytest.mark.parametrize("fault", ["malformed", "http_500", "no_reply"])
def test_what_goes_wrong_there_is_told_apart(borealia: Sandbox, fault: str) -> None:
    borealia.switch("borealia", **{fault: True})
    with pytest.raises(Exception, match="borealia") as caught:
        find("BO-60001011T")
    assert caught.value.retryable  # type: ignore[attr-defined]


def test_its_health_is_looked_at(borealia: Sandbox) -> None:
    found = check("borealia")
    assert (found.state, found.credentials, found.findings) == ("ok", "accepted", [])
    borealia.switch("borealia", down=True)
    assert check("borealia").state == "down"
