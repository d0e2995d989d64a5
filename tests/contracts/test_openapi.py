"""OpenAPI 3.0 and 3.1, JSON and YAML: what is read, what is checked, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.contracts import openapi
from adapters.contracts.access import Access
from adapters.contracts.openapi import RestOperation, required_paths
from adapters.contracts.violation import ContractUnreadable, Violation
from tests.contracts.writing import write

PETS = """
openapi: {version}
info: {{title: t, version: "1"}}
paths:
  /people/{{id}}:
    parameters:
      - {{name: id, in: path, required: true, schema: {{type: integer}}}}
    get:
      parameters:
        - {{name: tag, in: query, schema: {{type: array, items: {{type: string}}}}}}
        - {{name: since, in: query, required: true, schema: {{type: string, format: date}}}}
        - {{$ref: '#/components/parameters/Trace'}}
      responses:
        200: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Person'}}}}}}}}
        4XX: {{$ref: '#/components/responses/Problem'}}
        default: {{description: else}}
    put:
      operationId: putPerson
      requestBody:
        content:
          application/json: {{schema: {{$ref: '#/components/schemas/Person'}}}}
          application/xml: {{schema: {{}}}}
      responses: {{'204': {{description: done}}}}
components:
  parameters:
    Trace: {{name: X-Trace, in: header, schema: {{type: string}}}}
  responses:
    Problem: {{content: {{application/problem+json: {{schema: {{type: object, required: [title]}}}}}}}}
  schemas:
    Person:
      type: object
      required: [number, name, secret, address]
      properties:
        number: {{type: integer, readOnly: true}}
        secret: {{type: string, writeOnly: true}}
        name: {{type: string, minLength: 1}}
        born: {born}
        age: {age}
        address: {{$ref: '#/components/schemas/Address'}}
        parent: {{$ref: '#/components/schemas/Person'}}
    Address:
      allOf:
        - {{type: object, required: [street], properties: {{street: {{type: string}}}}}}
        - {{type: object, required: [city], properties: {{city: {{type: string}}}}}}
