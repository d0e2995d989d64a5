"""zeep, which knows nothing of us, talks to agencies simulated from their WSDL."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
import zeep
from lxml import etree
from zeep.exceptions import Fault

from adapters.connection_spec import FOLDER
from adapters.contracts import wsdl
from adapters.samples import soap
from adapters.samples.source import SoapSource, read

MARIA = "19850312T4240"
NPR, VDR = FOLDER / "npr" / "npr.wsdl", FOLDER / "vdr" / "vdr.wsdl"
GET = (
    '<GetHouseholdRequest xmlns="urn:aurelia:npr:population:v2">\n'
    "<PersonNumber>{number}</PersonNumber>\n</GetHouseholdRequest>"
)
HEADER = '<n:MessageID xmlns:n="urn:aurelia:npr:population:v2">m</n:MessageID>'
ENVELOPE = '<s:Envelope xmlns:s="{uri}">{header}<s:Body>{body}</s:Body></s:Envelope>'
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"


def service_of(path: Any, url: str) -> Any:
    client = zeep.Client(str(path))
    return client.create_service(next(iter(client.wsdl.bindings)), url)


def post(url: str, body: str, header: str = "", uri: str = SOAP11) -> Any:
    text = ENVELOPE.format(uri=uri, header=header and f"<s:Header>{header}</s:Header>", body=body)
    return requests.post(url, data=text.encode(), headers={"Content-Type": "text/xml"}, timeout=5)


def reason(reply: Any) -> str:
    return str(etree.fromstring(reply.content).findtext(".//faultstring"))


def test_zeep_understands_the_answers(simulate: Callable[..., Any]) -> None:
    running = simulate(NPR)
    npr = service_of(NPR, running.url)
    found = npr.GetHousehold(PersonNumber=MARIA, _soapheaders={"MessageID": "m"})
    assert found.Household.Resident[0].PersonNumber == MARIA  # echoed: the same name, and it fits
    assert running.lines[-1].startswith("POST / GetHousehold -> 200")
    again = npr.GetHousehold(PersonNumber=MARIA, _soapheaders={"MessageID": "m"})
    assert again.Household.HouseholdNumber == found.Household.HouseholdNumber
    assert running.agency.store.ledger()["received"] == 2


def test_zeep_understands_encoded_answers(simulate: Callable[..., Any]) -> None:
    running = simulate(VDR, "[[answer]]\nfull = true")
    (vehicle,) = service_of(VDR, running.url).FindVehiclesByKeeper(keeperNo=MARIA)
    assert vehicle.keeperNo == MARIA
    assert vehicle.plate
    assert (
        b'arrayType="'
        in requests.post(
            running.url, data=etree.tostring(_sample(VDR, "FindVehiclesByKeeper")), timeout=5
        ).content
    )


def _sample(path: Any, name: str) -> Any:
    source = read(path)
    assert isinstance(source, SoapSource)
    return soap.request(source.xml, source.wsdl.operations[name])


def test_every_operation_answers_its_own_sample(simulate: Callable[..., Any]) -> None:
    for path in (NPR, VDR):
        running = simulate(path)
        source = read(path)
        assert isinstance(source, SoapSource)
        schema = source.wsdl.schemas.compile()
        for operation in source.wsdl.operations.values():
            sent = etree.tostring(soap.request(source.xml, operation))
            reply = requests.post(running.url, data=sent, headers={"Content-Type": "text/xml"}, timeout=5)
            assert reply.status_code == 200, reply.text
            (content,) = etree.fromstring(reply.content).find(f"{{{SOAP11}}}Body")
            assert content.tag == operation.reply
            if not operation.is_encoded:
                schema.assertValid(content)


def test_an_invalid_request_gets_a_fault_with_line_and_reason(simulate: Callable[..., Any]) -> None:
    running = simulate(NPR)
    body = GET.format(number="x")
    reply = post(running.url, body, HEADER)
    assert reply.status_code == 500
    assert "line 2" in reason(reply)
    assert "PersonNumber" in reason(reply)
    assert "refused: line 2" in running.lines[-1]
    assert "header MessageID is missing" in reason(post(running.url, body))


@pytest.mark.parametrize(
    ("body", "said"),
    [("<x/>", "no operation takes x"), ("", "no operation takes an empty body"), ("<a", "not well-formed")],
)
def test_what_is_no_operation_is_refused(simulate: Callable[..., Any], body: str, said: str) -> None:
    assert said in reason(post(simulate(NPR).url, body))


def test_a_header_that_must_be_understood_is_not(simulate: Callable[..., Any]) -> None:
    header = f'{HEADER}<z s:mustUnderstand="1"/>'
    body = GET.format(number=MARIA)
    assert "must be understood" in reason(post(simulate(NPR).url, body, header))


@pytest.mark.parametrize("refused", [False, True])
def test_an_addressed_request_has_an_answer_that_relates_to_it(
    simulate: Callable[..., Any], refused: bool
) -> None:
    running = simulate(NPR)
    running.agency.switch(reject=refused)
    uri = "http://www.w3.org/2005/08/addressing"
    header = f'{HEADER}<w:MessageID xmlns:w="{uri}" s:mustUnderstand="1">urn:uuid:1</w:MessageID>'
    reply = post(running.url, GET.format(number=MARIA), header)
    assert reply.status_code == (500 if refused else 200)
    assert etree.fromstring(reply.content).findtext(f".//{{{uri}}}RelatesTo") == "urn:uuid:1"


def test_a_script_pins_answers_and_faults(simulate: Callable[..., Any]) -> None:
    fault = next(iter(wsdl.read(NPR).operations["GetHousehold"].faults)).rpartition("}")[2]
    running = simulate(
        NPR,
        f"""
