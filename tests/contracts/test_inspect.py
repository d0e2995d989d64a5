"""`onestop contract inspect`: what people and programs are told of each kind of contract."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.connection_spec import FOLDER
from adapters.contracts.cli import main
from tests.contracts.writing import (
    ELEMENTS,
    MESSAGES,
    PORT_TYPE,
    binding,
    bound,
    definitions,
    message,
    operation,
    schema,
    service,
    write,
)

TYPES = schema(
    '<xs:simpleType name="Sex"><xs:restriction base="xs:string"><xs:enumeration value="M"><xs:annotation>'
    "<xs:documentation>\n  Male </xs:documentation></xs:annotation></xs:enumeration>"
    '<xs:enumeration value="F"><xs:annotation><xs:documentation>Female</xs:documentation></xs:annotation>'
    "</xs:enumeration></xs:restriction></xs:simpleType>"
    '<xs:complexType name="Person"><xs:sequence><xs:element name="Name"><xs:simpleType><xs:restriction base="xs:string">'
    '<xs:minLength value="1"/><xs:maxLength value="40"/></xs:restriction></xs:simpleType></xs:element>'
    '<xs:element name="Sex" type="o:Sex"/><xs:element name="Born" type="xs:date" minOccurs="0" nillable="true"/>'
    '<xs:choice><xs:element name="Phone" type="xs:string"/><xs:element name="Mail" type="xs:string"/></xs:choice>'
    '<xs:element name="Child" type="o:Person" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>'
    '<xs:attribute name="id" type="xs:int" use="required"/></xs:complexType>'
    '<xs:element name="Ask" type="o:Person"/><xs:element name="Answer" type="xs:int"/>'
    '<xs:element name="Wrong" type="xs:string"/><xs:element name="Key" type="xs:string"/>',
    "urn:t",
)


def inspected(capsys: Any, *arguments: str) -> Any:
    assert main(["inspect", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: Any, *arguments: str) -> str:
    assert main(["inspect", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return str(captured.err)


def service_of(folder: Path) -> str:
    head = '<soap:header message="t:Head" part="key" use="literal"/>'
    text = MESSAGES + message("Head", "key element=t:Key") + message("Bad", "f element=t:Wrong")
    text += f'<portType name="P">{operation("Get", "In", "Out", more=FAULT)}</portType>'
    text += binding("B", "P", bound("Get", more=head)) + service(a="B")
    write(folder, a_wsdl=definitions(text, TYPES))
    return str(folder / "a.wsdl")


FAULT = '<fault name="Bad" message="t:Bad"/>'


def test_a_wsdl_lists_fields_types_codes_headers_and_faults(tmp_path: Path, capsys: Any) -> None:
    found = inspected(capsys, service_of(tmp_path), "--all")
    (get,) = found["operations"]
    assert (get["soap_version"], get["style"], get["action"]) == ("1.1", "document/literal", "urn:t:Get")
    assert [one["title"] for one in get["messages"]] == ["request header", "request", "answer", "fault"]
    fields = {one["path"]: one for one in get["messages"][1]["fields"]}
    assert fields["Name"]["type"] == "string, 1 to 40 characters"
    assert fields["Sex"]["codes"] == [{"value": "M", "label": "Male"}, {"value": "F", "label": "Female"}]
    assert fields["Born"] == {
        "path": "Born",
        "type": "date",
        "required": False,
        "min": 0,
        "max": 1,
        "nillable": True,
    }
    assert fields["@id"]["required"]
    assert fields["@id"]["type"] == "int"
    assert fields["(choice)"]["note"] == "one of: Phone, Mail"
    assert not fields["Phone"]["required"]
    assert fields["Child"]["max"] is None
    assert "recursive" in fields["Child"]["note"]


def test_required_fields_alone_are_the_default_and_readable(tmp_path: Path, capsys: Any) -> None:
    assert main(["inspect", service_of(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "Get  SOAP 1.1  document/literal" in shown
    assert "Female" in shown
    assert "Born" not in shown
    assert "4 optional" in shown


def test_one_operation_can_be_asked_for(tmp_path: Path, capsys: Any) -> None:
    path = service_of(tmp_path)
    assert len(inspected(capsys, path, "Get")["operations"]) == 1
    assert "no operation 'Put'; it has: Get" in refused(capsys, path, "Put")


def test_what_is_not_soap_is_listed_as_not_read(tmp_path: Path, capsys: Any) -> None:
    web = '<binding name="W" type="t:P"><http:binding verb="POST"/><operation name="Get"/></binding>'
    write(tmp_path, a_wsdl=definitions(MESSAGES + PORT_TYPE + web, ELEMENTS))
    found = inspected(capsys, str(tmp_path / "a.wsdl"))
    assert found["operations"] == []
    assert "HTTP POST" in found["skipped"][0]["reason"]
    assert main(["inspect", str(tmp_path / "a.wsdl")]) == 0
    assert "Not read" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "kind", "name"),
    [
        ("npr/npr.wsdl", "WSDL", "GetHousehold"),
        ("vdr/vdr.wsdl", "WSDL", "ChangeKeeperAddress"),
        ("laa/laa.xsd", "XSD", "FindAddress"),
        ("tax/tax.openapi.json", "OpenAPI", "getTaxpayer"),
        ("sia/sia.layout.toml", "record layout", "file"),
    ],
)
def test_each_kind_of_contract_is_listed(capsys: Any, file: str, kind: str, name: str) -> None:
    found = inspected(capsys, str(FOLDER / file))
    assert found["kind"] == kind
    assert any(
        field["required"]
        for one in found["operations"]
        if one["name"] == name
        for message in one["messages"]
        for field in message["fields"]
    )


GARBAGE = [
    b"",
    b"\x00\x01\x02",
    b"\xff\xfe",
    b"{",
    b"[" * 100_000,
    b'{"openapi": "3.1.0"}',
    b'{"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"200": {"$ref": "#/nowhere"}}}}}}',
    b"<a>" * 100_000,
    b"<definitions",
    b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
    b"\x1f\x8b\x08\x00garbage",
    b"file = 3",
    b"[file]\nencoding = 1",
    b"a: &a [*a, *a]",
    b"- \xc3\x28",
]


@pytest.mark.parametrize("ending", ["wsdl", "xsd", "json", "yaml", "yml", "toml", "txt"])
@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_with_the_file_and_a_reason(
    tmp_path: Path, capsys: Any, ending: str, body: bytes
) -> None:
    (tmp_path / f"a.{ending}").write_bytes(body)
    assert f"a.{ending}" in refused(capsys, str(tmp_path / f"a.{ending}"))


@pytest.mark.parametrize(
    "source", ["absent.wsdl", ".", "http://127.0.0.1:9/a?wsdl", "file:///etc/passwd", "", "x" * 5000]
)
def test_sources_that_are_none_are_refused(capsys: Any, source: str) -> None:
    assert refused(capsys, source).startswith("refused: ")


@pytest.mark.parametrize("source", ["http://[bad/a?wsdl", "http://a:x/b", "ftp://a/b", "//a/b", "http://"])
def test_addresses_that_are_none_are_refused(capsys: Any, source: str) -> None:
    assert refused(capsys, source, "--fetch").startswith("refused: ")


def test_private_addresses_are_refused_unless_allowed(capsys: Any) -> None:
    assert "private" in refused(capsys, "http://127.0.0.1:9/a?wsdl", "--fetch")
    assert "private" not in refused(capsys, "http://127.0.0.1:9/a?wsdl", "--fetch", "--allow-private")
