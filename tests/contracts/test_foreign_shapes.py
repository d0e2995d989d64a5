"""Shapes of contracts that strangers published, each written anew and small: read, or refused with what to do."""

from pathlib import Path
from typing import Any

import pytest

from adapters.contracts import wsdl
from adapters.contracts.access import Access
from adapters.contracts.markup import parse
from adapters.contracts.schemas import SchemaSet
from adapters.contracts.violation import ContractUnreadable, Violation
from adapters.contracts.wsdl import Wsdl
from adapters.samples.contract import XmlContract
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

WHOLE = MESSAGES + PORT_TYPE + binding("B", "P", bound("Get"))


def read(folder: Path, text: str) -> Wsdl:
    write(folder, a_wsdl=text)
    found = wsdl.read(folder / "a.wsdl")
    found.schemas.compile()
    return found


def xsd(folder: Path, content: str, attributes: str = "") -> XmlContract:
    write(folder, a_xsd=schema(content, "urn:o", attributes))
    schemas = SchemaSet(folder)
    schemas.add_file(folder / "a.xsd")
    return XmlContract(schemas)


def comes_back(contract: XmlContract, text: str) -> Any:
    """The value of a valid message, which is written from it the same."""
    element = parse(text.encode())
    contract.validator.check(element)
    codec = contract.codecs.codec(element.tag)
    value = codec.decode(element)
    assert codec.decode(codec.element_of(value)) == value
    return value


