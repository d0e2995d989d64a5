"""Bodies beside the plain form: read, sampled, there and back, served, and made into connections."""

from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from lxml import etree

from adapters.conformance.checks import NO
from adapters.connection_spec import from_folder
from adapters.contracts import bodies, bundle, encoded, wsdl
from adapters.contracts.markup import clark
from adapters.contracts.violation import Violation
from adapters.inspection.listing import listing
from adapters.kinds.soap import envelope
from adapters.onboarding import new, verify
from adapters.samples import soap
from adapters.samples.source import SoapSource, read_soap
from adapters.simulator import generated
from adapters.simulator.building import service_of
from adapters.simulator.pins import Pins
from adapters.simulator.simulated import SimulatedAgency
from tests.contracts.body_forms import FORMS

SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
STYLE_12 = f"{{{SOAP_12}}}encodingStyle"


def contract(folder: Path, name: str) -> SoapSource:
    path = folder / f"{name}.wsdl"
    path.write_text(FORMS[name], encoding="utf-8")
    return read_soap(path)


def content(source: SoapSource, message: Any, *, reply: bool = False) -> Any:
    """The checked element of an envelope."""
    operation = source.wsdl.operations["Register"]
    opened = envelope.open_envelope(etree.tostring(message))
    name = operation.reply if reply else operation.request
    found = bodies.read(opened.body, name, is_encoded=operation.is_encoded)
    source.xml.validator.check(found)
    return found


@pytest.mark.parametrize("name", FORMS)
def test_inspected_and_closed_into_a_bundle(name: str, tmp_path: Path) -> None:
    source = contract(tmp_path, name)
    assert [one.name for one in listing(name, source).operations] == ["Register"]
    assert source.wsdl.skipped == ()
    bundle.write(tmp_path / "b.contract.json", source.wsdl)
    closed = bundle.soap(tmp_path / "b.contract.json")
    assert closed.operations == source.wsdl.operations
    closed.schemas.compile()


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", FORMS)
def test_samples_come_back_as_the_same_value(name: str, full: bool, tmp_path: Path) -> None:
    source = contract(tmp_path, name)
    operation = source.wsdl.operations["Register"]
    for number, (tag, make) in enumerate(((operation.request, soap.request), (operation.reply, soap.reply))):
        codec = source.xml.codecs.codec(tag)
        element = content(source, make(source.xml, operation, full=full), reply=bool(number))
        value = codec.decode(element)
        again = soap.on_the_wire(source.xml, operation, codec.element_of(value))
        wire = soap.envelope(operation.soap_version, [], [again])
        assert codec.decode(content(source, wire, reply=bool(number))) == value


@pytest.mark.parametrize("name", FORMS)
def test_served_over_http_and_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    source = contract(tmp_path, name)
    operation = source.wsdl.operations["Register"]
    agency = SimulatedAgency(service_of(source), generated.script(source, Pins([]), 0))
    agency.start()
    try:
        sent = soap.request(source.xml, operation)
        reply = requests.post(agency.url, data=etree.tostring(sent), timeout=5)
        assert reply.status_code == 200, reply.text
        content(source, etree.fromstring(reply.content), reply=True)
        body = sent[-1]
        body.text = "not it"
        for child in list(body):
            body.remove(child)
        assert requests.post(agency.url, data=etree.tostring(sent), timeout=5).status_code in {400, 500}
    finally:
        agency.stop()


@pytest.mark.parametrize("name", FORMS)
def test_a_connection_made_of_it_is_verified(name: str, tmp_path: Path) -> None:
    contract(tmp_path, name)
    folder = new.make("made", tmp_path / f"{name}.wsdl", [], tmp_path).folder
    found = verify.simulated(from_folder(folder))
    assert {one.check: one.evidence for one in found if one.verdict == NO} == {}


def zeep_sends(folder: Path, name: str, **values: Any) -> Any:
    """The Body that zeep makes."""
    client = zeep.Client(str(folder / f"{name}.wsdl"))
    return client.create_message(client.service, "Register", **values).find("{*}Body")


def ours(source: SoapSource, value: Any) -> Any:
    """The Body that we make."""
    operation = source.wsdl.operations["Register"]
    element = source.xml.codecs.codec(operation.request).element_of(value)
    return soap.envelope(operation.soap_version, [], [element])[-1]


def plain(element: Any) -> Any:
    """An element as canonical XML compares it, prefixes aside."""
    return element.tag, sorted(element.attrib.items()), element.text, [plain(one) for one in element]


def test_zeep_writes_the_same_parts(tmp_path: Path) -> None:
    source = contract(tmp_path, "parts")
    who = {"number": "19850312T4240", "born": "1985-03-12"}
    theirs = zeep_sends(tmp_path, "parts", a=who, b="moved")
    mine = ours(source, {"Who": who, "Why": "moved"})
    assert [plain(one) for one in mine] == [plain(one) for one in theirs]


def test_zeep_writes_the_same_wrapper_although_a_schema_has_its_name(tmp_path: Path) -> None:
    source = contract(tmp_path, "rpc_shared_name")
    value = {"who": {"number": "19850312T4240", "born": "1985-03-12"}, "why": "moved"}
    theirs = zeep_sends(tmp_path, "rpc_shared_name", **value)
    assert [plain(one) for one in ours(source, value)] == [plain(one) for one in theirs]


