"""Shapes of national registers and of the toolkits behind them, written small."""

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters.contracts import catalogue, wsdl
from adapters.contracts.cli import main
from adapters.contracts.schemas import SchemaSet
from tests.contracts.writing import (
    ELEMENTS,
    MESSAGES,
    PORT_TYPE,
    binding,
    bound,
    definitions,
    message,
    schema,
    service,
    write,
)

XROAD = "http://x-road.eu/xsd/xroad.xsd"


def accepts(schemas: SchemaSet, text: str) -> bool:
    return bool(schemas.compile().validate(etree.fromstring(text)))


@pytest.mark.parametrize("uri", catalogue.SCHEMAS)
def test_each_schema_of_the_catalogue_compiles(uri: str) -> None:
    path = catalogue.path(uri)
    assert path is not None
    schemas = SchemaSet(catalogue.FOLDER)
    schemas.add_file(path)
    schemas.compile()
    assert uri in schemas.documents


def test_estonian_x_road(tmp_path: Path) -> None:
    """Headers of one message that names global elements of the X-Road schema, which is imported by address."""
    types = f'<xs:schema targetNamespace="urn:t"><xs:import namespace="{XROAD}" schemaLocation="{XROAD}"/></xs:schema>'
    names = ("client", "service", "id", "userId", "protocolVersion")
    head = message("Head", *(f"{name} element=x:{name}" for name in names))
    headers = "".join(f'<soap:header message="t:Head" part="{name}" use="literal"/>' for name in names)
    text = MESSAGES + head + PORT_TYPE + binding("B", "P", bound("Get", more=headers, reply=headers))
    write(tmp_path, a_wsdl=definitions(text + service(p="B"), types + ELEMENTS, f'xmlns:x="{XROAD}"'))
    contract = wsdl.read(tmp_path / "a.wsdl")
    assert contract.operations["Get"].headers == tuple(f"{{{XROAD}}}{name}" for name in names)
    ids = "http://x-road.eu/xsd/identifiers"
    inside = "<i:xRoadInstance>EE</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>1</i:memberCode>"
    client = f'<x:client xmlns:x="{XROAD}" xmlns:i="{ids}" i:objectType="MEMBER">{inside}</x:client>'
    assert accepts(contract.schemas, client)
    assert not accepts(contract.schemas, client.replace("MEMBER", "NOBODY"))


def test_net_data_sets(tmp_path: Path) -> None:
    """ASP.NET returns a DataSet: a schema and any element, inline."""
    types = schema(
        '<xs:import namespace="http://www.w3.org/2001/XMLSchema"/><xs:element name="Ask"/>'
        '<xs:element name="Answer"><xs:complexType><xs:sequence><xs:element ref="xs:schema"/><xs:any/>'
        "</xs:sequence></xs:complexType></xs:element>",
        "urn:t",
        'elementFormDefault="qualified"',
    )
    write(tmp_path, a_wsdl=definitions(MESSAGES + PORT_TYPE + binding("B", "P", bound("Get")), types))
    contract = wsdl.read(tmp_path / "a.wsdl")
    inline = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>'
    assert accepts(contract.schemas, f'<t:Answer xmlns:t="urn:t">{inline}<Ask xmlns="urn:t"/></t:Answer>')
    assert not accepts(contract.schemas, '<t:Answer xmlns:t="urn:t"/>')


