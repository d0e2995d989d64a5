"""WSDLs as the toolkits and registers of several countries publish them."""

from pathlib import Path

import pytest
from lxml import etree

from adapters.contracts import wsdl
from adapters.contracts.access import Access
from adapters.contracts.violation import ContractUnreadable
from adapters.contracts.wsdl import Wsdl
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

ENCODED = 'use="encoded" namespace="urn:t" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
LITERAL = 'use="literal" namespace="urn:t"'


def read(folder: Path, text: str) -> Wsdl:
    """A WSDL of one document, compiled."""
    write(folder, a_wsdl=text)
    found = wsdl.read(folder / "a.wsdl")
    found.schemas.compile()
    return found


def accepts(contract: Wsdl, text: str) -> bool:
    return bool(contract.schemas.compile().validate(etree.fromstring(text)))


def test_an_operation_of_several_bindings_stays_reachable(tmp_path: Path) -> None:
    """A .NET asmx service: one port type bound to SOAP 1.1, SOAP 1.2, HTTP GET and POST."""
    web = '<binding name="Get" type="t:P"><http:binding verb="GET"/><operation name="Get"><http:operation location="/G"/>'
    web += (
        '<input><http:urlEncoded/></input><output><mime:mimeXml part="Body"/></output></operation></binding>'
    )
    text = MESSAGES + PORT_TYPE + binding("S1", "P", bound("Get"))
    text += (
        binding("S2", "P", bound("Get", soap="soap12"), soap="soap12") + web + service(a="S1", b="S2 soap12")
    )
    contract = read(tmp_path, definitions(text, ELEMENTS))
    assert list(contract.operations) == ["Get", "S2/Get"]
    assert contract.operations["Get"].soap_version == "1.1"
    assert contract.operations["S2/Get"].soap_version == "1.2"
    assert contract.operations["S2/Get"].address == "http://agency.example/b"
    assert contract.find("S1/Get") is contract.operations["Get"]
    assert contract.find("S3/Get") is None
    assert [(one.binding, one.name) for one in contract.skipped] == [("Get", "Get")]
    assert "HTTP GET" in contract.skipped[0].reason


def test_split_documents_of_wcf(tmp_path: Path) -> None:
    """?wsdl, ?wsdl=wsdl0, ?xsd=xsd0: the service in one namespace, the contract in another, the types in a third."""
    outer = '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:i="urn:t" targetNamespace="urn:u" '
    outer += 'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"><wsdl:import namespace="urn:t" location="s.wsdl0.wsdl"/>'
    outer += '<wsdl:types/><wsdl:service name="S"><wsdl:port name="p" binding="i:B"><soap:address location="https://a.example/s"/>'
    outer += "</wsdl:port></wsdl:service></wsdl:definitions>"
    inner = schema('<xs:import namespace="urn:t" schemaLocation="s.xsd0.xsd"/>', "urn:t/Imports")
    text = definitions(MESSAGES + PORT_TYPE + binding("B", "P", bound("Get")), inner)
    (tmp_path / "s.wsdl0.wsdl").write_text(text)
    (tmp_path / "s.xsd0.xsd").write_text(ELEMENTS)
    contract = read(tmp_path, outer)
    assert contract.operations["Get"].request == "{urn:t}Ask"
    assert contract.address == "https://a.example/s"


def test_documents_that_import_each_other(tmp_path: Path) -> None:
    write(
        tmp_path,
        b_wsdl=definitions('<import namespace="urn:t" location="a.wsdl"/>' + MESSAGES + PORT_TYPE, ELEMENTS),
    )
    text = definitions('<import namespace="urn:t" location="b.wsdl"/>' + binding("B", "P", bound("Get")))
    assert list(read(tmp_path, text).operations) == ["Get"]