def test_zeep_reads_the_same_value_of_several_parts(tmp_path: Path) -> None:
    source = contract(tmp_path, "parts")
    operation = source.wsdl.operations["Register"]
    value = {"Found": {"householdID": "HH-1", "size": 3}, "Remark": "none"}
    element = source.xml.codecs.codec(operation.reply).element_of(value)
    sent = soap.envelope("1.1", [], [element])
    theirs = zeep.Client(str(tmp_path / "parts.wsdl")).wsdl.bindings["{urn:t}B"].get("Register")
    read = zeep.helpers.serialize_object(theirs.process_reply(sent), dict)
    assert read["a"] == value["Found"]
    assert read["b"] == value["Remark"]


def test_the_type_of_a_part_is_that_of_the_whole_body(tmp_path: Path) -> None:
    """WSDL 1.1, 3.5. zeep writes no such request at all."""
    source = contract(tmp_path, "type")
    body = ours(source, {"number": "1", "born": "2026-01-01"})
    assert [one.tag for one in body] == ["number", "born"]
    assert [one.tag for one in ours(contract(tmp_path, "text"), 7)] == []
    assert ours(contract(tmp_path, "text"), 7).text == "7"


def test_inspection_names_what_stands_on_the_wire(tmp_path: Path) -> None:
    def names(name: str) -> list[str]:
        (found,) = listing(name, contract(tmp_path, name)).operations
        return [one.name for one in found.messages]

    assert names("type") == ["the Body itself", "the Body itself"]
    assert names("rpc_shared_name") == ["{urn:t}Register", "{urn:t}RegisterResponse"]


def test_document_encoded_says_types_and_the_encoding_on_each_part(tmp_path: Path) -> None:
    """The accessors have the namespace that soap:body says (WSDL 1.1, 3.5)."""
    source = contract(tmp_path, "document_encoded_12")
    (body,) = soap.request(source.xml, source.wsdl.operations["Register"])
    assert [one.tag for one in body] == ["{urn:t}who", "{urn:t}why"]
    assert {one.get(STYLE_12) for one in body} == {encoded.ENCODING_12}
    assert STYLE_12 not in body.attrib
    assert all(one.get(XSI_TYPE) for one in body.iterdescendants())


def test_arrays_of_soap_12_say_type_and_size(tmp_path: Path) -> None:
    source = contract(tmp_path, "rpc_encoded_12")
    (body,) = soap.request(source.xml, source.wsdl.operations["Register"], full=True)
    group = body[0][0]
    assert clark(group, group.get(encoded.ITEM_TYPE)) == "{urn:t}Person"
    assert group.get(encoded.ARRAY_SIZE) == str(len(group))


REFERRED = f"""<e:Envelope xmlns:e="{SOAP_12}" xmlns:enc="{encoded.ENCODING_12}" xmlns:t="urn:t"
 xmlns:rpc="http://www.w3.org/2003/05/soap-rpc"><e:Body>
<t:Register e:encodingStyle="{encoded.ENCODING_12}"><rpc:result>found</rpc:result>
<group enc:itemType="t:Person" enc:arraySize="*"><one enc:id="p"><number>1</number><born>2000-01-01</born></one>
<two enc:ref="{{ref}}"/></group><why>{{why}}</why></t:Register></e:Body></e:Envelope>"""


def test_references_of_soap_12_are_put_in_place(tmp_path: Path) -> None:
    source = contract(tmp_path, "rpc_encoded_12")
    found = content(source, etree.fromstring(REFERRED.format(ref="p", why="x")))
    person = {"number": "1", "born": "2000-01-01"}
    value = source.xml.codecs.codec(found.tag).decode(found)
    assert value == {"group": {"item": [person, person]}, "why": "x"}


@pytest.mark.parametrize(
    ("ref", "why", "said"),
    [
        ("q", "x", "leads nowhere"),
        ("p", '<a enc:id="z"><b enc:ref="z"/></a>', "leads back to itself"),
        ("p", '<a enc:id="z" enc:ref="z"/>', "leads back to itself"),
    ],
)
def test_references_that_lead_nowhere_or_round_are_refused(
    ref: str, why: str, said: str, tmp_path: Path
) -> None:
    source = contract(tmp_path, "rpc_encoded_12")
    with pytest.raises(Violation, match=said):
        content(source, etree.fromstring(REFERRED.format(ref=ref, why=why)))


def test_values_that_are_referred_to_are_no_parts(tmp_path: Path) -> None:
    """Independent elements beside the parts (SOAP 1.1, 5.6), in whatever order."""
    source = contract(tmp_path, "document_encoded")
    text = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:t"><e:Body>'
    text += '<multiRef id="a"><number>1</number><born>2000-01-01</born></multiRef>'
    text += '<t:who href="#a"/><t:why>x</t:why></e:Body></e:Envelope>'
    found = content(source, etree.fromstring(text))
    value = source.xml.codecs.codec(found.tag).decode(found)
    assert value == {"who": {"number": "1", "born": "2000-01-01"}, "why": "x"}


def test_another_encoding_is_left_out_with_the_reason(tmp_path: Path) -> None:
    text = FORMS["document_encoded"].replace("http://schemas.xmlsoap.org/soap/encoding/", "urn:own")
    (tmp_path / "a.wsdl").write_text(text)
    assert "the encoding urn:own" in wsdl.read(tmp_path / "a.wsdl").skipped[0].reason
