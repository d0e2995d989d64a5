"""What contracts say beyond plain elements, through mappings: nil, lists, choice, substitution, any."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters.contracts import outline
from adapters.contracts.markup import parse
from adapters.contracts.schemas import SchemaSet
from adapters.mapping import rules as language
from adapters.mapping.unfit import Unfit
from adapters.mapping.xml_codec import XmlReader, XmlWriter

OTHER = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:o">'
    '<xs:element name="Extra" type="xs:string"/><xs:attribute name="mark" type="xs:string"/></xs:schema>'
)
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:m" xmlns:o="urn:o"
 targetNamespace="urn:m" elementFormDefault="qualified">
 <xs:import namespace="urn:o" schemaLocation="other.xsd"/>
 <xs:element name="M"><xs:complexType><xs:sequence>
  <xs:element name="born" type="xs:date" nillable="true"/>
  <xs:element name="home" nillable="true"><xs:complexType><xs:sequence>
   <xs:element name="town" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="codes" minOccurs="0"><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType>
  </xs:element>
  <xs:group ref="Reach"/><xs:element ref="Paper" minOccurs="0"/>
  <xs:element name="photo" type="xs:base64Binary" minOccurs="0"/>
  <xs:any namespace="##other" minOccurs="0" processContents="strict"/>
 </xs:sequence><xs:attributeGroup ref="Marks"/></xs:complexType></xs:element>
 <xs:group name="Reach"><xs:choice><xs:element name="phone" type="xs:string"/>
  <xs:element name="mail" type="xs:string"/></xs:choice></xs:group>
 <xs:attributeGroup name="Marks"><xs:attribute name="id" use="required"/><xs:attribute ref="o:mark"/>
 </xs:attributeGroup>
 <xs:element name="Paper" abstract="true"/>
 <xs:element name="Passport" substitutionGroup="Paper" type="xs:string"/>
 <xs:element name="Card" substitutionGroup="Paper" type="xs:string"/>
</xs:schema>"""
RULES = [
    {"agency": "@id", "canonical": "id"},
    {"agency": "@mark", "canonical": "mark"},
    {"agency": "born", "canonical": "dateOfBirth"},
    {"agency": "home", "canonical": "domicile", "use": "home"},
    {"agency": "codes", "canonical": "codes", "each": "value", "type": "int"},
    {"agency": "phone", "canonical": "telephone"},
    {"agency": "mail", "canonical": "email"},
    {"agency": "Card", "canonical": "card"},
    {"agency": "Passport", "canonical": "passport"},
    {"agency": "photo", "canonical": "photo"},
    {"agency": "Extra", "canonical": "extra"},
]
FULL: dict[str, Any] = {
    "id": "1",
    "mark": "x",
    "dateOfBirth": "1985-03-12",
    "domicile": {"postName": "Eastholm"},
    "codes": [1, 2],
    "email": "a@example.org",
    "passport": "P1",
    "photo": "AAEC",
    "extra": "more",
}


@pytest.fixture
def schemas(tmp_path: Path) -> SchemaSet:
    (tmp_path / "main.xsd").write_text(SCHEMA)
    (tmp_path / "other.xsd").write_text(OTHER)
    found = SchemaSet(tmp_path)
    found.add_file(tmp_path / "main.xsd")
    return found


def both(schemas: SchemaSet) -> tuple[XmlWriter, XmlReader]:
    book = language.parse({"shapes": {"home": [{"agency": "town", "canonical": "postName"}]}})
    node = outline.root(schemas, "{urn:m}M")
    assert node is not None
    rules = book.rules(RULES, "rules")
    return XmlWriter(book, node, rules, is_root=True), XmlReader(book, node, rules)


@pytest.mark.parametrize(
    "value",
    [FULL, {**FULL, "card": "C"}, {"id": "1", "telephone": "1", "codes": []}],
    ids=["full", "two", "least"],
)
def test_valid_and_back(schemas: SchemaSet, value: dict[str, Any]) -> None:
    writer, reader = both(schemas)
    element = parse(writer.body(value).encode())
    is_valid = schemas.compile().validate(element)
    assert is_valid is not ("card" in value and "passport" in value)  # one of a group: the contract decides
    if is_valid:
        assert reader.read(element) == value


def test_what_is_absent_but_nillable_is_said_to_be_nil(schemas: SchemaSet) -> None:
    writer, reader = both(schemas)
    element = parse(writer.body({"id": "1", "telephone": "1"}).encode())
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    assert [one.tag.rpartition("}")[2] for one in element if one.get(nil) == "true"] == ["born", "home"]
    assert set(reader.read(element)) == {"id", "telephone", "codes"}


def test_a_required_attribute_is_still_required(schemas: SchemaSet) -> None:
    with pytest.raises(Unfit, match="required"):
        both(schemas)[0].body({"telephone": "1"})


def test_broken_base64_is_one_line(schemas: SchemaSet) -> None:
    writer, reader = both(schemas)
    element = parse(writer.body(FULL).encode())
    photo = element.find("{urn:m}photo")
    photo.text = " AA\n EC "
    assert reader.read(element)["photo"] == "AAEC"
    assert etree.QName(element.find("{urn:o}Extra")).localname == "Extra"


def test_the_outline_knows_groups_references_and_substitutes(schemas: SchemaSet) -> None:
    node = outline.root(schemas, "{urn:m}M")
    assert node is not None
    assert [one.name for one in node.children][:5] == ["born", "home", "codes", "phone", "mail"]
    assert {one.tag for one in node.attributes} == {"id", "{urn:o}mark"}
    assert {one.name for one in node.children} >= {"Passport", "Card"}
    assert "Paper" not in {one.name for one in node.children}
    assert set(outline.required_paths(node)) == {"@id", "born", "home/town"}
