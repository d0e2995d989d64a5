"""Both protocols of X-Road: what a security server sees, and what of its answers is believed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters import registry
from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured, NotUnderstood, Unavailable
from adapters.ports import Accepted, Adapter, Context, Request
from tests.adapters.xroad.security_server import CLIENT, PERSON, SERVICE, XRD, SecurityServer

WSDL = f"""<?xml version="1.0"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:xrd="{XRD}" xmlns:tns="{PERSON}" targetNamespace="{PERSON}">
<wsdl:types>
  <xs:schema targetNamespace="{XRD}" elementFormDefault="qualified">
    <xs:element name="client" type="xs:anyType"/><xs:element name="service" type="xs:anyType"/>
    <xs:element name="id" type="xs:string"/><xs:element name="userId" type="xs:string"/>
    <xs:element name="issue" type="xs:string"/><xs:element name="protocolVersion" type="xs:string"/>
  </xs:schema>
  <xs:schema targetNamespace="{PERSON}">
    <xs:element name="getPerson"><xs:complexType><xs:sequence>
      <xs:element name="code" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="getPersonResponse"><xs:complexType><xs:sequence>
      <xs:element name="name" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  </xs:schema>
</wsdl:types>
<wsdl:message name="requestheader">
  <wsdl:part name="client" element="xrd:client"/><wsdl:part name="service" element="xrd:service"/>
  <wsdl:part name="id" element="xrd:id"/><wsdl:part name="protocolVersion" element="xrd:protocolVersion"/>
</wsdl:message>
<wsdl:message name="q"><wsdl:part name="body" element="tns:getPerson"/></wsdl:message>
<wsdl:message name="a"><wsdl:part name="body" element="tns:getPersonResponse"/></wsdl:message>
<wsdl:portType name="p"><wsdl:operation name="getPerson">
  <wsdl:input message="tns:q"/><wsdl:output message="tns:a"/></wsdl:operation></wsdl:portType>
<wsdl:binding name="b" type="tns:p">
  <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
  <wsdl:operation name="getPerson"><soap:operation soapAction="" style="document"/>
    <wsdl:input><soap:body use="literal"/>
      <soap:header message="tns:requestheader" part="client" use="literal"/>
      <soap:header message="tns:requestheader" part="service" use="literal"/>
      <soap:header message="tns:requestheader" part="id" use="literal"/>
      <soap:header message="tns:requestheader" part="protocolVersion" use="literal"/></wsdl:input>
    <wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>
</wsdl:binding>
<wsdl:service name="s"><wsdl:port name="p" binding="tns:b">
  <soap:address location="http://x.invalid/"/></wsdl:port></wsdl:service></wsdl:definitions>"""
OPENAPI: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Persons", "version": "1"},
    "paths": {
        "/persons/{code}": {
            "get": {
                "operationId": "getPerson",
                "parameters": [
                    {"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {
                    "200": {
                        "description": "found",
                        "content": {
                            "application/json": {
                                "schema": {"type": "object", "properties": {"name": {"type": "string"}}}
                            }
                        },
                    }
                },
            }
        }
    },
}
MAPPING = """
[operations.get_person]
call = "getPerson"
{request}
reply = [{{ agency = "name", canonical = "givenName" }}]
"""
REQUESTS = {
    "soap": 'request = [{ agency = "code", canonical = "person.identifier.notation" }]',
    "rest": 'path = { code = "person.identifier.notation" }',
}
VALUE = {"person": {"identifier": {"notation": "19850312T4240"}}}


@pytest.fixture
def server() -> Iterator[SecurityServer]:
    server = SecurityServer()
    server.listener.open()
    yield server
    server.listener.close()


@pytest.fixture(params=["soap", "rest"])
def adapter(request: pytest.FixtureRequest, server: SecurityServer, tmp_path: Path) -> Adapter:
    (tmp_path / "c.wsdl").write_text(WSDL)
    (tmp_path / "c.json").write_text(json.dumps(OPENAPI))
    (tmp_path / "mapping.toml").write_text(MAPPING.format(request=REQUESTS[request.param]))
    settings = {
        "contract": "c.wsdl" if request.param == "soap" else "c.json",
        "path": "/",
        "allow_private": True,
        "xroad": {
            **{"protocol": request.param, "client": CLIENT, "service": SERVICE},
            **{"user": "EE38001085718", "represented_party": "COM/123"},
        },
    }
    url = f"http://127.0.0.1:{server.listener.port}"
    return registry.build(ConnectionSpec("rr", "Persons", "xroad", url, settings, {}, tmp_path))


def ask(adapter: Adapter, key: str = "k") -> object:
    return adapter.send(Request("get_person", VALUE, Context("c", key, "MOV-1"))).result


def test_answer_is_canonical_and_the_id_is_that_of_the_key(adapter: Adapter, server: SecurityServer) -> None:
    assert ask(adapter) == ask(adapter) == Accepted({"givenName": "Maria"})
    ask(adapter, "other")
    assert server.ids[0] == server.ids[1] != server.ids[2]


def test_headers_say_who_asks_why_and_for_whom(adapter: Adapter, server: SecurityServer) -> None:
    ask(adapter)
    request = server.seen[0]
    if request.body:
        header = etree.fromstring(request.body)[0]
        values = {etree.QName(one).localname: one.text for one in header.iter()}
        assert (values["userId"], values["issue"]) == ("EE38001085718", "MOV-1")
        assert (values["partyClass"], values["partyCode"]) == ("COM", "123")
    else:
        assert request.header("X-Road-UserId") == "EE38001085718"
        assert request.header("X-Road-Issue") == "MOV-1"
        assert request.header("X-Road-Represented-Party") == "COM/123"


@pytest.mark.parametrize("spoil", ["id", "client", "hash"])
def test_the_answer_to_another_question_is_not_believed(
    adapter: Adapter, server: SecurityServer, spoil: str
) -> None:
    server.spoil = spoil
    with pytest.raises(NotUnderstood, match="not that of the question"):
        ask(adapter)


def test_the_security_server_s_own_errors(adapter: Adapter, server: SecurityServer) -> None:
    server.spoil = "denied"
    with pytest.raises(Misconfigured, match="AccessDenied"):
        ask(adapter)
    server.spoil = "network"
    with pytest.raises(Unavailable, match="NetworkError"):
        ask(adapter)


@pytest.mark.parametrize("change", [{"client": "EE/GOV"}, {"service": "x"}, {"protocol": "corba"}])
def test_wrong_identifiers_are_said_when_it_is_built(tmp_path: Path, change: dict[str, str]) -> None:
    (tmp_path / "c.json").write_text(json.dumps(OPENAPI))
    (tmp_path / "mapping.toml").write_text(MAPPING.format(request=REQUESTS["rest"]))
    xroad = {"protocol": "rest", "client": CLIENT, "service": SERVICE, **change}
    settings = {"contract": "c.json", "xroad": xroad}
    spec = ConnectionSpec("rr", "Persons", "xroad", "https://x.example", settings, {}, tmp_path)
    with pytest.raises(Misconfigured):
        registry.build(spec)