[[answer]]
operation = "GetHousehold"
when = {{ PersonNumber = "19830101T1111" }}
fault = "{fault}"
[[answer]]
operation = "GetHousehold"
reply = {{ Household = {{ HouseholdNumber = "HH-0042" }} }}
times = 1
""",
    )
    npr = service_of(NPR, running.url)
    header = {"MessageID": "m"}
    with pytest.raises(Fault):
        npr.GetHousehold(PersonNumber="19830101T1111", _soapheaders=header)
    assert npr.GetHousehold(PersonNumber=MARIA, _soapheaders=header).Household.HouseholdNumber == "HH-0042"
    assert npr.GetHousehold(PersonNumber=MARIA, _soapheaders=header).Household.HouseholdNumber != "HH-0042"


def test_what_a_script_pins_must_follow_the_contract(simulate: Callable[..., Any]) -> None:
    running = simulate(NPR, '[[answer]]\nreply = { Household = { HouseholdNumber = "" , Nonsense = 1 } }')
    body = GET.format(number=MARIA)
    reply = post(running.url, body, HEADER)
    assert reply.status_code == 501
    assert "Nonsense" in reply.text or "no such field" in reply.text


def test_switched_to_say_no_it_answers_a_declared_fault(simulate: Callable[..., Any]) -> None:
    running = simulate(NPR)
    running.agency.switch(reject=True)
    with pytest.raises(Fault) as caught:
        service_of(NPR, running.url).GetHousehold(PersonNumber=MARIA, _soapheaders={"MessageID": "m"})
    assert caught.value.detail is not None


def test_failures_come_in_their_share_and_by_seed(simulate: Callable[..., Any]) -> None:
    def outcomes(seed: int) -> list[str]:
        running = simulate(NPR, fail_percent=50, seed=seed)
        found = []
        for _ in range(30):
            try:
                found.append(str(post(running.url, "<x/>").status_code))
            except requests.ConnectionError:
                found.append("hung up")
        return found + [line for line in running.lines if "on purpose" in line]

    first = outcomes(7)
    assert first == outcomes(7)
    assert 5 < sum("on purpose" in one for one in first) < 25
