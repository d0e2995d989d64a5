"""Samples on the command line, and of JSON Schemas, record layouts and patterns: valid and repeatable."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from adapters.connection_spec import FOLDER
from adapters.contracts import cli, layout, openapi, wsdl
from adapters.samples import records, rest
from adapters.samples.json_schema import JsonSampler
from adapters.xsd.patterns import PatternError, example, to_python

PATTERNS = [
    "[0-9]{8}T[0-9]{4}",
    "[A-Z]{2,3}|x?y+",
    r"\d{3}-\d{2}",
    r"[\i-[:]][\c-[:]]*",
    r"(a|bc){2}",
    r"\p{L}{3}\p{Nd}",
    "[^a-z]{4}",
    r"\+[1-9][0-9]{6,14}",
    "",
    "[1-9][0-9]{3} ?[A-Z]{2}",
    r"[a-zA-Z0-9._%+\-]+@[a-z.]+",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_example_of_a_pattern_matches_it(pattern: str) -> None:
    schema = etree.XMLSchema(
        etree.fromstring(
            '<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema"><s:element name="e"><s:simpleType>'
            f'<s:restriction base="s:string"><s:pattern value="{pattern}"/></s:restriction>'
            "</s:simpleType></s:element></s:schema>"
        )
    )
    for seed in range(20):
        text = example(pattern, random.Random(seed))
        assert text == example(pattern, random.Random(seed))
        assert re.fullmatch(to_python(pattern), text)
        element = etree.Element("e")
        element.text = text
        assert schema.validate(element), (pattern, text)


@pytest.mark.parametrize("pattern", ["(a", "a)", "[a"])
def test_a_broken_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        example(pattern, random.Random(0))


SCHEMAS: list[Any] = [
    {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 5}}},
    {"type": "array", "items": {"enum": ["x", "y"]}, "minItems": 2, "uniqueItems": True},
    {
        "allOf": [{"$ref": "#/$defs/n"}, {"properties": {"b": {"const": 1}}, "required": ["b"]}],
        "$defs": {"n": {"type": "object", "required": ["s"], "properties": {"s": {"pattern": "^[A-Z]{3}$"}}}},
    },
    {"oneOf": [{"type": "null"}, {"type": "string", "format": "date", "maxLength": 10}]},
    {"type": "number", "exclusiveMinimum": 1, "multipleOf": 0.5},
    {"type": ["string", "null"], "minLength": 30},
    {"$ref": "#/$defs/t", "$defs": {"t": {"type": "object", "properties": {"c": {"$ref": "#/$defs/t"}}}}},
]


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("full", [False, True])
def test_json_samples_are_valid(schema: Any, full: bool) -> None:
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for seed in range(5):
        value = JsonSampler(validator, full=full, seed=seed).value()
        validator.validate(value)
        assert value == JsonSampler(validator, full=full, seed=seed).value()


@pytest.mark.parametrize("full", [False, True])
def test_every_operation_of_an_openapi_document(full: bool) -> None:
    for operation in openapi.read(FOLDER / "tax" / "tax.openapi.json").values():
        assert rest.request(operation, full=full).first.startswith(operation.method)
        for status in operation.answers:
            made = rest.reply(operation, status=str(status), full=full)
            assert made.first == str(status)


@pytest.mark.parametrize("kind", ["file", "acknowledgement"])
@pytest.mark.parametrize("full", [False, True])
def test_record_files_are_read_back(kind: str, full: bool) -> None:
    found = layout.read(FOLDER / "sia" / "sia.layout.toml")[kind]
    rows = found.read(records.file(found, full=full))
    codes = {record.code for record, _, _ in rows}
    most = {"K0", "K1", "R1", "T9"} if kind == "acknowledgement" else {"H0", "A1", "T9"}
    assert codes == most if full else len(codes) >= 2


def test_the_command_prints_what_the_contract_accepts(capsys: pytest.CaptureFixture[str]) -> None:
    source = FOLDER / "npr" / "npr.wsdl"
    contract = wsdl.read(source)
    schema = contract.schemas.compile()
    for operation in contract.operations.values():
        assert cli.main(["sample", str(source), operation.name]) == 0
        request, response = re.findall(
            r"<soap:Envelope.*?</soap:Envelope>", capsys.readouterr().out, re.DOTALL
        )
        for text, name in ((request, operation.request), (response, operation.reply)):
            (body,) = etree.fromstring(text).iterfind("{*}Body/*")
            assert body.tag == name
            schema.assertValid(body)
        for fault in operation.faults:
            local = fault.rpartition("}")[2]
            assert cli.main(["sample", str(source), operation.name, "--fault", local, "--response-only"]) == 0
            (detail,) = etree.fromstring(capsys.readouterr().out.partition("\n")[2]).iterfind(".//detail/*")
            assert detail.tag == fault
            schema.assertValid(detail)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sample", str(FOLDER / "npr" / "npr.wsdl"), "Nothing"], "there is: "),
        (["sample", str(FOLDER / "npr" / "nowhere.wsdl"), "X"], "does not exist"),
        (["sample", str(FOLDER / "npr" / "mapping.toml"), "X"], "no record layout"),
    ],
)
def test_what_cannot_be_sampled_is_said(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    assert said in capsys.readouterr().err


def test_an_xsd_is_sampled_by_element(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(FOLDER / "laa" / "laa.xsd")
    name = etree.parse(path).getroot().find("{*}element").get("name")
    assert cli.main(["sample", str(path), name]) == 0
    first = capsys.readouterr().out
    assert cli.main(["sample", str(path), name, "--seed", "0"]) == 0
    assert capsys.readouterr().out == first


DISCRIMINATED = """openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /pets:
    post:
      operationId: add
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses:
        '409': {description: there, content: {application/json: {schema: {$ref: '#/components/schemas/Why'}}}}
components:
  schemas:
    Pet:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator: {propertyName: kind}
    Cat: {type: object, required: [kind, lives], properties: {kind: {type: string}, lives: {type: integer}}}
    Dog: {type: object, required: [kind, bark], properties: {kind: {type: string}, bark: {type: string}}}
    Why:
      oneOf:
        - {type: object, properties: {b: {type: string, maxLength: 5}}}
        - {type: object, properties: {b: {type: integer}, c: {type: string}}}
"""


@pytest.mark.parametrize("full", [False, True])
def test_alternatives_that_a_discriminator_or_chance_tells_apart(tmp_path: Path, full: bool) -> None:
    (tmp_path / "a.yaml").write_text(DISCRIMINATED)
    operation = openapi.read(tmp_path / "a.yaml")["add"]
    kinds = set()
    for seed in range(10):
        body = rest.request(operation, full=full, seed=seed).body
        operation.check_request(body)
        kinds.add(body["kind"])
    assert kinds == {"Cat", "Dog"}
    answer = rest.reply(operation, full=full)
    assert answer.first == "409"  # nothing better is promised
