"""Parameters in every style of OpenAPI's table (3.1.1, 4.8.12.6): written as it says, and read back by the simulator."""

from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml

from adapters.contracts import openapi
from adapters.contracts.openapi import RestOperation
from adapters.contracts.violation import Violation
from adapters.samples.source import RestSource, read
from adapters.simulator import parameters
from adapters.simulator.rest import _looseness, _route
from adapters.simulator.server import Request

COLOURS = ["blue", "black", "brown"]
RGB = {"R": 100, "G": 200, "B": 150}
ARRAY = {"type": "array", "items": {"type": "string"}, "minItems": 2}
OBJECT = {
    "type": "object",
    "properties": {name: {"type": "integer"} for name in RGB},
    "required": [*RGB],
    "additionalProperties": False,
}
TABLE = [
    ("path", "simple", False, "/blue", "/blue,black,brown", "/R,100,G,200,B,150"),
    ("path", "simple", True, "/blue", "/blue,black,brown", "/R=100,G=200,B=150"),
    ("path", "label", False, "/.blue", "/.blue,black,brown", "/.R,100,G,200,B,150"),
    ("path", "label", True, "/.blue", "/.blue.black.brown", "/.R=100.G=200.B=150"),
    ("path", "matrix", False, "/;color=blue", "/;color=blue,black,brown", "/;color=R,100,G,200,B,150"),
    ("path", "matrix", True, "/;color=blue", "/;color=blue;color=black;color=brown", "/;R=100;G=200;B=150"),
    ("query", "form", False, "?color=blue", "?color=blue,black,brown", "?color=R,100,G,200,B,150"),
    ("query", "form", True, "?color=blue", "?color=blue&color=black&color=brown", "?R=100&G=200&B=150"),
    (
        "query",
        "spaceDelimited",
        False,
        None,
        "?color=blue%20black%20brown",
        "?color=R%20100%20G%20200%20B%20150",
    ),
    (
        "query",
        "pipeDelimited",
        False,
        None,
        "?color=blue%7Cblack%7Cbrown",
        "?color=R%7C100%7CG%7C200%7CB%7C150",
    ),
    ("query", "deepObject", True, None, None, "?color[R]=100&color[G]=200&color[B]=150"),
    ("header", "simple", False, "blue", "blue,black,brown", "R,100,G,200,B,150"),
    ("header", "simple", True, "blue", "blue,black,brown", "R=100,G=200,B=150"),
    ("cookie", "form", False, "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"),
    ("cookie", "form", True, "color=blue", "color=blue; color=black; color=brown", "R=100; G=200; B=150"),
]
CASES = [
    (place, style, explode, schema, value, wanted)
    for place, style, explode, *row in TABLE
    for schema, value, wanted in zip(
        ({"type": "string"}, ARRAY, OBJECT), ("blue", COLOURS, RGB), row, strict=True
    )
    if wanted is not None
]


