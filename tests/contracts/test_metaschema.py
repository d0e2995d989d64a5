"""Our one meta-schema refuses what the published one refuses, in the same words."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from adapters.contracts import openapi
from adapters.contracts.metaschema import insist_on_schema
from bench.large_openapi import document
from tests.contracts.writing import write

BROKEN: list[Any] = [
    {"properties": {"a": {"type": "strin"}}},
    {"required": "x"},
    {"minimum": "1"},
    {"items": [1]},
    {"allOf": []},
    {"anyOf": [{"maxLength": -1}]},
    {"$defs": {"a": {"if": 3}}},
    {"$ref": 3},
    {"pattern": "("},
    {"dependentRequired": {"a": "b"}},
    7,
]


@pytest.mark.parametrize("schema", BROKEN, ids=str)
def test_what_is_no_schema_is_refused_as_it_is_elsewhere(schema: Any) -> None:
    with pytest.raises(SchemaError) as theirs:
        Draft202012Validator.check_schema(schema)
    with pytest.raises(SchemaError) as ours:
        insist_on_schema(schema)
    assert ours.value.message == theirs.value.message
    assert ours.value.absolute_path == theirs.value.absolute_path


@pytest.mark.parametrize("schema", [True, {}, {"properties": {"$dynamicRef": {"type": ["string", "null"]}}}])
def test_schemas_are_taken(schema: Any) -> None:
    insist_on_schema(schema)


def test_a_large_document_is_read_whole(tmp_path: Any) -> None:
    write(tmp_path, large_json=json.dumps(document(40)))
    found = openapi.read(tmp_path / "large.json")
    assert len(found) == 40
    assert found["postKind0"].body is not None
    assert not found["postKind0"].body.is_valid({"spec": {"type": 1}})
