"""``xs:redefine``: types, groups and attribute groups that hold their originals."""

from pathlib import Path

from adapters.contracts.schemas import SchemaSet
from adapters.samples.contract import XmlContract
from tests.adapters.samples.test_corpus import comes_back

HEAD = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:r" targetNamespace="urn:r" '
    'elementFormDefault="qualified">'
)
BASE = """<xs:group name="G"><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence></xs:group>
<xs:attributeGroup name="AG"><xs:attribute name="p"/></xs:attributeGroup>
<xs:simpleType name="S"><xs:restriction base="xs:string"><xs:maxLength value="9"/></xs:restriction>
</xs:simpleType>
<xs:complexType name="T"><xs:sequence><xs:group ref="G"/></xs:sequence><xs:attributeGroup ref="AG"/>
</xs:complexType>
</xs:schema>"""
MAIN = """<xs:redefine schemaLocation="base.xsd">
<xs:group name="G"><xs:sequence><xs:group ref="G"/><xs:element name="b" type="S"/></xs:sequence></xs:group>
<xs:attributeGroup name="AG"><xs:attributeGroup ref="AG"/><xs:attribute name="q" type="S" use="required"/>
</xs:attributeGroup>
<xs:simpleType name="S"><xs:restriction base="S"><xs:maxLength value="4"/></xs:restriction></xs:simpleType>
<xs:complexType name="T"><xs:complexContent><xs:extension base="T"><xs:sequence>
<xs:element name="town" type="S"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
</xs:redefine><xs:element name="E" type="T"/></xs:schema>"""


def test_each_redefinition_is_seen_everywhere(tmp_path: Path) -> None:
    (tmp_path / "base.xsd").write_text(HEAD + BASE)
    (tmp_path / "main.xsd").write_text(HEAD + MAIN)
    schemas = SchemaSet(tmp_path)
    schemas.add_file(tmp_path / "main.xsd")
    contract = XmlContract(schemas)
    element = contract.sample("{urn:r}E", full=True)
    assert [one.tag.rpartition("}")[2] for one in element] == ["a", "b", "town"]
    assert set(element.attrib) == {"p", "q"}
    for full in (False, True):
        comes_back(contract, "{urn:r}E", full=full)