def test_headers_faults_and_header_faults(tmp_path: Path) -> None:
    """A body and headers that share one message, as X-Road and many security profiles have it."""
    messages = message("In", "key element=t:Key", "p element=t:Ask") + message("Out", "p element=t:Answer")
    messages += message("Head", "key element=t:Key") + message("Wrong", "fault element=t:Wrong")
    port_type = operation("Get", "In", "Out", more='<fault name="Wrong" message="t:Wrong"/>')
    head = '<soap:header message="t:In" part="key" use="literal">'
    head += '<soap:headerfault message="t:Wrong" part="fault" use="literal"/></soap:header>'
    reply = '<soap:header message="t:Head" part="key" use="literal"/>'
    text = f'{messages}<portType name="P">{port_type}</portType>'
    contract = read(
        tmp_path, definitions(text + binding("B", "P", bound("Get", more=head, reply=reply)), ELEMENTS)
    )
    found = contract.operations["Get"]
    assert (found.request, found.headers) == ("{urn:t}Ask", ("{urn:t}Key",))
    assert (found.reply, found.reply_headers) == ("{urn:t}Answer", ("{urn:t}Key",))
    assert (found.faults, found.header_faults) == (("{urn:t}Wrong",), ("{urn:t}Wrong",))


def test_parts_of_a_body_and_attachments(tmp_path: Path) -> None:
    messages = message("In", "p element=t:Ask", "file type=xs:base64Binary") + message(
        "Out", "p element=t:Answer"
    )
    end = '<mime:multipartRelated><mime:part><soap:body parts="p" use="literal"/></mime:part>'
    end += '<mime:part><mime:content part="file" type="application/pdf"/></mime:part></mime:multipartRelated>'
    own = f'<operation name="Get"><soap:operation soapAction=""/><input>{end}</input>'
    own += '<output><soap:body use="literal"/></output></operation>'
    contract = read(tmp_path, definitions(messages + PORT_TYPE + binding("B", "P", own), ELEMENTS))
    assert contract.operations["Get"].request == "{urn:t}Ask"
    assert contract.operations["Get"].attachments == ("file",)


def test_one_way_and_empty_messages(tmp_path: Path) -> None:
    messages = message("In", "p element=t:Ask") + message("Nothing")
    port_type = operation("Tell", "In", "") + operation("Ping", "Nothing", "Nothing")
    own = '<operation name="Tell"><soap:operation/><input><soap:body use="literal"/></input></operation>'
    text = f'{messages}<portType name="P">{port_type}</portType>' + binding("B", "P", own + bound("Ping"))
    contract = read(tmp_path, definitions(text, ELEMENTS))
    assert contract.operations["Tell"].is_one_way
    assert contract.operations["Tell"].reply == ""
    assert not contract.operations["Ping"].is_one_way
    assert (contract.operations["Ping"].request, contract.operations["Ping"].reply) == ("", "")


def test_rpc_literal_wrappers_are_checked(tmp_path: Path) -> None:
    """PHP and gSOAP: rpc/literal, parts that name types, no namespace on the parts."""
    messages = message("In", "id type=xs:int", "when type=xs:date") + message("Out", "return type=t:Row")
    types = schema(
        '<xs:complexType name="Row"><xs:sequence><xs:element name="n"/></xs:sequence></xs:complexType>',
        "urn:t",
    )
    text = messages + PORT_TYPE + binding("B", "P", bound("Get", body=LITERAL), style="rpc")
    contract = read(tmp_path, definitions(text, types))
    assert contract.operations["Get"].style == "rpc"
    assert accepts(contract, '<t:Get xmlns:t="urn:t"><id>1</id><when>2026-01-01</when></t:Get>')
    assert not accepts(contract, '<t:Get xmlns:t="urn:t"><id>x</id><when>2026-01-01</when></t:Get>')
    assert accepts(contract, '<t:GetResponse xmlns:t="urn:t"><return><n/></return></t:GetResponse>')