def test_danish_oio_one_file_a_component(tmp_path: Path) -> None:
    """Each element in a file and a namespace of its own folder, dated, included and imported both ways."""
    person, core = "http://rep.oio.dk/cpr/2005/01/01/", "http://rep.oio.dk/core/2005/01/01/"
    write(
        tmp_path,
        cpr__Person_xsd=schema(
            f'<xs:import namespace="{core}" schemaLocation="../core/Name.xsd"/>'
            '<xs:include schemaLocation="CivilRegistrationIdentifier.xsd"/><xs:element name="Person">'
            f'<xs:complexType><xs:sequence><xs:element ref="o:Id"/><xs:element xmlns:c="{core}" ref="c:Name"/>'
            "</xs:sequence></xs:complexType></xs:element>",
            person,
            'elementFormDefault="qualified"',
        ),
        cpr__civilRegistrationIdentifier_xsd=schema(
            '<xs:element name="Id"><xs:simpleType><xs:restriction base="xs:string">'
            '<xs:pattern value="((((0[1-9]|1[0-9]|2[0-9]|3[0-1])(01|03|05|07|08|10|12))|((0[1-9]|1[0-9]|2[0-9])(02))'
            '|((0[1-9]|1[0-9]|2[0-9]|30)(04|06|09|11)))[0-9]{6})|0000000000"/></xs:restriction></xs:simpleType>'
            "</xs:element>",
            person,
        ),
        core__Name_xsd=schema(
            f'<xs:import namespace="{person}" schemaLocation="../cpr/Person.xsd"/>'
            '<xs:element name="Name" type="xs:string"/>',
            core,
        ),
        a_xsd=schema(
            f'<xs:import namespace="{person}" schemaLocation="cpr/Person.xsd"/>'
            f'<xs:element name="Ask"><xs:complexType><xs:sequence><xs:element xmlns:p="{person}" ref="p:Person"/>'
            "</xs:sequence></xs:complexType></xs:element>",
            "urn:t",
        ),
    )
    schemas = SchemaSet(tmp_path)
    schemas.add_file(tmp_path / "a.xsd")
    inside = f'<Person xmlns="{person}"><Id>{{}}</Id><Name xmlns="{core}">A</Name></Person>'
    assert accepts(schemas, f'<t:Ask xmlns:t="urn:t">{inside.format("0101701234")}</t:Ask>')
    assert not accepts(schemas, f'<t:Ask xmlns:t="urn:t">{inside.format("3202701234")}</t:Ask>')


def test_german_xoev_code_lists(tmp_path: Path, capsys: Any) -> None:
    """A code with its list's address fixed, restricted from a base type without a namespace of its own."""
    code = (
        '<xs:complexType name="Code"><xs:sequence><xs:element name="code" type="xs:token" form="unqualified"/></xs:sequence>'
        '<xs:attribute name="listURI" type="xs:anyURI"/></xs:complexType><xs:complexType name="Code.Sex"><xs:complexContent>'
        '<xs:restriction base="o:Code"><xs:sequence><xs:element name="code" form="unqualified"><xs:simpleType>'
        '<xs:restriction base="xs:token"><xs:enumeration value="m"/><xs:enumeration value="w"/></xs:restriction>'
        '</xs:simpleType></xs:element></xs:sequence><xs:attribute name="listURI" type="xs:anyURI" use="optional" '
        'fixed="urn:de:sex"/></xs:restriction></xs:complexContent></xs:complexType><xs:element name="s" type="o:Code.Sex"/>'
    )
    write(tmp_path, a_xsd=schema(code, "urn:o", 'elementFormDefault="qualified"'))
    assert main(["inspect", str(tmp_path / "a.xsd"), "--json"]) == 0
    (field,) = json.loads(capsys.readouterr().out)["operations"][0]["messages"][0]["fields"]
    assert [one["value"] for one in field["codes"]] == ["m", "w"]


def test_delphi_and_php_without_document_style_or_prefixes(tmp_path: Path) -> None:
    """No style on the binding, an empty soapAction, a schema without a prefix as default namespace."""
    types = '<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" xmlns:o="urn:t">'
    types += '<element name="Ask" type="string"/><element name="Answer" type="o:A"/>'
    types += '<complexType name="A"><attribute name="k" type="int"/></complexType></schema>'
    text = MESSAGES + PORT_TYPE + binding("B", "P", bound("Get")).replace(' style="document"', "")
    write(tmp_path, a_wsdl=definitions(text.replace('soapAction="urn:t:Get"', 'soapAction=""'), types))
    contract = wsdl.read(tmp_path / "a.wsdl")
    assert (contract.operations["Get"].style, contract.operations["Get"].action) == ("document", "")
    assert accepts(contract.schemas, '<Answer xmlns="urn:t" k="1"/>')
