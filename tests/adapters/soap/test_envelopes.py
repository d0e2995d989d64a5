"""Envelopes and faults of both versions, and the headers of WS-Addressing."""

from typing import Any

import pytest
from lxml import etree

from adapters.contracts.violation import Violation
from adapters.errors import Misconfigured
from adapters.kinds.soap import envelope
from adapters.kinds.soap.addressing import URIS, Addressing
from adapters.kinds.soap.envelope import SOAP_11, SOAP_12, Version
from tests.adapters.connections import spec

FAULT_12 = """<s:Fault xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:w="urn:w"><s:Code>
<s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:Outer</s:Value><s:Subcode><s:Value>w:Inner</s:Value>
</s:Subcode></s:Subcode></s:Code><s:Reason><s:Text xml:lang="sv">fel</s:Text><s:Text xml:lang="en-GB">wrong
</s:Text></s:Reason><s:Node>urn:node</s:Node><s:Detail><w:More/></s:Detail></s:Fault>"""
FAULT_11 = """<s:Fault xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>s:Client.Auth</faultcode>
<faultstring>wrong</faultstring><detail><w:More xmlns:w="urn:w"/></detail></s:Fault>"""


def body(version: Version, content: str) -> Any:
    return envelope.read(envelope.write(version, "", "", content), version)


def test_a_newer_fault_is_read_whole() -> None:
    found = envelope.fault(body(SOAP_12, FAULT_12))
    assert found is not None
    assert (found.code, found.text, found.detail.tag) == ("Sender", "wrong", "{urn:w}More")
    assert found.names == ("Inner", "Outer", "Sender")
    assert found.is_ours


def test_an_older_fault_is_read_whole() -> None:
    found = envelope.fault(body(SOAP_11, FAULT_11))
    assert found is not None
    assert (found.code, found.text, found.detail.tag) == ("Client.Auth", "wrong", "{urn:w}More")
    assert found.is_ours


def test_a_fault_without_its_prefix_declared_is_refused() -> None:
    with pytest.raises(Violation, match="prefix"):
        envelope.fault(body(SOAP_12, FAULT_12.replace(' xmlns:w="urn:w"', "").replace("<w:More/>", "")))


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
def test_an_envelope_of_another_version_is_refused(version: Version) -> None:
    other = SOAP_12 if version is SOAP_11 else SOAP_11
    with pytest.raises(Violation, match="not " + version.number):
        envelope.read(envelope.write(other, "", "", "<a/>"), version)


@pytest.mark.parametrize(
    "text",
    [
        "<a/>",
        '<s:Envelope xmlns:s="urn:other"><s:Body><a/></s:Body></s:Envelope>',
        "<s:Envelope {s}><s:Body/></s:Envelope>",
        "<s:Envelope {s}><s:Header/></s:Envelope>",
        "<s:Envelope {s}><s:Body><a/></s:Body><s:Body><a/></s:Body></s:Envelope>",
        "<s:Envelope {s}><s:Header/><s:Header/><s:Body><a/></s:Body></s:Envelope>",
        "<s:Envelope {s}><s:Body><a/></s:Body><s:Header/></s:Envelope>",
        "<s:Envelope {s}><x/><s:Body><a/></s:Body></s:Envelope>",
    ],
)
def test_other_shapes_are_refused(text: str) -> None:
    with pytest.raises(Violation):
        envelope.read(text.replace("{s}", f'xmlns:s="{SOAP_11.uri}"').encode())


@pytest.mark.parametrize(
    ("must", "ours", "passes"), [("1", "urn:x", True), ("0", "", True), ("true", "", False)]
)
def test_headers_that_must_be_understood(must: str, ours: str, passes: bool) -> None:
    header = f'<x:H xmlns:x="urn:x" soap:mustUnderstand="{must}"/>'
    found = envelope.open_envelope(envelope.write(SOAP_12, "", header, "<a/>"))
    if passes:
        envelope.insist_on_understanding(found, frozenset({ours}))
    else:
        with pytest.raises(Violation, match="must be understood"):
            envelope.insist_on_understanding(found, frozenset({ours}))


def test_the_action_is_named_as_each_version_wants_it() -> None:
    assert SOAP_11.http_headers("urn:a")["SOAPAction"] == '"urn:a"'
    assert SOAP_12.http_headers("urn:a") == {
        "Content-Type": 'application/soap+xml; charset=utf-8; action="urn:a"'
    }


def addressing(**table: Any) -> Addressing:
    found = Addressing.of(spec("npr", "http://127.0.0.1:9", addressing=table), "http://127.0.0.1:9/x")
    assert found is not None
    return found


@pytest.mark.parametrize("version", ["1.0", "2004/08"])
def test_headers_are_written_and_answers_related(version: str) -> None:
    found = addressing(version=version, reply_to="portal", to="urn:a&b")
    name = found.message_id("op", "MOV-1:step")
    assert name == found.message_id("op", "MOV-1:step") != found.message_id("other", "MOV-1:step")
    assert found.message_id("op", "") != found.message_id("op", "")
    written = found.header("urn:act", name, later=True)
    header = etree.fromstring(f"<h{found.declaration}>{written}</h>")
    uri = f"{{{URIS[version]}}}"
    assert [element.tag.removeprefix(uri) for element in header] == ["To", "Action", "MessageID", "ReplyTo"]
    assert header.findtext(f"{uri}To") == "urn:a&b"
    assert header.findtext(f"{uri}ReplyTo/{uri}Address").endswith("/api/v1/agencies/npr/soap")
    at_once = etree.fromstring(f"<h{found.declaration}>{found.header('a', name, later=False)}</h>")
    assert at_once.findtext(f"{uri}ReplyTo/{uri}Address").endswith("/anonymous")


def answered(*relations: str, extra: str = "") -> Any:
    blocks = "".join(f"<w:RelatesTo{extra}>{one}</w:RelatesTo>" for one in relations)
    return etree.fromstring(f'<h xmlns:w="{URIS["1.0"]}">{blocks}</h>')


def test_an_answer_to_another_message_is_refused() -> None:
    found = addressing(version="1.0")
    found.insist_on_relation(answered("urn:1"), "urn:1")
    for wrong in (answered("urn:2"), answered(), answered("urn:1", "urn:1"), answered("urn:1 2"), None):
        with pytest.raises(Violation):
            found.insist_on_relation(wrong, "urn:1")
    with pytest.raises(Violation):
        found.insist_on_relation(answered("urn:1", extra=' RelationshipType="urn:other"'), "urn:1")
    lenient = addressing(version="1.0", strict=False)
    lenient.insist_on_relation(answered(), "urn:1")
    with pytest.raises(Violation):
        lenient.insist_on_relation(answered("urn:2"), "urn:1")


@pytest.mark.parametrize("table", [{"version": "2.0"}, {"reply_to": "mars"}, {"replyto": "portal"}])
def test_tables_that_cannot_be_are_misconfigured(table: Any) -> None:
    with pytest.raises(Misconfigured):
        addressing(**table)
