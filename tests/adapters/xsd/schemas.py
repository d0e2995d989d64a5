"""A schema with every construct of XSD 1.0 that the codec covers, and how it is read in tests."""

from pathlib import Path
from typing import Any

from lxml import etree

from adapters.contracts.markup import XSI
from adapters.contracts.schemas import SchemaSet
from adapters.xsd.codec import Codecs
from adapters.xsd.model import Model

URI, OTHER = "urn:test:main", "urn:test:other"
MAIN = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{URI}" xmlns:o="{OTHER}"
  targetNamespace="{URI}" elementFormDefault="qualified">
 <xs:import namespace="{OTHER}" schemaLocation="other.xsd"/>
 <xs:element name="Values"><xs:complexType><xs:sequence>
  <xs:element name="amount" type="xs:decimal"/><xs:element name="count" type="xs:integer"/>
  <xs:element name="ratio" type="xs:double" minOccurs="0"/><xs:element name="yes" type="xs:boolean"/>
  <xs:element name="day" type="xs:date" maxOccurs="unbounded"/>
  <xs:element name="at" type="xs:dateTime" minOccurs="0" maxOccurs="2"/>
  <xs:element name="photo" type="xs:base64Binary"/><xs:element name="hash" type="xs:hexBinary"/>
  <xs:element name="codes"><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType></xs:element>
  <xs:element name="mix" type="Mix" minOccurs="0"/><xs:element name="name" type="xs:QName" minOccurs="0"/>
  <xs:element name="gone" type="xs:string" nillable="true" minOccurs="0"/>
  <xs:element name="number" minOccurs="0"><xs:simpleType><xs:restriction base="xs:integer">
   <xs:pattern value="[0-9]{{5}}"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="town" type="xs:string" default="Eastholm" minOccurs="0"/>
 </xs:sequence></xs:complexType></xs:element>
 <xs:simpleType name="Mix"><xs:union memberTypes="xs:int xs:boolean xs:date"/></xs:simpleType>
 <xs:element name="Person"><xs:complexType><xs:sequence>
  <xs:element name="name" type="Name"/><xs:group ref="Contact"/><xs:element ref="o:Note" minOccurs="0"/>
  <xs:element name="child" type="Child" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
  <xs:attributeGroup ref="Marks"/><xs:attribute ref="xml:lang"/><xs:attribute name="name" type="xs:int"/>
 </xs:complexType></xs:element>
 <xs:complexType name="Name"><xs:simpleContent><xs:extension base="xs:token">
  <xs:attribute name="kind" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
 <xs:group name="Contact"><xs:choice><xs:element name="phone" type="xs:string"/>
  <xs:element name="mail" type="xs:string"/></xs:choice></xs:group>
 <xs:attributeGroup name="Marks"><xs:attribute name="version" fixed="2" use="required"/></xs:attributeGroup>
 <xs:complexType name="Child"><xs:sequence><xs:element name="age" type="xs:int"/>
  <xs:element name="child" type="Child" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
 <xs:element name="Ordered"><xs:complexType><xs:sequence><xs:choice maxOccurs="unbounded">
  <xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:string"/></xs:choice>
  <xs:sequence minOccurs="0" maxOccurs="unbounded"><xs:element name="c" type="xs:int"/>
  <xs:element name="d" type="xs:int" minOccurs="0"/></xs:sequence></xs:sequence></xs:complexType></xs:element>
 <xs:element name="Shape" type="Figure" abstract="true"/>
 <xs:complexType name="Figure">
  <xs:sequence><xs:element name="id" type="xs:int"/></xs:sequence></xs:complexType>
 <xs:complexType name="Round"><xs:complexContent><xs:extension base="Figure"><xs:sequence>
  <xs:element name="r" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
 <xs:element name="Circle" type="Round" substitutionGroup="Shape"/>
 <xs:element name="Dot" substitutionGroup="Shape"/>
 <xs:element name="Drawing"><xs:complexType><xs:sequence><xs:element ref="Shape" maxOccurs="unbounded"/>
  <xs:element name="main" type="Figure"/></xs:sequence></xs:complexType></xs:element>
 <xs:element name="Open"><xs:complexType><xs:sequence><xs:element name="id" type="xs:int"/>
  <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
  <xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType></xs:element>
 <xs:element name="Text"><xs:complexType mixed="true"><xs:sequence>
  <xs:element name="b" type="xs:string" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
 </xs:complexType></xs:element>
 <xs:element name="Twice"><xs:complexType><xs:choice>
  <xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/></xs:sequence>
  <xs:sequence><xs:element name="c" type="xs:int"/><xs:element name="b" type="xs:int"/></xs:sequence>
 </xs:choice></xs:complexType></xs:element>
 <xs:element name="Sandwich"><xs:complexType><xs:sequence><xs:element name="a" type="xs:int"/>
  <xs:element name="b" type="xs:int"/><xs:element name="a" type="xs:int"/></xs:sequence></xs:complexType>
 </xs:element>
 <xs:element name="Thing"/>
 <xs:element name="Mixed"><xs:complexType><xs:sequence><xs:choice maxOccurs="unbounded">
  <xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:string"/></xs:choice></xs:sequence>
 </xs:complexType></xs:element>
 <xs:element name="Rounds"><xs:complexType><xs:sequence maxOccurs="unbounded">
  <xs:element name="c" type="xs:int"/><xs:element name="d" type="xs:int" minOccurs="0"/></xs:sequence>
 </xs:complexType></xs:element>
 <xs:element name="Set"><xs:complexType><xs:all><xs:element name="x" type="xs:int"/>
  <xs:element name="y" type="xs:int" minOccurs="0"/></xs:all></xs:complexType></xs:element>
</xs:schema>"""
SECOND = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{OTHER}">
 <xs:element name="Note"><xs:complexType><xs:sequence><xs:element name="text" type="xs:string"/>
  <xs:element name="by" form="qualified" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType>
 </xs:element></xs:schema>"""


def schemas(folder: Path, main: str = MAIN) -> SchemaSet:
    """The schema set of the text above, written to a folder."""
    main = main.replace(
        "<xs:import",
        '<xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/><xs:import',
        1,
    )
    (folder / "main.xsd").write_text(main)
    (folder / "other.xsd").write_text(SECOND)
    (folder / "xml.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'targetNamespace="http://www.w3.org/XML/1998/namespace">'
        '<xs:attribute name="lang" type="xs:language"/></xs:schema>'
    )
    found = SchemaSet(folder)
    found.add_file(folder / "main.xsd")
    return found


def codecs(folder: Path, main: str = MAIN) -> Codecs:
    """The codecs of the schema set."""
    return Codecs(Model(schemas(folder, main)))


def canonical(element: Any) -> str:
    """Canonical XML 2.0 with prefixes of its own, also in names that are values, so that only names count."""
    root = etree.fromstring(element) if isinstance(element, str) else element
    named = {one.tag for one in root.iter() if (one.text or "").partition(":")[0] in one.nsmap}
    return str(
        etree.canonicalize(
            etree.tostring(root, encoding="unicode"),
            rewrite_prefixes=True,
            qname_aware_attrs=[f"{XSI}type"],
            qname_aware_tags=named or None,
        )
    )