def contract(folder: Path, place: str, style: str, explode: bool, schema: Any) -> RestOperation:
    """An operation with one required parameter, its schema behind a reference."""
    one = {"name": "color", "in": place, "required": True, "style": style, "explode": explode}
    one["schema"] = {"$ref": "#/components/schemas/Color"}
    path = "/{color}" if place == "path" else "/paint"
    operation = {"operationId": "paint", "parameters": [one], "responses": {"204": {"description": "done"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {path: {"get": operation}},
    }
    document["components"] = {"schemas": {"Color": schema}}
    (folder / "a.yaml").write_text(yaml.safe_dump(document))
    return openapi.read(folder / "a.yaml")["paint"]


def received(operation: RestOperation, url: str, headers: dict[str, str]) -> dict[str, Any]:
    """What the simulator makes of a request; raises Violation."""
    sent = Message()
    for name, value in headers.items():
        sent[name] = value
    parts = urlsplit(url)
    found = _route(operation).search(parts.path)
    assert found is not None
    path = dict(zip(["color"], map(unquote, found.groups()), strict=False))
    return parameters.checked(operation, path, Request("GET", parts.path, parse_qs(parts.query), sent, b""))


@pytest.mark.parametrize(("place", "style", "explode", "schema", "value", "wanted"), CASES)
def test_the_table(
    tmp_path: Path, place: str, style: str, explode: bool, schema: Any, value: Any, wanted: str
) -> None:
    operation = contract(tmp_path, place, style, explode, schema)
    url, headers = operation.url({"color": value}), operation.sent_headers({"color": value})
    written = headers.get("Cookie" if place == "cookie" else "color", url.removeprefix("/paint"))
    assert written == wanted
    received(operation, url, headers)
    if schema is OBJECT:  # what is read is what the schema is held against
        wrong, spoilt = (
            url.replace("100", "red"),
            {name: one.replace("100", "red") for name, one in headers.items()},
        )
        with pytest.raises(Violation):
            received(operation, wrong, spoilt)


def test_deep_objects_within_objects(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"at": {"type": "object"}, "in": {"type": "array"}}}
    operation = contract(tmp_path, "query", "deepObject", True, schema)
    url = operation.url({"color": {"at": {"from": "a b", "to": 2}, "in": [1, 2]}})
    assert url == "/paint?color[at][from]=a%20b&color[at][to]=2&color[in]=1&color[in]=2"
    received(operation, url, {})


def test_a_header_that_is_required_or_cannot_travel(tmp_path: Path) -> None:
    operation = contract(tmp_path, "header", "simple", False, {"type": "string"})
    with pytest.raises(Violation, match="is required"):
        operation.sent_headers({})
    with pytest.raises(Violation, match="no header can carry"):
        operation.sent_headers({"color": "blue\r\nX-Other: 1"})


def test_a_type_with_null_and_a_name_that_stands_in_the_path_twice(tmp_path: Path) -> None:
    operation = contract(tmp_path, "query", "form", True, {"type": ["integer", "null"]})
    received(operation, "/paint?color=3", {})
    with pytest.raises(Violation):
        received(operation, "/paint?color=blue", {})
    twice = (
        (tmp_path / "a.yaml")
        .read_text()
        .replace("/paint", "/{color}/as/{color}")
        .replace("in: query", "in: path")
    )
    (tmp_path / "a.yaml").write_text(twice.replace("style: form", "style: simple"))
    operation = openapi.read(tmp_path / "a.yaml")["paint"]
    assert _route(operation).search(operation.url({"color": 3})) is not None


FORM = """openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /charges:
    post:
      operationId: charge
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            encoding: {address: {style: deepObject, explode: true}}
            schema:
              type: object
              required: [amount, address]
              properties:
                amount: {type: integer}
                note: {type: string}
                tags: {type: array, items: {type: string}}
                address: {type: object, required: [city], properties: {city: {type: string}, no: {type: integer}}}
      responses: {'204': {description: done}}
"""


def test_a_form_is_written_checked_and_read_back(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FORM)
    operation = openapi.read(tmp_path / "a.yaml")["charge"]
    body = {"amount": 5, "note": "a & b", "tags": ["x", "y"], "address": {"city": "Norrby", "no": 7}}
    operation.check_request(body)
    content = operation.contents[0]
    kind, sent = content.write(body)
    assert sent == b"amount=5&note=a%20%26%20b&tags=x&tags=y&address[city]=Norrby&address[no]=7"
    assert kind == "application/x-www-form-urlencoded"
    assert content.read(kind, sent) == body
    with pytest.raises(Violation):
        content.read(kind, b"amount=five&address[city]=Norrby")
    with pytest.raises(Violation):
        operation.check_request({"amount": 5})


def test_a_longer_path_comes_before_one_that_it_ends_like() -> None:
    paths = ["/{call}", "/calls/{call}", "/{call}/tone", "/people/me", "/people/{id}"]
    assert sorted(paths, key=_looseness)[:2] == ["/people/me", "/calls/{call}"]
    assert sorted(paths, key=_looseness).index("/{call}/tone") < sorted(paths, key=_looseness).index(
        "/{call}"
    )


def test_operations_without_a_name_are_told_apart(tmp_path: Path) -> None:
    answer = "{get: {responses: {'204': {description: done}}}}"
    paths = f"  /a/{{the-id}}: {answer}\n  /a/{{the_id}}: {answer}\n".replace(
        "{get: {", "{parameters: [NAMED], get: {"
    )
    named = "{name: NAME, in: path, required: true, schema: {type: string}}"
    first, second = paths.splitlines()
    first = first.replace("NAMED", named.replace("NAME", "the-id"))
    second = second.replace("NAMED", named.replace("NAME", "the_id"))
    head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n"
    (tmp_path / "a.yaml").write_text(f"{head}{first}\n{second}\n")
    found = openapi.read(tmp_path / "a.yaml")
    assert {name: one.path for name, one in found.items()} == {
        "get_a_the_id": "/a/{the-id}",
        "get_a_the_id_2": "/a/{the_id}",
    }


def test_a_pattern_of_another_engine_is_left_out_and_noted(tmp_path: Path) -> None:
    text = FORM.replace("note: {type: string}", "note: {type: string, pattern: '^[\\p{L} ]*$', maxLength: 9}")
    (tmp_path / "a.yaml").write_text(text)
    source = read(tmp_path / "a.yaml")
    assert isinstance(source, RestSource)
    body = {"amount": 5, "note": "Zoë", "address": {"city": "Norrby"}}
    source.operations["charge"].check_request(body)
    with pytest.raises(Violation):
        source.operations["charge"].check_request({**body, "note": "much too long"})
    assert len(source.notes) == 1
    assert source.notes[0].startswith("a.yaml, line 17: the pattern")
