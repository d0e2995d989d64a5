"""An OpenAPI contract of several folders becomes one file, read alone to the same operations."""

import json
from pathlib import Path

import pytest

from adapters.contracts import cli, openapi
from adapters.contracts.access import Access
from adapters.contracts.violation import Violation

ROOT = """openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /people: {$ref: '../paths/people.yaml'}
components:
  schemas:
    Name: {type: string, maxLength: 5}
"""
PEOPLE = """post:
  operationId: add
  requestBody: {content: {application/json: {schema: {$ref: '../schemas/person.json#/Person'}}}}
  responses: {'204': {description: done}}
"""
PERSON = {
    "Person": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"$ref": "../api/api.yaml#/components/schemas/Name"},
            "child": {"$ref": "#/Person"},
        },
    }
}


def folder(tmp_path: Path) -> Path:
    for name, text in (("api/api.yaml", ROOT), ("paths/people.yaml", PEOPLE)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "person.json").write_text(json.dumps(PERSON))
    return tmp_path


def test_a_contract_of_sibling_folders_is_closed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = folder(tmp_path)
    made = tmp_path / "alone" / "people.openapi.json"
    made.parent.mkdir()
    argv = ["bundle", str(root / "api" / "api.yaml"), str(made), "--root", str(root)]
    assert cli.main(argv) == 0
    assert "1 operations or messages, 3 files" in capsys.readouterr().out
    alone = openapi.read(made)["add"]
    whole = openapi.read(root / "api" / "api.yaml", Access(root))["add"]
    for operation in (alone, whole):
        operation.check_request({"name": "Maria", "child": {"name": "Jan"}})
        with pytest.raises(Violation) as caught:
            operation.check_request({"name": "Maria", "child": {"name": "Johannes"}})
        assert caught.value.path == "child/name"
    sources = json.loads(made.read_text())["x-sources"]
    assert sorted(sources) == ["api/api.yaml", "paths/people.yaml", "schemas/person.json"]


def test_what_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = folder(tmp_path)
    (root / "schemas" / "person.json").unlink()
    made = tmp_path / "people.openapi.json"
    assert cli.main(["bundle", str(root / "api" / "api.yaml"), str(made), "--root", str(root)]) == 2
    error = capsys.readouterr().err
    assert f"paths/people.yaml, line 3: refers to {root / 'schemas' / 'person.json'}" in error
    assert not made.exists()


def test_a_bundle_is_named_for_what_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = folder(tmp_path)
    argv = ["bundle", str(root / "api" / "api.yaml"), str(tmp_path / "a.json"), "--root", str(root)]
    assert cli.main(argv) == 2
    assert ".openapi.json" in capsys.readouterr().err
