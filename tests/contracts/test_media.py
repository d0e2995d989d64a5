"""Bodies that are not JSON: read from the contract, there and back, and as others write and read them."""

import json
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser
from lxml import etree

from adapters.contracts import openapi
from adapters.contracts.media.content import Content
from adapters.contracts.openapi import RestOperation
from adapters.contracts.violation import Violation
from adapters.samples import rest
from adapters.samples.json_schema import JsonSampler
from tests.contracts.media_contract import NEW, OLD
from tests.contracts.writing import write

PLAN = b"%PDF-1.7\r\n--\x00\xff\r\n"
APPLICATION = {
    "person": "Zoë & Co",
    "rooms": 3,
    "plan": b64encode(PLAN).decode(),
    "photos": [b64encode(b"one").decode(), b64encode(b"two").decode()],
    "tags": ["a", "b"],
    "where": {"city": "Norrby"},
}


@pytest.fixture(params=[OLD, NEW], ids=["3.0", "3.1"])
def operations(request: Any, tmp_path: Path) -> dict[str, RestOperation]:
    return openapi.read(write(tmp_path, a_yaml=request.param) / "a.yaml")


def sent(operation: RestOperation) -> Content:
    assert operation.content is not None
    return operation.content


def read(content: Content, content_type: str, body: bytes) -> Any:
    return content.read(content_type, body)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", ["apply", "sign", "report", "note", "store"])
def test_every_sample_comes_back_as_it_was(
    operations: dict[str, RestOperation], name: str, full: bool
) -> None:
    for seed in range(5):
        content = sent(operations[name])
        value = JsonSampler(content.validator, full=full, seed=seed).value()
        content.check(value)
        assert content.read(*content.write(value)) == value


def test_a_form_of_parts_is_read_by_django(operations: dict[str, RestOperation]) -> None:
    content = sent(operations["apply"])
    content.check(APPLICATION)
    kind, body = content.write(APPLICATION)
    meta = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": len(body)}
    handlers = __import__("django.core.files.uploadhandler", fromlist=["x"]).MemoryFileUploadHandler
    handler = handlers()
    handler.activated = True
    fields, files = MultiPartParser(meta, BytesIO(body), [handler]).parse()
    assert isinstance(fields, QueryDict)
    assert fields.getlist("tags") == ["a", "b"]
    assert (fields["person"], fields["rooms"]) == ("Zoë & Co", "3")
    assert json.loads(fields["where"]) == {"city": "Norrby"}
    assert files["plan"].read() == PLAN
    assert files["plan"].content_type == "application/pdf"
    assert files["plan"].name == "plan.pdf"
    assert [one.read() for one in files.getlist("photos")] == [b"one", b"two"]


def test_a_form_of_parts_as_another_client_writes_it(operations: dict[str, RestOperation]) -> None:
    fields = [("person", "Zoë & Co"), ("rooms", "3"), ("tags", "a"), ("tags", "b")]
    parts = [
        ("plan", ("my plan.pdf", PLAN, "application/pdf")),
        ("photos", ("1.png", b"one", "image/png")),
        ("photos", ("2.png", b"two", "image/png")),
        ("where", (None, '{"city": "Norrby"}', "application/json")),
    ]
    request = requests.Request("POST", "http://x/", data=fields, files=parts).prepare()
    assert isinstance(request.body, bytes)
    assert read(sent(operations["apply"]), request.headers["Content-Type"], request.body) == APPLICATION


PERSON = {
    "number": 7,
    "name": "Å",
    "isHere": True,
    "nick": ["x", "y"],
    "home": [{"city": "N", "no": 1}, {"city": "M"}],
}
PERSON_XML = """<p:person xmlns:p="urn:people" number="7"><p:name>Å</p:name><here>true</here><nickname>x</nickname>
<nickname>y</nickname><homes><home><city>N</city><no>1</no></home><home><city>M</city></home></homes></p:person>"""


def test_xml_by_its_hints(operations: dict[str, RestOperation]) -> None:
    content = sent(operations["report"])
    content.check(PERSON)
    kind, body = content.write(PERSON)
    assert kind == "application/xml; charset=utf-8"
    mine, theirs = etree.fromstring(body), etree.fromstring(PERSON_XML.replace("\n", ""))
    assert etree.tostring(mine, method="c14n2") == etree.tostring(theirs, method="c14n2")
    assert read(content, "application/xml", PERSON_XML.encode()) == PERSON
    unqualified = PERSON_XML.replace("<p:person xmlns:p", "<person xmlns").replace("p:", "")
    assert read(content, "application/xml", unqualified.encode()) == PERSON


@pytest.mark.parametrize(
    ("wrong", "reason", "line"),
    [
        ('<person number="7"><name>A</name></person>', "root element", 1),
        (
            '<p:person xmlns:p="urn:people" number="x">\n<p:name>A</p:name></p:person>',
            "'x' is not of type",
            1,
        ),
        ('<p:person xmlns:p="urn:people" number="7"/>', "'name' is a required", 1),
        ('<p:person xmlns:p="urn:people" number="7"><name>A</name></p:person>', "namespace|required", 1),
        (
            '<p:person xmlns:p="urn:people" number="7"><p:name>A</p:name>\n<homes>\n<home/></homes></p:person>',
            "city",
            3,
        ),
        ("<!DOCTYPE p><p/>", "document type", 1),
        ("<p", "not well-formed", 1),
    ],
)
def test_wrong_xml_is_refused_at_its_line(
    operations: dict[str, RestOperation], wrong: str, reason: str, line: int
) -> None:
    with pytest.raises(Violation, match=reason) as caught:
        read(sent(operations["report"]), "text/xml", wrong.encode())
    assert caught.value.line == line


