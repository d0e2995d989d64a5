"""Operations with nothing to say or nothing to answer: empty Bodies and one-way messages, both versions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree

from adapters import registry
from adapters.connection_spec import ConnectionSpec
from adapters.errors import NotUnderstood, Unavailable
from adapters.kinds.soap.envelope import SOAP_11, SOAP_12, Version
from adapters.ports import Accepted, Context, Request
from adapters.simulator.server import Listener, Response
from adapters.simulator.server import Request as Received

WSDL = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="{binding}" xmlns:t="urn:t"
  xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:wsam="http://www.w3.org/2007/05/addressing/metadata"
  targetNamespace="urn:t">
<types><x:schema targetNamespace="urn:t" elementFormDefault="qualified">
  <x:element name="Note"><x:complexType><x:sequence><x:element name="Text" type="x:string"/></x:sequence>
  </x:complexType></x:element>
  <x:element name="Key" type="x:string"/>
</x:schema></types>
<message name="Note"><part name="p" element="t:Note"/></message>
<message name="Key"><part name="p" element="t:Key"/></message>
<message name="Nothing"/>
<portType name="P">
  <operation name="Tell"><input message="t:Note" wsam:Action="urn:t/told"/></operation>
  <operation name="Ping"><input message="t:Nothing"/><output message="t:Nothing"/></operation>
  <operation name="Read"><input message="t:Nothing"/><output message="t:Note"/></operation>
</portType>
<binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>
  <operation name="Tell"><s:operation soapAction=""/><input><s:body use="literal"/></input></operation>
  <operation name="Ping"><s:operation soapAction="urn:ping"/>
    <input><s:header message="t:Key" part="p" use="literal"/><s:body use="literal"/></input>
    <output><s:body use="literal"/></output></operation>
  <operation name="Read"><s:operation soapAction="urn:read"/><input><s:body use="literal"/></input>
    <output><s:body use="literal"/></output></operation>
</binding>
<service name="S"><port name="Q" binding="t:B"><s:address location="http://127.0.0.1:9/x"/></port></service>
</definitions>"""
MAPPING = """
[operations.tell]
call = "Tell"
request = [{ agency = "Text", canonical = "text" }]
[operations.ping]
call = "Ping"
header = [{ agency = "Key", canonical = "@idempotency_key" }]
[operations.read]
call = "Read"
reply = [{ agency = "Text", canonical = "text" }]
"""
BINDINGS = {
    SOAP_11: "http://schemas.xmlsoap.org/wsdl/soap/",
    SOAP_12: "http://schemas.xmlsoap.org/wsdl/soap12/",
}


class Agency:
    """Keeps what came, answers what it was told to."""

    def __init__(self, folder: Path, version: Version) -> None:
        self.version, self.folder = version, folder
        self.seen: list[Received] = []
        self.response = Response(202, b"")
        (folder / "mapping.toml").write_text(MAPPING)
        (folder / "x.wsdl").write_text(WSDL.replace("{binding}", BINDINGS[version]))
        self.listener = Listener("agency", self._answer)
        self.listener.open()

    def _answer(self, request: Received) -> Response:
        self.seen.append(request)
        return self.response

    def says(self, content: str, status: int = 200) -> None:
        body = f'<s:Envelope xmlns:s="{self.version.uri}"><s:Body>{content}</s:Body></s:Envelope>'
        self.response = Response(status, body.encode(), self.version.media_type)

    def ask(self, operation: str, **settings: Any) -> Any:
        table = {"path": "/x", "contract": "x.wsdl", "allow_private": True, **settings}
        url = f"http://127.0.0.1:{self.listener.port}"
        spec = ConnectionSpec("x", "X", "soap", url, table, {}, self.folder)
        return registry.build(spec).send(Request(operation, {"text": "a"}, Context("c", "k"))).result


@pytest.fixture(params=[SOAP_11, SOAP_12], ids=["1.1", "1.2"])
def agency(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Agency]:
    found = Agency(tmp_path, request.param)
    yield found
    found.listener.close()


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_one_way_message_is_done_once_it_is_taken(agency: Agency, status: int) -> None:
    agency.response = Response(status, b"")
    assert agency.ask("tell") == Accepted({})
    assert b"<n0:Text>a</n0:Text>" in agency.seen[0].body


def test_a_one_way_message_may_fail(agency: Agency) -> None:
    agency.response = Response(503, b"")
    with pytest.raises(Unavailable):
        agency.ask("tell")


def test_an_empty_body_is_what_zeep_sends_too(agency: Agency) -> None:
    agency.says("")
    assert agency.ask("ping") == Accepted({})
    client = zeep.Client(str(agency.folder / "x.wsdl"))
    theirs = client.create_message(client.service, "Ping", _soapheaders={"p": "k"})
    ours = etree.fromstring(agency.seen[0].body)
    assert _shape(ours) == _shape(theirs)
    agency.says('<t:Note xmlns:t="urn:t"><t:Text>hello</t:Text></t:Note>')
    assert agency.ask("read") == Accepted({"text": "hello"})


def _shape(element: Any) -> Any:
    return element.tag, (element.text or "").strip(), [_shape(child) for child in element]


def test_an_empty_body_where_an_answer_was_due_is_not_understood(agency: Agency) -> None:
    agency.says("")
    with pytest.raises(NotUnderstood, match="no body"):
        agency.ask("read")


def test_the_contract_names_the_addressing_action(agency: Agency) -> None:
    agency.ask("tell", addressing={"version": "1.0", "strict": False})
    root = etree.fromstring(agency.seen[0].body)
    assert root.findtext(".//{http://www.w3.org/2005/08/addressing}Action") == "urn:t/told"
