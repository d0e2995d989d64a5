"""OpenAPI and XSD served: checked requests, sampled answers, problems with line and reason."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from adapters import registry
from adapters.connection_spec import FOLDER
from adapters.contracts import openapi
from adapters.ports import Accepted, Context, Request
from adapters.samples import rest
from adapters.simulator import cli
from adapters.simulator.pins import ScriptWrong, read
from adapters.simulator.simulated import Outage, keep_outages
from tests.adapters.connections import spec
from tests.sandbox.waiting import eventually

TAX, LAA = FOLDER / "tax" / "tax.openapi.json", FOLDER / "laa" / "laa.xsd"


def send(url: str, name: str, **changes: Any) -> Any:
    operation = openapi.read(TAX)[name]
    message = rest.request(operation)
    method, path = message.first.split(" ", 1)
    settings = {"headers": message.headers, "json": message.body if message.has_body else None, **changes}
    return requests.request(method, f"{url}{path}", timeout=5, **settings)


@pytest.mark.parametrize("name", sorted(openapi.read(TAX)))
def test_every_operation_answers_as_the_contract_says(simulate: Callable[..., Any], name: str) -> None:
    running = simulate(TAX)
    reply = send(running.url, name)
    media_type = reply.headers["Content-Type"].partition(";")[0]
    openapi.read(TAX)[name].read(reply.status_code, reply.headers, media_type, reply.content)
    assert f" {name} -> {reply.status_code}" in running.lines[-1]
    assert send(running.url, name).content == reply.content


def test_a_body_that_breaks_the_contract_is_told_its_line(simulate: Callable[..., Any]) -> None:
    running = simulate(TAX)
    reply = send(running.url, "updateDomicile", json=None, data=b'{\n "nonsense": 1\n}')
    assert reply.status_code in {400, 422}
    assert "line" in reply.text
    assert "refused: line" in running.lines[-1]
    reply = send(running.url, "updateDomicile", json=None, data=b'{\n "a": ')
    assert "not JSON" in reply.text


def test_unknown_paths_and_methods_are_problems(simulate: Callable[..., Any]) -> None:
    running = simulate(TAX)
    reply = requests.get(f"{running.url}/nowhere", timeout=5)
    assert (reply.status_code, reply.headers["Content-Type"]) == (404, "application/problem+json")
    path = rest.request(openapi.read(TAX)["getJob"]).first.split(" ", 1)[1]
    assert requests.delete(f"{running.url}{path}", timeout=5).status_code == 405


def test_a_status_can_be_pinned(simulate: Callable[..., Any]) -> None:
    running = simulate(TAX, '[[answer]]\noperation = "getTaxpayer"\nstatus = 404\n')
    assert send(running.url, "getTaxpayer").status_code == 404


PEOPLE = """openapi: 3.0.3
info: {title: People, version: "1"}
paths:
  /people/{id}:
    get:
      operationId: person
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer, minimum: 1}}
        - {name: fields, in: query, required: true, schema: {type: array, items: {type: integer}}}
        - {name: X-Org, in: header, required: true, schema: {type: string, pattern: "^[a-z]+$"}}
      responses:
        2XX: {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/P"}}}}
  /letter:
    get: {responses: {"200": {description: ok, content: {application/pdf: {}}}}}
components:
  schemas:
    P: {type: object, required: [id, name], properties: {id: {type: integer}, name: {type: string}}}
"""


@pytest.mark.parametrize(
    ("path", "organisation", "said"),
    [
        ("/people/7?fields=1&fields=2", "abc", ""),
        ("/people/7?fields=1", "abc", ""),
        ("/people/0?fields=1", "abc", "less than the minimum"),
        ("/people/x?fields=1", "abc", "is not of type"),
        ("/people/7", "abc", "fields: is required"),
        ("/people/7?fields=x", "abc", "is not of type"),
        ("/people/7?fields=1", "", "header X-Org: is required"),
        ("/people/7?fields=1", "A1", "does not match"),
    ],
)
def test_parameters_are_checked(
    simulate: Callable[..., Any], tmp_path: Path, path: str, organisation: str, said: str
) -> None:
    (tmp_path / "people.yaml").write_text(PEOPLE)
    running = simulate(tmp_path / "people.yaml")
    headers = {"X-Org": organisation} if organisation else {}
    reply = requests.get(f"{running.url}{path}", headers=headers, timeout=5)
    assert reply.status_code == (400 if said else 200), reply.text
    assert said in reply.text
    assert said or set(reply.json()) == {"id", "name"}


def test_an_answer_that_is_no_json_has_the_type_it_is_said_to_have(
    simulate: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "people.yaml").write_text(PEOPLE)
    reply = requests.get(f"{simulate(tmp_path / 'people.yaml').url}/letter", timeout=5)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/pdf")


def test_our_own_adapter_reads_a_simulated_address_authority(simulate: Callable[..., Any]) -> None:
    running = simulate(LAA)
    adapter = registry.build(spec("laa", running.url))
    reply = adapter.send(Request("get_address", {"addressID": "AU-20020001"}, Context("c", "k")))
    assert isinstance(reply.result, Accepted)
    assert reply.result.value["address"]["thoroughfare"]


def test_an_outage_begins_and_ends(simulate: Callable[..., Any]) -> None:
    running = simulate(TAX)
    ended = threading.Event()
    thread = threading.Thread(
        target=keep_outages, args=(running.agency, Outage(0, 0.2), ended, running.lines.append)
    )
    thread.start()
    eventually(lambda: any("outage:" in line for line in running.lines))
    thread.join()
    assert "answering again" in running.lines[-1]
    assert requests.get(f"{running.url}/nowhere", timeout=5).status_code == 404


@pytest.mark.parametrize("text", ["5", "1:2:1", "a:b", "-1:2"])
def test_an_outage_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Outage.parse(text)


def test_the_command_serves_with_its_switchboard(capsys: pytest.CaptureFixture[str]) -> None:
    options = cli._parser().parse_args([str(TAX), "--latency", "1"])
    agency, ended = cli.build(options), threading.Event()
    thread = threading.Thread(target=cli.serve, args=(agency, 0, [], ended))
    thread.start()
    printed: list[str] = []
    eventually(lambda: printed.append(capsys.readouterr().out) or "JSON: " in "".join(printed))
    control = "".join(printed).partition("JSON: ")[2].partition(")")[0]
    assert requests.get(control, timeout=5).json()["switches"]["latency_ms"] == 1
    requests.post(control, json={"http_500": True}, timeout=5)
    assert requests.get(f"{agency.url}/nowhere", timeout=5).status_code == 500
    page = requests.get(control.partition("/agencies")[0], timeout=5).text
    assert "Simulated from tax.openapi.json" in page
    ended.set()
    thread.join()


@pytest.mark.parametrize(
    "rules",
    ["answer = 1", "[[answer]]\nnonsense = 1", "[[answer]]\nstatus = 'x'", "[[", "[[answer]]\nfile = 'n'"],
)
def test_a_wrong_script_is_refused(tmp_path: Path, rules: str) -> None:
    (tmp_path / "s.toml").write_text(rules)
    with pytest.raises(ScriptWrong):
        read(tmp_path / "s.toml")


def test_what_is_not_served_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([str(FOLDER / "crt")]) == 2
    assert "no contract to serve" in capsys.readouterr().err