"""
OLD = PETS.format(
    version="3.0.3",
    born="{type: string, format: date, nullable: true}",
    age="{type: integer, minimum: 0, exclusiveMinimum: true}",
)
NEW = PETS.format(
    version="3.1.0",
    born="{type: [string, 'null'], format: date}",
    age="{type: integer, exclusiveMinimum: 0}",
)
SENT = {"name": "A", "secret": "s", "address": {"street": "S", "city": "C"}, "born": None}


@pytest.fixture(params=[OLD, NEW], ids=["3.0", "3.1"])
def operations(request: Any, tmp_path: Path) -> dict[str, RestOperation]:
    return openapi.read(write(tmp_path, a_yaml=request.param) / "a.yaml")


def test_operations_without_a_name_get_one(operations: dict[str, RestOperation]) -> None:
    assert list(operations) == ["get_people_id", "putPerson"]


def test_parameters_are_checked_and_written(operations: dict[str, RestOperation]) -> None:
    get = operations["get_people_id"]
    assert get.url({"id": "7", "since": "2026-01-01", "tag": ["a b", "c"]}) == (
        "/people/7?tag=a%20b&tag=c&since=2026-01-01"
    )
    assert get.url({"id": 7, "since": "2026-01-01"}) == "/people/7?since=2026-01-01"
    assert list(get.headers) == ["X-Trace"]
    for wrong in ({"id": "x", "since": "2026-01-01"}, {"id": "7"}, {"id": "7", "since": "yesterday"}):
        with pytest.raises(Violation):
            get.url(wrong)


def test_bodies_are_checked_as_requests(operations: dict[str, RestOperation]) -> None:
    put = operations["putPerson"]
    put.check_request(SENT)
    put.check_request(SENT | {"age": 1, "parent": SENT})
    for wrong in ({"age": 0}, {"born": "soon"}, {"address": {"street": "S"}}, {"parent": {}}, {"name": ""}):
        with pytest.raises(Violation):
            put.check_request(SENT | wrong)
    with pytest.raises(Violation) as caught:
        put.check_request({"name": "A", "address": {"street": "S", "city": "C"}})
    assert caught.value.path == "secret"
    assert put.media_types == ("application/json", "application/xml")


def test_required_members_follow_references(operations: dict[str, RestOperation]) -> None:
    assert set(required_paths(operations["putPerson"].content)) == {
        "name",
        "secret",
        "address/street",
        "address/city",
    }


def test_answers_by_status_range_and_default(operations: dict[str, RestOperation]) -> None:
    get = operations["get_people_id"]
    answered = {"number": 1, "name": "A", "address": SENT["address"]}
    assert get.read(200, {}, "application/json", json.dumps(answered).encode()) == answered
    with pytest.raises(Violation):
        get.read(200, {}, "application/json", json.dumps(SENT).encode())  # number is missing
    assert get.read(404, {}, "application/problem+json", b'{"title": "t"}') == {"title": "t"}
    with pytest.raises(Violation):
        get.read(404, {}, "application/problem+json", b"{}")
    assert get.read(500, {}, "", b"") is None
    with pytest.raises(Violation):
        operations["putPerson"].read(500, {}, "", b"")


def document(path_item: Any, version: str = "3.0.3", **components: Any) -> str:
    found = {"openapi": version, "paths": {"/a": path_item}, "components": components}
    return json.dumps(found, indent=1)


def body(schema: Any) -> Any:
    return {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}, "responses": {}}}


def test_a_discriminator_chooses(tmp_path: Path) -> None:
    shapes = {
        "Cat": {"type": "object", "required": ["kind", "lives"], "properties": {"kind": {"type": "string"}}},
        "Dog": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}},
    }
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in shapes]
    chosen = {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}
    text = document(body({"oneOf": refs, "discriminator": chosen}), schemas=shapes)
    post = openapi.read(write(tmp_path, a_json=text) / "a.json")["post_a"]
    post.check_request({"kind": "cat", "lives": 9})
    post.check_request({"kind": "Dog", "lives": 9})  # would match both by oneOf alone
    for wrong in ({"kind": "cat"}, {"kind": "cow"}, {"lives": 9}):
        with pytest.raises(Violation):
            post.check_request(wrong)


def test_nullable_enumerations_and_references(tmp_path: Path) -> None:
    members = {
        "code": {"type": "string", "enum": ["a"], "nullable": True},
        "other": {"allOf": [{"$ref": "#/components/schemas/Code"}], "nullable": True},
        "plain": {
            "$ref": "#/components/schemas/Code",
            "nullable": True,
            "description": "siblings do not count",
        },
    }
    code = {"type": "string", "enum": ["a"]}
    text = document(body({"type": "object", "properties": members}), schemas={"Code": code})
    post = openapi.read(write(tmp_path, a_json=text) / "a.json")["post_a"]
    post.check_request({"code": None, "other": None})
    with pytest.raises(Violation):
        post.check_request({"plain": None})


def test_references_to_other_files_of_the_folder(tmp_path: Path) -> None:
    write(
        tmp_path,
        api__a_json=document(body({"$ref": "../types/t.yaml#/Person"})),
        types__t_yaml="Person: {type: object, required: [a], properties: {a: {$ref: 'u.json'}}}",
        types__u_json='{"type": "integer"}',
    )
    with pytest.raises(ContractUnreadable, match="--root"):
        openapi.read(tmp_path / "api" / "a.json")
    post = openapi.read(tmp_path / "api" / "a.json", Access(tmp_path))["post_a"]
    post.check_request({"a": 1})
    with pytest.raises(Violation):
        post.check_request({"a": "x"})


STYLED = [
    ("path", {"style": "simple"}, [1, 2], "/a/1,2"),
    ("path", {"style": "label"}, [1, 2], "/a/.1,2"),
    ("path", {"style": "label", "explode": True}, [1, 2], "/a/.1.2"),
    ("path", {"style": "matrix"}, [1, 2], "/a/;p=1,2"),
    ("path", {"style": "matrix", "explode": True}, [1, 2], "/a/;p=1;p=2"),
    ("path", {"style": "simple", "explode": True}, {"x": 1, "y": 2}, "/a/x=1,y=2"),
    ("path", {"style": "simple"}, {"x": 1, "y": 2}, "/a/x,1,y,2"),
    ("path", {}, "a/b?c", "/a/a%2Fb%3Fc"),
    ("query", {}, [1, 2], "/a?p=1&p=2"),
    ("query", {"explode": False}, [1, 2], "/a?p=1,2"),
    ("query", {"style": "spaceDelimited", "explode": False}, [1, 2], "/a?p=1%202"),
    ("query", {"style": "pipeDelimited", "explode": False}, [1, 2], "/a?p=1%7C2"),
    ("query", {"style": "deepObject", "explode": True}, {"x": 1}, "/a?p[x]=1"),
    ("query", {}, {"x": 1, "y": True}, "/a?x=1&y=true"),
    ("query", {}, "a&b", "/a?p=a%26b"),
]


@pytest.mark.parametrize(("place", "style", "value", "url"), STYLED)
def test_styles_of_parameters(tmp_path: Path, place: str, style: Any, value: Any, url: str) -> None:
    parameter = {"name": "p", "in": place, "required": True, "schema": {}} | style
    path = "/a/{p}" if place == "path" else "/a"
    item = {"get": {"operationId": "o", "parameters": [parameter], "responses": {}}}
    text = json.dumps({"openapi": "3.1.0", "paths": {path: item}})
    assert openapi.read(write(tmp_path, a_json=text) / "a.json")["o"].url({"p": value}) == url


GET: dict[str, Any] = {"get": {"operationId": "o", "responses": {}}}
REFUSED = {
    "Swagger 2.0": '{"swagger": "2.0"}',
    "not an OpenAPI": '{"openapi": "4.0.0"}',
    "no paths": '{"openapi": "3.0.0"}',
    "not there": document(body({"$ref": "#/components/schemas/No"})),
    "is no schema": document(body({"type": "strange"})),
    "circle": document({"$ref": "#/paths/~1a"}),
    "must be an object": document({"get": 3}),
    "no parameter declares": json.dumps({"openapi": "3.0.0", "paths": {"/a/{id}": GET}}, indent=1),
    "a parameter must have": document({"get": {"parameters": [{"in": "body"}], "responses": {}}}),
    "only files and http": document(body({"$ref": "file:///etc/passwd"})),
    "--fetch": document(body({"$ref": "http://127.0.0.1:9/x.json"})),
    "outside": document(body({"$ref": "../x.json"})),
    "not JSON": '{"openapi": "3.0.0",\n',
    "NaN": '{"openapi": "3.0.0", "x": NaN}',
    "not YAML": "openapi: 3.0.0\npaths: [\n",
    "stands there twice": "openapi: 3.0.0\npaths: {}\npaths: {}\n",
    "unfolds": "a: &a [x]\n"
    + "".join(
        f"{c}: &{c} [{', '.join([f'*{p}'] * 10)}]\n" for p, c in zip("abcdefg", "bcdefgh", strict=True)
    ),
    "could not determine": "openapi: !!python/object/apply:os.system ['true']\n",
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_cannot_be_read_is_refused_with_file_and_line(tmp_path: Path, reason: str) -> None:
    (tmp_path / "x.json").write_text("{}")
    folder = write(tmp_path / "contract", a_json=REFUSED[reason])
    with pytest.raises(ContractUnreadable, match=r"a\.json, line \d+: .*" + reason):
        openapi.read(folder / "a.json")


def test_lines_of_yaml_are_found(tmp_path: Path) -> None:
    text = OLD.replace("name: {type: string, minLength: 1}", "name: {type: nonsense}")
    with pytest.raises(ContractUnreadable) as caught:
        openapi.read(write(tmp_path, a_yaml=text) / "a.yaml")
    assert "type: nonsense" in text.splitlines()[caught.value.line - 1]


def test_yaml_is_read_as_json_is(tmp_path: Path) -> None:
    text = "openapi: 3.1.0\npaths:\n  /a:\n    post:\n      operationId: no\n      responses: {}\n      requestBody:\n"
    text += (
        "        content: {application/json: {schema: {enum: [no, 2026-01-01, 0x1, '1', 1.5, null, true]}}}\n"
    )
    post = openapi.read(write(tmp_path, a_yml=text) / "a.yml")["no"]
    for value in ("no", "2026-01-01", "0x1", "1", 1.5, None, True):
        post.check_request(value)
    with pytest.raises(Violation):
        post.check_request(False)


def test_a_document_that_is_cut_anywhere_is_refused_or_read(tmp_path: Path) -> None:
    whole = document(body({"type": "object"}))
    for end in range(0, len(whole) - 1, 5):
        with pytest.raises(ContractUnreadable, match=r"a\.json, line \d+"):
            openapi.read(write(tmp_path, a_json=whole[:end]) / "a.json")
