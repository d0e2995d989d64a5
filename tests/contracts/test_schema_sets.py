"""Schemas of several documents become one validator that keeps what each document said."""

from pathlib import Path

import pytest
from lxml import etree

from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable
from tests.contracts.writing import schema, write


def read(folder: Path, name: str = "a.xsd") -> SchemaSet:
    """The schema set of a folder's file."""
    found = SchemaSet(folder)
    found.add_file(folder / name)
    return found


def valid(schemas: SchemaSet, text: str) -> bool:
    return bool(schemas.compile().validate(etree.fromstring(text)))


def refusal(folder: Path, name: str = "a.xsd") -> str:
    with pytest.raises(ContractUnreadable) as caught:
        read(folder, name).compile()
    return str(caught.value)


def test_forms_are_kept_by_document(tmp_path: Path) -> None:
    local = '<xs:complexType name="{}"><xs:sequence><xs:element name="x"/></xs:sequence></xs:complexType>'
    write(
        tmp_path,
        a_xsd=schema(
            '<xs:include schemaLocation="b.xsd"/><xs:element name="one" type="o:One"/>'
            '<xs:element name="two" type="o:Two"/>' + local.format("One"),
            "urn:o",
            'elementFormDefault="qualified"',
        ),
        b_xsd=schema(local.format("Two"), "urn:o"),
    )
    schemas = read(tmp_path)
    assert valid(schemas, '<one xmlns="urn:o"><x/></one>')
    assert not valid(schemas, '<o:one xmlns:o="urn:o"><x/></o:one>')
    assert valid(schemas, '<o:two xmlns:o="urn:o"><x/></o:two>')
    assert not valid(schemas, '<two xmlns="urn:o"><x/></two>')


def test_blocks_are_kept_by_document(tmp_path: Path) -> None:
    base = '<xs:complexType name="{0}"/><xs:complexType name="{0}More"><xs:complexContent>'
    base += '<xs:extension base="o:{0}"><xs:attribute name="k"/></xs:extension></xs:complexContent></xs:complexType>'
    base += '<xs:element name="{0}" type="o:{0}"/>'
    write(
        tmp_path,
        a_xsd=schema(
            '<xs:include schemaLocation="b.xsd"/>' + base.format("A"), "urn:o", 'blockDefault="#all"'
        ),
        b_xsd=schema(base.format("B"), "urn:o"),
    )
    schemas = read(tmp_path)
    other = 'xmlns:o="urn:o" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
    assert valid(schemas, f'<o:B {other} i:type="o:BMore" k="1"/>')
    assert not valid(schemas, f'<o:A {other} i:type="o:AMore" k="1"/>')


def test_a_chameleon_takes_the_namespace_of_each_includer(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_xsd=schema(
            '<xs:import namespace="urn:b" schemaLocation="b.xsd"/><xs:include schemaLocation="c.xsd"/>'
            '<xs:element name="a" type="o:Code"/>',
            "urn:a",
        ),
        b_xsd=schema('<xs:include schemaLocation="c.xsd"/><xs:element name="b" type="o:Pair"/>', "urn:b"),
        c_xsd=schema(
            '<xs:simpleType name="Code"><xs:restriction base="xs:string"><xs:length value="2"/></xs:restriction>'
            '</xs:simpleType><xs:complexType name="Pair"><xs:attribute name="code" type="Code"/></xs:complexType>'
        ),
    )
    schemas = read(tmp_path)
    assert valid(schemas, '<a xmlns="urn:a">ab</a>')
    assert not valid(schemas, '<a xmlns="urn:a">abc</a>')
    assert valid(schemas, '<b xmlns="urn:b" code="ab"/>')
    assert not valid(schemas, '<b xmlns="urn:b" code="abc"/>')
    assert schemas.find("simpleType", "{urn:a}Code") is not None
    assert schemas.find("simpleType", "{urn:b}Code") is not None


def test_documents_without_a_namespace_are_imported(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_xsd=schema('<xs:import schemaLocation="b.xsd"/><xs:element name="a" type="Plain"/>', "urn:a"),
        b_xsd=schema('<xs:simpleType name="Plain"><xs:restriction base="xs:int"/></xs:simpleType>'),
    )
    schemas = read(tmp_path)
    assert valid(schemas, '<a xmlns="urn:a">1</a>')
    assert not valid(schemas, '<a xmlns="urn:a">x</a>')


def test_circles_and_two_ways_to_one_document(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_xsd=schema(
            '<xs:import namespace="urn:b" schemaLocation="d/b.xsd"/><xs:include schemaLocation="./d/../c.xsd"/>'
            '<xs:include schemaLocation="c.xsd"/><xs:element name="a" xmlns:b="urn:b" type="b:T"/>',
            "urn:a",
        ),
        d__b_xsd=schema(
            '<xs:import namespace="urn:a" schemaLocation="../a.xsd"/><xs:complexType name="T"><xs:sequence>'
            '<xs:element xmlns:a="urn:a" ref="a:c" minOccurs="0"/></xs:sequence></xs:complexType>',
            "urn:b",
        ),
        c_xsd=schema(
            '<xs:include schemaLocation="a.xsd"/><xs:element name="c" xmlns:b="urn:b" type="b:T"/>', "urn:a"
        ),
    )
    schemas = read(tmp_path)
    assert valid(schemas, '<a xmlns="urn:a"><c><c/></c></a>')
    assert [len(documents) for documents in schemas.documents.values()] == [1, 2] or len(
        schemas.documents
    ) == 2


