"""Mappings through derived types (``xsi:type``), and through wildcards in the middle of a message."""

from pathlib import Path
from typing import Any

import pytest

from adapters.contracts import outline
from adapters.contracts.markup import XSI, parse
from adapters.contracts.schemas import SchemaSet
from adapters.mapping import rules as language
from adapters.mapping.rules import MappingWrong
from adapters.mapping.xml_codec import XmlReader, XmlWriter

OTHER = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:o">'
    '<xs:element name="First" type="xs:string"/><xs:element name="Second" type="xs:string"/></xs:schema>'
)
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:m" xmlns:o="urn:o"
 targetNamespace="urn:m" elementFormDefault="qualified">
 <xs:import namespace="urn:o" schemaLocation="other.xsd"/>
 <xs:complexType name="Party" abstract="true"><xs:sequence>
  <xs:element name="no" type="xs:string"/></xs:sequence></xs:complexType>
 <xs:complexType name="Person"><xs:complexContent><xs:extension base="Party"><xs:sequence>
  <xs:element name="surname" type="xs:string"/></xs:sequence></xs:extension></xs:complexContent>
 </xs:complexType>
 <xs:complexType name="Company"><xs:complexContent><xs:extension base="Party"><xs:sequence>
  <xs:element name="firm" type="xs:string"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
 <xs:element name="M"><xs:complexType><xs:sequence>
  <xs:any namespace="##other" minOccurs="0" maxOccurs="2" processContents="strict"/>
  <xs:element name="party" type="Party" maxOccurs="3"/>
  <xs:element name="end" type="xs:string"/>
 </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""
DOCUMENT = {
    "shapes": {
        "person": [{"agency": "no", "canonical": "id"}, {"agency": "surname", "canonical": "familyName"}]
    }
}
ALL = [
    {"agency": "end", "canonical": "end"},
    {"agency": 'party[@xsi:type = "Person"]', "canonical": "person", "each": "person"},
    {"agency": 'party[@xsi:type = "Company"]/no', "canonical": "company.id"},
    {"agency": 'party[@xsi:type = "Company"]/firm', "canonical": "company.legalName"},
    {"agency": "Second", "canonical": "second"},
    {"agency": "First", "canonical": "first"},
]
VALUE: dict[str, Any] = {
    "person": [{"id": "1", "familyName": "Okafor"}, {"id": "2", "familyName": "Holm"}],
    "company": {"id": "3", "legalName": "Harbour Ltd"},
    "first": "a",
    "second": "b",
    "end": "z",
}


@pytest.fixture
def schemas(tmp_path: Path) -> SchemaSet:
    (tmp_path / "main.xsd").write_text(SCHEMA)
    (tmp_path / "other.xsd").write_text(OTHER)
    found = SchemaSet(tmp_path)
    found.add_file(tmp_path / "main.xsd")
    return found


def both(schemas: SchemaSet, rules: list[dict[str, Any]]) -> tuple[XmlWriter, XmlReader]:
    book = language.parse(DOCUMENT)
    node = outline.root(schemas, "{urn:m}M")
    assert node is not None
    parsed = book.rules(rules, "rules")
    return XmlWriter(book, node, parsed, is_root=True), XmlReader(book, node, parsed)


def test_elements_by_their_derived_types_go_and_come_back(schemas: SchemaSet) -> None:
    writer, reader = both(schemas, ALL)
    element = parse(writer.body(VALUE).encode())
    schemas.compile().assertValid(element)
    said = [one.get(f"{XSI}type") for one in element.iterchildren("{urn:m}party")]
    assert [one.partition(":")[2] for one in said] == ["Person", "Person", "Company"]
    assert reader.read(element) == VALUE


def test_what_a_wildcard_admits_stands_where_the_wildcard_stands(schemas: SchemaSet) -> None:
    element = parse(both(schemas, ALL)[0].body(VALUE).encode())
    assert [one.tag.rpartition("}")[2] for one in element][:3] == ["Second", "First", "party"]


def test_a_company_alone_is_a_company_alone(schemas: SchemaSet) -> None:
    writer, reader = both(schemas, ALL)
    value = {**VALUE, "person": []}
    element = parse(writer.body(value).encode())
    schemas.compile().assertValid(element)
    assert reader.read(element) == value


@pytest.mark.parametrize(
    ("agency", "words"),
    [
        ('party[@xsi:type = "Club"]/no', "no type Club is derived.*Person, Company"),
        ("party/firm", r'party\[@xsi:type = "Company"\]/firm'),
    ],
)
def test_a_type_or_field_that_is_not_there_is_told_with_what_is(
    schemas: SchemaSet, agency: str, words: str
) -> None:
    with pytest.raises(MappingWrong, match=words):
        both(schemas, [{"agency": agency, "canonical": "x"}])
