"""Connections whose bodies are not JSON, made from a contract and held to it; how a REST agency says no."""

import json
from pathlib import Path

import pytest

from adapters import registry
from adapters.conformance.checks import NO
from adapters.connection_spec import ConnectionSpec, from_folder
from adapters.errors import Misconfigured, NotUnderstood
from adapters.onboarding import new, verify
from adapters.ports import Context, Rejected, Request, Result, Retry
from adapters.simulator.server import Listener, Response
from tests.contracts.media_contract import NEW, OLD


@pytest.mark.parametrize("text", [OLD, NEW], ids=["3.0", "3.1"])
def test_a_connection_made_of_every_media_type_is_verified(tmp_path: Path, text: str) -> None:
    (tmp_path / "permits.yaml").write_text(text)
    folder = new.make("permits", tmp_path / "permits.yaml", [], tmp_path).folder
    found = verify.simulated(from_folder(folder))
    assert {one.check: one.evidence for one in found if one.verdict == NO} == {}


CONTRACT = """
openapi: 3.1.0
paths:
  /a:
    get:
      operationId: ask
      responses:
        '200': {description: ok, content: {application/json: {schema: {type: object}}}}
        '404': {description: Nobody is registered there.}
        '409': {description: no, content: {application/json: {schema: {type: object, required: [error]}}}}
        '410': {description: gone, content: {text/plain: {schema: {type: string}}}}
        '422': {description: no, content: {application/problem+json: {schema: {type: object}}}}
"""
MAPPING = """
[fault]
codes = {{ 404 = "not-found", E7 = "wrong-value" }}
retry = ["E9"]
{more}

[operations.ask]
call = "ask"
request = [{{ agency = "who/number", canonical = "person.identifier.notation" }}]
"""
PROBLEM = "application/problem+json"
SAYS = [
    (404, "", b"", "", "not-found", "Nobody is registered there.", ""),
    (410, "text/plain; charset=iso-8859-1", b"sl\xe6t", "", "410", "slæt", ""),
    (409, "application/json", b'{"error": {"code": "E7", "message": "no"}}', "", "409", "no", ""),
    (
        *(409, "application/json", b'{"error": {"code": "E7", "text": "so", "at": "who/number"}}'),
        'code = "error/code"\nreason = "error/text"\nfield = "error/at"',
        *("wrong-value", "so", "person.identifier.notation"),
    ),
    (
        *(422, PROBLEM, b'{"title": "t", "errors": [{"detail": "d", "pointer": "#/who/number"}]}', ""),
        *("422", "d", "person.identifier.notation"),
    ),
    (
        *(400, PROBLEM, b'{"title": "t", "errors": {"who.number": ["is wrong", "and bad"]}}', ""),
        *("400", "is wrong", "person.identifier.notation"),
    ),
    (418, PROBLEM, b'{"title": "teapot", "detail": "short and stout"}', "", "418", "short and stout", ""),
    (404, PROBLEM, b'{"title": "Nobody"}', "", "not-found", "Nobody", ""),
    (404, PROBLEM, b"{}", "", "not-found", "Not Found", ""),
]


def asked(folder: Path, status: int, kind: str, body: bytes, more: str) -> Result:
    (folder / "a.yaml").write_text(CONTRACT)
    (folder / "mapping.toml").write_text(MAPPING.format(more=more))
    listener = Listener("agency", lambda request: Response(status, body, kind))
    listener.open()
    try:
        settings = {"contract": "a.yaml", "allow_private": True}
        spec = ConnectionSpec("a", "A", "rest", f"http://127.0.0.1:{listener.port}", settings, {}, folder)
        return registry.build(spec).send(Request("ask", {}, Context("c", "k"))).result
    finally:
        listener.close()


@pytest.mark.parametrize(("status", "kind", "body", "more", "code", "reason", "field"), SAYS)
def test_a_no_has_its_reason(
    tmp_path: Path, status: int, kind: str, body: bytes, more: str, code: str, reason: str, field: str
) -> None:
    assert asked(tmp_path, status, kind, body, more) == Rejected(code, reason, field=field)


def test_a_code_may_ask_for_another_try(tmp_path: Path) -> None:
    body = json.dumps({"error": {"code": "E9"}, "detail": "later"}).encode()
    assert asked(tmp_path, 409, "application/json", body, 'code = "error/code"') == Retry("later")


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (418, "text/html", b"<p>teapot</p>"),
        (409, "application/json", b"{}"),
        (409, "text/html", b"<p>no</p>"),
        (422, PROBLEM, b"[1]"),
        (418, PROBLEM, b"[1]"),
        (501, PROBLEM, b'{"title": "t"}'),
        (200, "text/html", b"<p>sign in</p>"),
    ],
)
def test_what_explains_nothing_is_not_understood(tmp_path: Path, status: int, kind: str, body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        asked(tmp_path, status, kind, body, "")


def test_a_body_that_cannot_be_written_stops_the_connection(tmp_path: Path) -> None:
    text = CONTRACT.replace("get:", "post:\n      requestBody: {content: {multipart/mixed: {schema: {}}}}")
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "mapping.toml").write_text(MAPPING.format(more=""))
    spec = ConnectionSpec("a", "A", "rest", "http://127.0.0.1:9", {"contract": "a.yaml"}, {}, tmp_path)
    with pytest.raises(Misconfigured, match="multipart/mixed is not written"):
        registry.build(spec)