def test_rpc_without_parts_or_namespace(tmp_path: Path) -> None:
    text = message("In") + message("Out") + PORT_TYPE
    contract = read(tmp_path, definitions(text + binding("B", "P", bound("Get"), style="rpc")))
    assert contract.operations["Get"].request == "{urn:t}Get"
    assert accepts(contract, '<Get xmlns="urn:t"/>')


def test_rpc_encoded_arrays_of_axis(tmp_path: Path) -> None:
    """Axis 1: an array type restricts soapenc:Array, which is imported without an address."""
    types = schema(
        '<xs:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/>'
        '<xs:complexType name="Names"><xs:complexContent><xs:restriction base="soapenc:Array">'
        '<xs:attribute ref="soapenc:arrayType" wsdl:arrayType="xs:string[]"/></xs:restriction></xs:complexContent>'
        '</xs:complexType><xs:complexType name="Table"><xs:complexContent><xs:restriction base="soapenc:Array">'
        '<xs:attribute ref="soapenc:arrayType" wsdl:arrayType="xs:string[][]"/></xs:restriction></xs:complexContent>'
        "</xs:complexType>",
        "urn:t",
        'xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"',
    )
    text = message("In", "a type=t:Names") + message("Out", "b type=t:Table") + PORT_TYPE
    contract = read(
        tmp_path, definitions(text + binding("B", "P", bound("Get", body=ENCODED), style="rpc"), types)
    )
    assert contract.operations["Get"].is_encoded
    assert accepts(contract, '<t:Get xmlns:t="urn:t"><a><item>x</item><item>y</item></a></t:Get>')
    assert not accepts(contract, '<t:Get xmlns:t="urn:t"><a><other>x</other></a></t:Get>')


def test_two_services_with_several_ports(tmp_path: Path) -> None:
    other = (
        '<portType name="Q">' + operation("Get", "In", "Out") + operation("Put", "In", "Out") + "</portType>"
    )
    text = MESSAGES + PORT_TYPE + other + binding("B", "P", bound("Get"))
    text += (
        binding("C", "Q", bound("Get") + bound("Put")) + service(q="C") + service(p="B").replace('"S"', '"R"')
    )
    contract = read(tmp_path, definitions(text, ELEMENTS))
    assert list(contract.operations) == ["Get", "Put", "B/Get"]
    assert contract.operations["B/Get"].port == "p"


def test_overloaded_operations_are_told_apart(tmp_path: Path) -> None:
    messages = MESSAGES + message("In2", "p element=t:Key")
    named = '<operation name="Get"><input name="{0}" message="t:{1}"/><output name="o" message="t:Out"/></operation>'
    own = '<operation name="Get"><soap:operation soapAction=""/><input name="{0}"><soap:body use="literal"/></input>'
    own += '<output name="o"><soap:body use="literal"/></output></operation>'
    port_type = f'<portType name="P">{named.format("one", "In")}{named.format("two", "In2")}</portType>'
    text = messages + port_type + binding("B", "P", own.format("two") + own.format("one"))
    contract = read(tmp_path, definitions(text, ELEMENTS))
    assert contract.operations["Get"].request == "{urn:t}Key"
    assert len(contract.operations) == 2


def test_parts_of_which_one_names_a_type_are_left_out_with_a_reason(tmp_path: Path) -> None:
    messages = message("In", "p element=t:Ask", "q type=xs:string") + message("Out", "p element=t:Answer")
    contract = read(tmp_path, definitions(messages + PORT_TYPE + binding("B", "P", bound("Get")), ELEMENTS))
    assert not contract.operations
    assert "2 parts of which one names a type" in contract.skipped[0].reason
    assert contract.skipped[0].where.startswith("a.wsdl, line ")


def test_transports_and_notifications_are_left_out(tmp_path: Path) -> None:
    mail = binding("M", "P", bound("Get")).replace("soap/http", "soap/smtp")
    events = '<portType name="E"><operation name="On"><output message="t:Out"/></operation></portType>'
    own = '<operation name="On"><soap:operation/><output><soap:body use="literal"/></output></operation>'
    text = MESSAGES + PORT_TYPE + events + mail + binding("E", "E", own)
    contract = read(tmp_path, definitions(text, ELEMENTS))
    reasons = {one.binding: one.reason for one in contract.skipped}
    assert not contract.operations
    assert "not HTTP" in reasons["M"]
    assert "agency" in reasons["E"]


