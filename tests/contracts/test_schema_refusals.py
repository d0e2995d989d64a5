"""Schemas that lead outside, break the standard or are none: refused with file, line and reason."""

from pathlib import Path

import pytest

from adapters.contracts.access import Access
from adapters.contracts.schemas import SchemaSet
from tests.contracts.test_schema_sets import refusal, valid
from tests.contracts.writing import schema, write


@pytest.mark.parametrize(
    "location",
    [
        "../outside.xsd",
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.xsd",
        "//127.0.0.1/x.xsd",
        "ftp://agency.example/x.xsd",
        "/etc/hostname",
        "absent.xsd",
        "",
        "x" * 5000,
        "..",
        ".",
    ],
)
@pytest.mark.parametrize("kind", ["include", "import", "redefine"])
def test_a105_references_outside_are_refused_with_the_line(tmp_path: Path, location: str, kind: str) -> None:
    (tmp_path / "outside.xsd").write_text(schema(""))
    space = 'namespace="urn:x" ' if kind == "import" else ""
    body = f'\n<xs:{kind} {space}schemaLocation="{location}"/>\n<xs:element name="a" xmlns:x="urn:x" type="x:T"/>'
    write(tmp_path / "contract", a_xsd=schema(body, "urn:o"))
    assert "a.xsd, line " in refusal(tmp_path / "contract")


def test_a_wider_root_lets_references_lead_upwards(tmp_path: Path) -> None:
    write(
        tmp_path,
        service__a_xsd=schema(
            '<xs:include schemaLocation="../b.xsd"/><xs:element name="a" type="o:T"/>', "urn:o"
        ),
        b_xsd=schema('<xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType>', "urn:o"),
    )
    assert "--root" in refusal(tmp_path / "service")
    schemas = SchemaSet(tmp_path, Access(tmp_path))
    schemas.add_file(tmp_path / "service" / "a.xsd")
    assert valid(schemas, '<a xmlns="urn:o">1</a>')


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.xsd").write_text(schema(""))
    folder = write(tmp_path / "contract", a_xsd=schema('<xs:include schemaLocation="b.xsd"/>'))
    (folder / "b.xsd").symlink_to(tmp_path / "secret.xsd")
    assert "outside" in refusal(folder)


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        ('\n\n<xs:element name="a" ref="o:b"/>', 3, "ref"),
        (
            '<xs:complexType name="T">\n<xs:sequence>\n<xs:element name="a" ref="o:b"/></xs:sequence></xs:complexType>',
            3,
            "ref",
        ),
        (
            '<xs:annotation><xs:documentation>\n\n\n</xs:documentation></xs:annotation>\n<xs:element name="a" type="o:No"/>',
            5,
            "No",
        ),
        ('\n<xs:element name="a" type="p:No"/>', 2, "prefix"),
        ('\n<xs:element name="a" type="{urn:o}No"/>', 2, "qualified name"),
        ('\n<xs:element name="a" type=""/>', 2, "qualified name"),
        ('\n<xs:element name="a" type="xs:a b"/>', 2, "qualified name"),
        ('\n<xs:element name="a" minOccurs="2"/>', 2, "minOccurs"),
        ('\n<xs:include schemaLocation="a.wsdl"/>', 2, "a.wsdl"),
    ],
)
def test_what_is_wrong_is_refused_at_its_line(tmp_path: Path, content: str, line: int, word: str) -> None:
    write(tmp_path, a_xsd=schema(content, "urn:o"))
    said = refusal(tmp_path)
    assert said.startswith(f"a.xsd, line {line}:")
    assert word in said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "<a",
        "<xs:schema/>",
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE s SYSTEM "http://127.0.0.1/x.dtd"><s/>',
        "<d>" * 300 + "</d>" * 300,
        "<definitions/>",
        "\x00",
        schema("")[:40],
        '<schema xmlns="http://www.w3.org/2001/XMLSchema"><include/></schema>',
        '<schema xmlns="http://www.w3.org/2001/XMLSchema"><element name="a" type="a:b:c"/></schema>',
    ],
)
def test_garbage_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, a_xsd=text)
    assert "a.xsd" in refusal(tmp_path)


def test_a_compressed_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xsd").write_bytes(b"\x1f\x8b\x08\x00rest")
    assert "compressed" in refusal(tmp_path)


def test_a_long_chain_of_includes_is_refused(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.xsd").write_text(schema(f'<xs:include schemaLocation="{number + 1}.xsd"/>'))
    assert "chain" in refusal(tmp_path, "0.xsd")