# the examples of OpenAPI 3.1.1, 4.8.26.2
ARRAYS = [
    ("{type: array, items: {type: string, xml: {name: animal}}}", "<animal>a</animal><animal>b</animal>"),
    (
        "{type: array, items: {type: string, xml: {name: animal}}, xml: {name: aliens}}",
        "<animal>a</animal><animal>b</animal>",
    ),
    (
        "{type: array, items: {type: string}, xml: {wrapped: true}}",
        "<animals><animals>a</animals><animals>b</animals></animals>",
    ),
    (
        "{type: array, items: {type: string, xml: {name: animal}}, xml: {name: aliens, wrapped: true}}",
        "<aliens><animal>a</animal><animal>b</animal></aliens>",
    ),
    (
        "{type: array, items: {type: string}, xml: {name: aliens, wrapped: true}}",
        "<aliens><aliens>a</aliens><aliens>b</aliens></aliens>",
    ),
]


@pytest.mark.parametrize(("schema", "inside"), ARRAYS)
def test_arrays_as_the_standard_has_them(tmp_path: Path, schema: str, inside: str) -> None:
    text = f"""
openapi: 3.1.0
paths: {{/a: {{post: {{operationId: a, responses: {{}}, requestBody: {{content: {{application/xml: {{schema:
  {{type: object, xml: {{name: zoo}}, properties: {{animals: {schema}}}}}}}}}}}}}}}}}
"""
    content = sent(openapi.read(write(tmp_path, a_yaml=text) / "a.yaml")["a"])
    _, body = content.write({"animals": ["a", "b"]})
    assert body.decode().partition("?>")[2].strip() == f"<zoo>{inside}</zoo>"
    assert read(content, "application/xml", body) == {"animals": ["a", "b"]}


def test_answers_are_checked_by_type(operations: dict[str, RestOperation]) -> None:
    receipt = {"X-Receipt": "12"}
    apply, note = operations["apply"], operations["note"]
    assert apply.read(201, receipt, "application/json", b'{"number": "1"}') == {"number": "1"}
    for headers, reason in (({}, "no header X-Receipt"), ({"x-receipt": "twelve"}, "X-Receipt is wrong")):
        with pytest.raises(Violation, match=reason):
            apply.read(201, headers, "application/json", b'{"number": "1"}')
    assert note.read(200, {}, "text/plain; charset=iso-8859-1", b"12") == 12
    for kind, body, reason in (
        ("text/plain", b"twelve", "not of type 'integer'"),
        ("text/plain", b"\xff", "not UTF-8"),
        ("text/plain; charset=klingon", b"1", "not known"),
        ("text/html", b"<html>", "text/html, not text/plain"),
        ("", b"1", "of no type"),
    ):
        with pytest.raises(Violation, match=reason):
            note.read(200, {}, kind, body)
    assert operations["fetch"].read(200, {}, "application/pdf", PLAN) == b64encode(PLAN).decode()
    assert operations["sign"].read(207, {}, "application/x-www-form-urlencoded", b"number=5") == {"number": 5}
    assert operations["report"].read(299, {}, "application/xml", PERSON_XML.encode()) == PERSON
    assert operations["store"].read(204, {}, "", b"") is None


def test_broken_forms_are_refused(operations: dict[str, RestOperation]) -> None:
    content = sent(operations["apply"])
    kind, body = content.write(APPLICATION)
    for wrong_kind, wrong, reason in (
        ("multipart/form-data", body, "no boundary"),
        (kind, body[:-8], "does not end"),
        (kind, body.replace(b'name="person"', b""), "has no name"),
        (kind, body.replace(b"Norrby", b'"'), "not JSON"),
    ):
        with pytest.raises(Violation, match=reason):
            read(content, wrong_kind, wrong)
    with pytest.raises(Violation, match="not base64"):
        content.write(APPLICATION | {"plan": "no base64!"})


def test_a_quote_in_a_name_stays_in_its_place(tmp_path: Path) -> None:
    text = """
openapi: 3.1.0
paths: {/a: {post: {operationId: a, responses: {}, requestBody: {content: {multipart/form-data: {schema:
  {type: object, properties: {'a"; filename="x': {type: string}}}}}}}}}
"""
    content = sent(openapi.read(write(tmp_path, a_yaml=text) / "a.yaml")["a"])
    value = {'a"; filename="x': "1"}
    assert read(content, *content.write(value)) == value


def test_samples_show_what_travels(operations: dict[str, RestOperation]) -> None:
    text = rest.request(operations["apply"], full=True).as_text()
    assert (
        'Content-Disposition: form-data; name="plan"; filename="plan.pdf"\nContent-Type: application/pdf'
        in text
    )
    assert "<p:person xmlns:p" in rest.request(operations["report"]).as_text()
    assert rest.reply(operations["apply"]).headers.keys() == {"X-Receipt", "Content-Type"}
    assert (
        rest.reply(operations["sign"])
        .as_text()
        .endswith("number=" + str(rest.reply(operations["sign"]).body["number"]))
    )