def test_redefinitions_hold_everywhere(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_xsd=schema(
            '<xs:include schemaLocation="user.xsd"/><xs:redefine schemaLocation="base.xsd">'
            '<xs:complexType name="Person"><xs:complexContent><xs:extension base="o:Person"><xs:sequence>'
            '<xs:element name="Extra"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>'
            '<xs:simpleType name="Code"><xs:restriction base="o:Code"><xs:maxLength value="2"/></xs:restriction>'
            "</xs:simpleType></xs:redefine>",
            "urn:o",
        ),
        base_xsd=schema(
            '<xs:complexType name="Person"><xs:sequence><xs:element name="Name" type="o:Code"/></xs:sequence>'
            '</xs:complexType><xs:simpleType name="Code"><xs:restriction base="xs:string"/></xs:simpleType>',
            "urn:o",
        ),
        user_xsd=schema(
            '<xs:include schemaLocation="base.xsd"/><xs:element name="p" type="o:Person"/>', "urn:o"
        ),
    )
    schemas = read(tmp_path)
    assert valid(schemas, '<o:p xmlns:o="urn:o"><Name>ab</Name><Extra/></o:p>')
    assert not valid(schemas, '<o:p xmlns:o="urn:o"><Name>ab</Name></o:p>')
    assert not valid(schemas, '<o:p xmlns:o="urn:o"><Name>abc</Name><Extra/></o:p>')
    assert schemas.find("complexType", "{urn:o}Person").find(".//{*}extension").get("base") != "o:Person"


def test_groups_are_redefined_around_themselves(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_xsd=schema(
            '<xs:redefine schemaLocation="b.xsd"><xs:group name="G"><xs:sequence><xs:group ref="o:G"/>'
            '<xs:element name="y"/></xs:sequence></xs:group></xs:redefine><xs:element name="e"><xs:complexType>'
            '<xs:group ref="o:G"/></xs:complexType></xs:element>',
            "urn:o",
        ),
        b_xsd=schema(
            '<xs:group name="G"><xs:sequence><xs:element name="x"/></xs:sequence></xs:group>', "urn:o"
        ),
    )
    schemas = read(tmp_path)
    assert valid(schemas, '<o:e xmlns:o="urn:o"><x/><y/></o:e>')
    assert not valid(schemas, '<o:e xmlns:o="urn:o"><x/></o:e>')


def test_one_prefix_may_mean_two_namespaces(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_xsd=schema(
            '<xs:include schemaLocation="b.xsd"/><xs:import namespace="urn:x" schemaLocation="x.xsd"/>'
            '<xs:element name="a" xmlns:p="urn:x" type="p:T"/>',
            "urn:o",
        ),
        b_xsd=schema(
            '<xs:simpleType name="T"><xs:restriction base="xs:date"/></xs:simpleType>'
            '<xs:element name="b" xmlns:p="urn:o" type="p:T"/>',
            "urn:o",
        ),
        x_xsd=schema('<xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType>', "urn:x"),
    )
    schemas = read(tmp_path)
    assert valid(schemas, '<a xmlns="urn:o">1</a>')
    assert valid(schemas, '<b xmlns="urn:o">2026-01-01</b>')
    assert not valid(schemas, '<b xmlns="urn:o">1</b>')


def test_keys_keep_their_prefixes(tmp_path: Path) -> None:
    content = '<xs:element name="l"><xs:complexType><xs:sequence><xs:element name="i" maxOccurs="9"><xs:complexType>'
    content += '<xs:attribute name="k"/></xs:complexType></xs:element></xs:sequence></xs:complexType>'
    content += (
        '<xs:unique name="u"><xs:selector xpath="./o:i"/><xs:field xpath="@k"/></xs:unique></xs:element>'
    )
    write(tmp_path, a_xsd=schema(content, "urn:o", 'elementFormDefault="qualified"'))
    schemas = read(tmp_path)
    assert valid(schemas, '<l xmlns="urn:o"><i k="1"/><i k="2"/></l>')
    assert not valid(schemas, '<l xmlns="urn:o"><i k="1"/><i k="1"/></l>')


def test_names_that_differ_in_letter_case_only_are_found(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_xsd=schema(
            '<xs:include schemaLocation="Common\\TYPES.XSD"/><xs:element name="a" type="o:T"/>', "urn:o"
        ),
        common__types_xsd=schema(
            '<xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType>', "urn:o"
        ),
    )
    schemas = read(tmp_path)
    assert valid(schemas, '<a xmlns="urn:o">1</a>')
    assert any("types.xsd" in note for note in schemas.access.notes)