def test_wsdl_without_prefixes_and_actions_of_addressing(tmp_path: Path) -> None:
    text = '<message name="In"><part name="p" element="t:Ask"/></message><portType name="P"><operation name="Get">'
    text += '<input message="In" wsam:Action="urn:act"/></operation></portType><binding name="B" type="P">'
    text += '<soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Get">'
    text += '<input><soap:body use="literal"/></input></operation></binding>'
    space = 'xmlns:wsam="http://www.w3.org/2007/05/addressing/metadata"'
    contract = read(tmp_path, definitions(text, ELEMENTS, space))
    assert contract.operations["Get"].addressing_action == "urn:act"
    assert contract.operations["Get"].style == "document"


BROKEN = {
    "no message": PORT_TYPE + binding("B", "P", bound("Get")),
    "there is no portType": MESSAGES + binding("B", "P", bound("Get")),
    "has no operation": MESSAGES + PORT_TYPE + binding("B", "P", bound("Other")),
    "no schema declares": message("In", "p element=t:No")
    + message("Out")
    + PORT_TYPE
    + binding("B", "P", bound("Get")),
    "is not bound": message("In", "p element=z:No")
    + message("Out")
    + PORT_TYPE
    + binding("B", "P", bound("Get")),
    "without location": '<import namespace="urn:x"/>',
    "does not exist": '<import namespace="urn:x" location="absent.wsdl"/>',
    "only files and http": '<import namespace="urn:x" location="file:///etc/passwd"/>',
    "--fetch": '<import namespace="urn:x" location="http://127.0.0.1/a.wsdl"/>',
    "no binding": MESSAGES + PORT_TYPE + service(a="Nowhere"),
    "names the part": MESSAGES + PORT_TYPE + binding("B", "P", bound("Get", body='use="literal" parts="z"')),
}


@pytest.mark.parametrize("reason", BROKEN)
def test_broken_documents_are_refused_with_file_and_line(tmp_path: Path, reason: str) -> None:
    with pytest.raises(ContractUnreadable, match=r"a\.wsdl, line \d+: .*" + reason):
        read(tmp_path, definitions("\n" + BROKEN[reason], ELEMENTS))


@pytest.mark.parametrize(
    "text", ["<a/>", "", '<description xmlns="http://www.w3.org/ns/wsdl"/>', "<definitions/>"]
)
def test_what_is_no_wsdl_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContractUnreadable, match="a.wsdl"):
        read(tmp_path, text)


def test_a_wsdl_that_is_cut_anywhere_is_refused_or_read(tmp_path: Path) -> None:
    whole = definitions(MESSAGES + PORT_TYPE + binding("B", "P", bound("Get")) + service(a="B"), ELEMENTS)
    for end in range(0, len(whole), 7):
        with pytest.raises(ContractUnreadable, match=r"a\.wsdl, line \d+"):
            read(tmp_path, whole[:end])
    assert read(tmp_path, whole).operations


def test_a_wsdl_in_a_folder_of_a_wider_root(tmp_path: Path) -> None:
    types = schema('<xs:include schemaLocation="../t.xsd"/>', "urn:t")
    write(
        tmp_path,
        t_xsd=ELEMENTS,
        s__a_wsdl=definitions(MESSAGES + PORT_TYPE + binding("B", "P", bound("Get")), types),
    )
    with pytest.raises(ContractUnreadable, match="--root"):
        wsdl.read(tmp_path / "s" / "a.wsdl")
    assert wsdl.read(tmp_path / "s" / "a.wsdl", Access(tmp_path)).operations["Get"].request == "{urn:t}Ask"