PAGES = [
    b"<html><body>Sign in</body></html>",
    b"\xef\xbb\xbf  <!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'><p>List of services<ul></p>",
    b'<?xml version="1.0"?>\n<!-- served by Axis -->\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"/>',
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["a.wsdl", "a.json"])
def test_a_page_given_as_a_contract(tmp_path: Path, page: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(page)
    access = Access(tmp_path)
    with pytest.raises(ContractUnreadable, match=r"is an HTML page .* with \?wsdl"):
        access.bytes(access.file(tmp_path / name))


def test_many_comments_before_the_first_tag_cost_nothing(tmp_path: Path) -> None:
    text = "<!-- one of many -->\n" * 5_000
    assert read(tmp_path, text + definitions(WHOLE, ELEMENTS)).operations


def test_what_is_missing_is_named_whole(tmp_path: Path) -> None:
    with pytest.raises(ContractUnreadable) as caught:
        wsdl.read(tmp_path / "far" / "away.wsdl")
    assert str(caught.value) == f"{tmp_path / 'far' / 'away.wsdl'}: does not exist"
    types = schema('\n<xs:import namespace="urn:x" schemaLocation="../types/gone.xsd"/>', "urn:t")
    write(tmp_path, s__a_wsdl=definitions(WHOLE, types))
    with pytest.raises(ContractUnreadable) as caught:
        wsdl.read(tmp_path / "s" / "a.wsdl", Access(tmp_path))
    assert str(caught.value) == (
        f"s/a.wsdl, line 5: refers to {tmp_path / 'types' / 'gone.xsd'}, which does not exist"
    )


def test_a_port_that_leads_nowhere_is_listed(tmp_path: Path) -> None:
    found = read(tmp_path, definitions(WHOLE + service(a="B", b="Elsewhere"), ELEMENTS))
    assert found.operations["Get"].address == "http://agency.example/a"
    assert [(one.name, one.reason) for one in found.skipped] == [("b", "there is no binding Elsewhere")]


def test_an_operation_of_an_undeclared_element_is_listed(tmp_path: Path) -> None:
    text = (
        message("In", "p element=t:Ask")
        + message("Out", "p element=t:Answer")
        + message("No", "p element=t:No")
    )
    text += f'<portType name="P">{operation("Get", "In", "Out")}{operation("Put", "No", "Out")}</portType>'
    found = read(tmp_path, definitions(text + binding("B", "P", bound("Get") + bound("Put")), ELEMENTS))
    assert list(found.operations) == ["Get"]
    assert [(one.name, one.reason) for one in found.skipped] == [
        ("Put", "uses the element {urn:t}No, which no schema declares")
    ]


def test_an_xml_node_of_dotnet_takes_any_document(tmp_path: Path) -> None:
    node = '<xs:complexType mixed="true"><xs:sequence><xs:any/></xs:sequence></xs:complexType>'
    contract = xsd(tmp_path, f'<xs:element name="Note">{node}</xs:element>')
    assert comes_back(contract, '<o:Note xmlns:o="urn:o"><doc xmlns="urn:elsewhere"/></o:Note>')
    contract.validator.check(contract.sample("{urn:o}Note"))
    with pytest.raises(Violation):
        contract.validator.check(parse(b'<o:Note xmlns:o="urn:o"/>'))


def test_a_wildcard_that_says_strict_stays_strict(tmp_path: Path) -> None:
    node = '<xs:sequence><xs:any processContents="strict"/></xs:sequence>'
    contract = xsd(
        tmp_path, f'<xs:element name="Note"><xs:complexType mixed="true">{node}</xs:complexType></xs:element>'
    )
    with pytest.raises(Violation):
        contract.validator.check(parse(b'<o:Note xmlns:o="urn:o"><doc xmlns="urn:elsewhere"/></o:Note>'))


def test_a_dataset_of_dotnet_with_its_rows(tmp_path: Path) -> None:
    inside = '<xs:sequence><xs:element ref="xs:schema"/><xs:any/></xs:sequence>'
    contract = xsd(
        tmp_path, f'<xs:element name="Rows"><xs:complexType>{inside}</xs:complexType></xs:element>'
    )
    rows = '<d:diffgram xmlns:d="urn:schemas-microsoft-com:xml-diffgram-v1"><Table><id>1</id></Table></d:diffgram>'
    assert comes_back(contract, f'<o:Rows xmlns:o="urn:o">{schema("")}{rows}</o:Rows>')


@pytest.mark.parametrize("uri", ["http://www.w3.org/1999/XMLSchema", "http://www.w3.org/2000/10/XMLSchema"])
def test_types_of_drafts_of_xsd(tmp_path: Path, uri: str) -> None:
    """What the toolkits of 2001 wrote, and is served still."""
    text = message("In", "name type=old:string") + message("Out", "count type=old:int")
    text += PORT_TYPE + binding("B", "P", bound("Get", body='use="literal" namespace="urn:t"'), style="rpc")
    found = read(tmp_path, definitions(text, ELEMENTS, f'xmlns:old="{uri}"'))
    contract = XmlContract(found.schemas)
    answer = '<t:GetResponse xmlns:t="urn:t"><count>3</count></t:GetResponse>'
    assert comes_back(contract, answer) == {"count": 3}
    with pytest.raises(Violation):
        contract.validator.check(parse(answer.replace("3", "three").encode()))


def test_schemas_in_the_namespace_of_a_draft(tmp_path: Path) -> None:
    draft = schema(
        '<xs:complexType name="Pair"><xs:sequence><xs:element name="one" type="xs:int"/>'
        "</xs:sequence></xs:complexType>",
        "urn:t",
    ).replace("2001/XMLSchema", "1999/XMLSchema")
    text = message("In", "pair type=t:Pair") + message("Out") + PORT_TYPE
    text += binding("B", "P", bound("Get", body='use="literal" namespace="urn:t"'), style="rpc")
    contract = XmlContract(read(tmp_path, definitions(text, draft)).schemas)
    asked = '<t:Get xmlns:t="urn:t"><pair><one>3</one></pair></t:Get>'
    assert comes_back(contract, asked) == {"pair": {"one": 3}}


def test_a_namespace_without_a_schema_is_named(tmp_path: Path) -> None:
    part = message("In", "name type=m:Map") + message("Out") + PORT_TYPE
    text = part + binding("B", "P", bound("Get", body='use="literal" namespace="urn:t"'), style="rpc")
    expected = r"a\.wsdl, line \d+: refers to the namespace http://xml.apache.org/xml-soap, of which"
    with pytest.raises(ContractUnreadable, match=expected) as caught:
        read(tmp_path, definitions(text, ELEMENTS, 'xmlns:m="http://xml.apache.org/xml-soap"'))
    assert "ask the agency for the missing file" in str(caught.value)


def test_content_in_a_relative_namespace_is_kept(tmp_path: Path) -> None:
    """Canonical XML has no form for it; some registers are called so all the same."""
    any_ = '<xs:sequence><xs:any processContents="skip"/></xs:sequence>'
    contract = xsd(tmp_path, f'<xs:element name="Box"><xs:complexType>{any_}</xs:complexType></xs:element>')
    value = comes_back(contract, '<o:Box xmlns:o="urn:o"><Quote xmlns="Quotes">1</Quote></o:Box>')
    assert "Quote" in str(value)


def test_mixed_says_nothing_of_simple_content(tmp_path: Path) -> None:
    inside = '<xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="d"/></xs:extension></xs:simpleContent>'
    contract = xsd(
        tmp_path, f'<xs:element name="E"><xs:complexType mixed="true">{inside}</xs:complexType></xs:element>'
    )
    assert comes_back(contract, '<o:E xmlns:o="urn:o" d="x">text</o:E>') == {"d": "x", "_value_1": "text"}


def test_the_common_part_of_xsd_1_1_is_read_and_the_rest_listed(tmp_path: Path) -> None:
    content = """
<xs:element name="Span"><xs:complexType>
<xs:openContent mode="suffix"><xs:any namespace="##other"/></xs:openContent>
<xs:sequence><xs:element name="low" type="xs:int"/><xs:element name="high" type="xs:int"/>
<xs:element name="at" type="xs:dateTimeStamp" minOccurs="0"/></xs:sequence>
<xs:attribute name="kind"/><xs:assert test="low le high"/></xs:complexType>
<xs:alternative test="@kind = 'x'" type="xs:anyType"/></xs:element>
<xs:simpleType name="Even"><xs:restriction base="xs:int"><xs:assertion test="$value mod 2 = 0"/></xs:restriction></xs:simpleType>
"""
    contract = xsd(tmp_path, content)
    assert comes_back(contract, '<o:Span xmlns:o="urn:o"><low>1</low><high>2</high></o:Span>') == {
        "low": 1,
        "high": 2,
    }
    with pytest.raises(Violation):
        contract.validator.check(parse(b'<o:Span xmlns:o="urn:o"><low>one</low><high>2</high></o:Span>'))
    notes = contract.schemas.access.notes
    assert [one.partition(":")[0] for one in notes] == [f"a.xsd, line {line}" for line in (3, 5, 6, 7, 8)]
    assert "assert is XSD 1.1: the condition 'low le high' is not checked" in notes[2]


def test_a_schema_that_replaces_another_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractUnreadable, match=r"a\.xsd, line 2: xs:override is XSD 1\.1"):
        xsd(tmp_path, '\n<xs:override schemaLocation="b.xsd"/>')


def test_what_can_never_end_says_why(tmp_path: Path) -> None:
    inside = '<xs:complexType><xs:sequence><xs:element ref="o:E"/></xs:sequence></xs:complexType>'
    contract = xsd(tmp_path, f'<xs:element name="E">{inside}</xs:element>')
    with pytest.raises(Exception, match="holds itself"):
        contract.sample("{urn:o}E")