def test_the_same_declaration_twice_is_one_and_two_are_refused(tmp_path: Path) -> None:
    one = '<xs:element name="a" type="xs:int"/>'
    write(
        tmp_path,
        a_xsd=schema('<xs:include schemaLocation="b.xsd"/>' + one, "urn:o"),
        b_xsd=schema("<!-- a copy -->" + one, "urn:o"),
    )
    assert valid(read(tmp_path), '<a xmlns="urn:o">1</a>')
    write(tmp_path, b_xsd=schema('<xs:element name="a" type="xs:date"/>', "urn:o"))
    assert "declares the element a anew" in refusal(tmp_path)


def test_patterns_of_other_dialects_are_left_out_with_a_note(tmp_path: Path) -> None:
    """Registers publish patterns of .NET and Java, which XSD has not; all else of the contract is checked."""
    code = '<xs:simpleType name="{}"><xs:restriction base="xs:string">\n<xs:pattern value="{}"/></xs:restriction></xs:simpleType>'
    names = code.format("A", "(?:a|b)") + code.format("B", "[a-z]+") + code.format("C", "[\\u0041-\\u005A]")
    elements = "".join(f'<xs:element name="{one.lower()}" type="o:{one}"/>' for one in "ABC")
    write(tmp_path, a_xsd=schema(names + elements, "urn:o"))
    schemas = read(tmp_path)
    assert valid(schemas, '<a xmlns="urn:o">anything</a>')
    assert valid(schemas, '<c xmlns="urn:o">anything</c>')
    assert not valid(schemas, '<b xmlns="urn:o">1</b>')
    assert sorted(schemas.access.notes) == [
        "a.xsd, line 2: the pattern '(?:a|b)' is not XSD's and is not checked",
        f"a.xsd, line 4: the pattern {'[' + chr(92) + 'u0041-' + chr(92) + 'u005A]'!r} is not XSD's and is not checked",
    ]


def test_what_else_is_wrong_is_told_beside_patterns(tmp_path: Path) -> None:
    code = '<xs:simpleType name="A"><xs:restriction base="xs:string"><xs:pattern value="("/></xs:restriction></xs:simpleType>'
    write(tmp_path, a_xsd=schema(code + '\n<xs:element name="a" type="o:No"/>', "urn:o"))
    assert refusal(tmp_path).startswith("a.xsd, line 2:")


def test_a_length_beside_its_bounds_is_read(tmp_path: Path) -> None:
    facets = '<xs:minLength value="1"/><xs:length value="2"/><xs:maxLength value="9"/>'
    code = f'<xs:element name="a"><xs:simpleType><xs:restriction base="xs:string">{facets}</xs:restriction></xs:simpleType></xs:element>'
    write(tmp_path, a_xsd=schema(code, "urn:o"))
    assert valid(read(tmp_path), '<a xmlns="urn:o">ab</a>')
    assert not valid(read(tmp_path), '<a xmlns="urn:o">abc</a>')


CATALOGUED = [
    (
        "http://www.w3.org/XML/1998/namespace",
        "http://www.w3.org/2001/xml.xsd",
        '<xs:attribute ref="xml:lang"/>',
    ),
    (
        "http://www.w3.org/1999/xlink",
        "xlink.xsd",
        '<xs:attribute xmlns:l="http://www.w3.org/1999/xlink" ref="l:href"/>',
    ),
    (
        "http://www.w3.org/2005/05/xmlmime",
        "http://www.w3.org/2005/05/xmlmime",
        '<xs:attribute xmlns:m="http://www.w3.org/2005/05/xmlmime" ref="m:contentType"/>',
    ),
]


@pytest.mark.parametrize(("uri", "location", "use"), CATALOGUED)
def test_public_schemas_come_from_the_catalogue(tmp_path: Path, uri: str, location: str, use: str) -> None:
    body = f'<xs:import namespace="{uri}" schemaLocation="{location}"/><xs:element name="a"><xs:complexType>'
    write(tmp_path, a_xsd=schema(f"{body}{use}</xs:complexType></xs:element>", "urn:o"))
    assert valid(read(tmp_path), '<a xmlns="urn:o"/>')


def test_addresses_kept_beside_the_contract_are_read(tmp_path: Path) -> None:
    body = '<xs:import namespace="urn:x" schemaLocation="http://agency.example/x?xsd=0"/>'
    body += '<xs:element name="a" xmlns:x="urn:x" type="x:T"/>'
    write(
        tmp_path,
        a_xsd=schema(body, "urn:o"),
        x0_xsd=schema('<xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType>', "urn:x"),
    )
    assert "a.xsd, line 1: refers to http://agency.example/x?xsd=0" in refusal(tmp_path)
    write(tmp_path, addresses_toml='"http://agency.example/x?xsd=0" = "x0.xsd"\n')
    assert valid(read(tmp_path), '<a xmlns="urn:o">1</a>')
