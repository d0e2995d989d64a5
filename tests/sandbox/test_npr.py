"""The population register, spoken to by zeep and by raw XML."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from lxml import etree

import adapters
from adapters.sandbox import Sandbox, run
from tests.adapters.keys import certificate, pem
from tests.adapters.keys import key as drawn
from tests.sandbox.people import FAMILY, FULL_HOME, JONAS, MARIA, NEW_HOME, ROBIN, SVEN
from tests.sandbox.portal import Portal
from tests.sandbox.signing import Signed
from tests.sandbox.waiting import eventually

WSDL = str(Path(adapters.__file__).parent / "connections" / "npr" / "npr.wsdl")
NS = "urn:aurelia:npr:population:v2"
Call = Callable[..., Any]


def _service(sandbox: Sandbox) -> Any:
    client = zeep.Client(WSDL, wsse=Signed(sandbox))
    return client.create_service(f"{{{NS}}}PopulationBinding", f"{sandbox.url('npr')}/population")


def _move(portal: Portal, key: str, movers: list[str], dwelling: str | None = NEW_HOME, **change: Any) -> Any:
    new_dwelling = {
        **{"DwellingNumber": dwelling, "Street": "Orchard Road", "HouseNumber": "8", "PostalNumber": "52314"},
        **{"PostalTown": "Vestvik", "MunicipalityCode": "0587", "CountryCode": "AUR"},
    }
    return {
        "Notifier": {
            "PersonNumber": movers[0],
            "Surname": "S",
            "Forenames": "F",
            "MailAddress": "a@example.org",
        },
        "MovingPersons": {"PersonNumber": movers},
        "DateOfMove": date.today() + timedelta(days=10),
        "NewDwelling": new_dwelling,
        "TenureCode": "R",
        "ReplyTo": portal.callback,
        "_soapheaders": {"MessageID": key},
        **change,
    }


def _fault_code(caught: pytest.ExceptionInfo[zeep.exceptions.Fault]) -> str:
    return str(caught.value.detail.findtext(f".//{{{NS}}}Code"))


def test_the_household_follows_the_contract(sandbox: Sandbox, key: str) -> None:
    answer = _service(sandbox).GetHousehold(PersonNumber=MARIA, _soapheaders={"MessageID": key})
    assert [person.PersonNumber for person in answer.Household.Resident] == FAMILY
    assert answer.Household.Dwelling.Street == "Harbour Street"
    assert answer.ExtractDate == date.today()


@pytest.mark.parametrize(("number", "code"), [(ROBIN, "P001"), ("20990101T0000", "P001"), ("nobody", "X001")])
def test_a_person_unknown_is_a_declared_fault(sandbox: Sandbox, key: str, number: str, code: str) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        _service(sandbox).GetHousehold(PersonNumber=number, _soapheaders={"MessageID": key})
    assert _fault_code(caught) == code


def test_a_move_is_decided_and_told(sandbox: Sandbox, portal: Portal, key: str) -> None:
    service = _service(sandbox)
    taken = service.RegisterMove(**_move(portal, key, FAMILY))
    (status,) = portal.wait_for(1)
    assert status["reference"] == taken.TransactionNumber
    assert (status["status"], status["reasonCode"]) == ("registered", "")
    (header, form), *_ = portal.token_requests
    assert (header, form["client_id"], form["scope"]) == ("", ["npr"], ["case.status"])
    assert "client_secret" not in form

    known = service.GetMoveStatus(taken.TransactionNumber, _soapheaders={"MessageID": key})
    assert known.StatusCode == "30"
    household = service.GetHousehold(PersonNumber=MARIA, _soapheaders={"MessageID": key}).Household
    assert household.Dwelling.DwellingNumber == NEW_HOME
    assert household.HouseholdNumber == "HH-0001"


def test_those_who_move_alone_found_a_household(sandbox: Sandbox, portal: Portal, key: str) -> None:
    service = _service(sandbox)
    service.RegisterMove(**_move(portal, key, FAMILY[:2]))
    portal.wait_for(1)
    moved = service.GetHousehold(PersonNumber=MARIA, _soapheaders={"MessageID": key}).Household
    stayed = service.GetHousehold(PersonNumber=FAMILY[2], _soapheaders={"MessageID": key}).Household
    assert [person.PersonNumber for person in moved.Resident] == FAMILY[:2]
    assert [person.PersonNumber for person in stayed.Resident] == FAMILY[2:]
    assert moved.HouseholdNumber != stayed.HouseholdNumber


def test_a_repeated_message_has_one_effect(sandbox: Sandbox, portal: Portal, key: str) -> None:
    service = _service(sandbox)
    first = service.RegisterMove(**_move(portal, key, [JONAS]))
    second = service.RegisterMove(**_move(portal, key, [JONAS]))
    assert first.TransactionNumber == second.TransactionNumber
    portal.wait_for(1)
    assert sandbox.ledger("npr")["by_key"][key] == {"received": 2, "effects": 1}


@pytest.mark.parametrize(
    ("movers", "dwelling", "code"),
    [([SVEN], NEW_HOME, "U030"), ([JONAS], FULL_HOME, "U020"), ([JONAS], None, "U010")],
)
def test_the_register_is_unsure_until_an_officer_confirms(
    sandbox: Sandbox, portal: Portal, key: str, movers: list[str], dwelling: str | None, code: str
) -> None:
    service = _service(sandbox)
    taken = service.RegisterMove(**_move(portal, key, movers, dwelling))
    (status,) = portal.wait_for(1)
    assert (status["status"], status["reasonCode"]) == ("unsure", code)

    decision = {"OutcomeCode": "30", "OfficerName": "Karin Lövgren", "Grounds": "Seen the lease."}
    for _ in range(2):  # the second one is a repetition
        answer = service.ConfirmMove(
            taken.TransactionNumber, **decision, _soapheaders={"MessageID": f"{key}-officer"}
        )
        assert answer.StatusCode == "30"
    assert sandbox.ledger("npr")["by_key"][f"{key}-officer"] == {"received": 2, "effects": 1}
    home = service.GetHousehold(PersonNumber=movers[0], _soapheaders={"MessageID": key}).Household.Dwelling
    assert (home.DwellingNumber, home.Street) == (dwelling, "Orchard Road")
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.ConfirmMove(taken.TransactionNumber, **decision, _soapheaders={"MessageID": f"{key}-again"})
    assert _fault_code(caught) == "T002"


def test_a_move_to_where_one_lives_is_refused(sandbox: Sandbox, portal: Portal, key: str) -> None:
    _service(sandbox).RegisterMove(**_move(portal, key, [JONAS], "AU-10010004"))
    (status,) = portal.wait_for(1)
    assert (status["status"], status["reasonCode"]) == ("refused", "R030")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DateOfMove": date(2031, 1, 1)}, "M010"),
        ({"MovingPersons": {"PersonNumber": [JONAS]}}, "P002"),
        ({"ReplyTo": "http://127.0.0.1:1/elsewhere"}, "X001"),
        ({"TenureCode": "Z"}, "X001"),
    ],
)
def test_a_move_that_cannot_be_is_refused_at_once(
    sandbox: Sandbox, portal: Portal, key: str, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        _service(sandbox).RegisterMove(**{**_move(portal, key, [MARIA]), **change})
    assert _fault_code(caught) == code
    assert sandbox.ledger("npr")["effects"] == 0


def test_a_callback_is_posted_twice_when_switched_so(sandbox: Sandbox, portal: Portal, key: str) -> None:
    sandbox.switch("npr", duplicate_callback=True)
    _service(sandbox).RegisterMove(**_move(portal, key, [JONAS]))
    first, second = portal.wait_for(2)
    assert first == second


def test_a_portal_that_is_down_is_told_later(sandbox: Sandbox, portal: Portal, key: str) -> None:
    portal.failures = 2
    taken = _service(sandbox).RegisterMove(**_move(portal, key, [JONAS]))
    (status,) = portal.wait_for(1)
    assert status["reference"] == taken.TransactionNumber


def test_a_register_that_is_restarted_goes_on(portal: Portal, key: str, tmp_path: Path) -> None:
    with run(["npr"], portal_url=portal.url, data_dir=tmp_path) as sandbox:
        portal.close()
        _service(sandbox).RegisterMove(**_move(portal, key, [JONAS]))
    portal.open()
    with run(["npr"], portal_url=portal.url, data_dir=tmp_path) as sandbox:
        (status,) = portal.wait_for(1)
        assert status["status"] == "registered"
        assert sandbox.ledger("npr")["by_key"][key] == {"received": 1, "effects": 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<broken",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
    ],
)
def test_what_is_no_soap_gets_a_soap_fault(sandbox: Sandbox, body: bytes) -> None:
    reply = requests.post(f"{sandbox.url('npr')}/population", data=body, timeout=5)
    assert reply.status_code == 500
    assert etree.fromstring(reply.content).findtext(".//faultcode") == "soap:Client"
    assert sandbox.ledger("npr")["by_operation"] == {"unreadable": {"received": 1, "effects": 0}}


def test_a_message_without_its_header_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        _service(sandbox).GetHousehold(PersonNumber=MARIA)
    assert _fault_code(caught) == "X001"


def test_a_late_decision_is_pending_meanwhile(sandbox: Sandbox, portal: Portal, key: str) -> None:
    sandbox.switch("npr", late_seconds=600)
    service = _service(sandbox)
    taken = service.RegisterMove(**_move(portal, key, [JONAS]))
    status = service.GetMoveStatus(taken.TransactionNumber, _soapheaders={"MessageID": key})
    assert status.StatusCode == "10"
    assert portal.statuses == []


def test_every_answer_follows_the_schema(sandbox: Sandbox, portal: Portal, key: str) -> None:
    """zeep reads leniently; the schema itself does not."""
    schema = etree.XMLSchema(file=WSDL.replace(".wsdl", ".xsd"))
    history = zeep.plugins.HistoryPlugin(maxlen=10)
    client = zeep.Client(WSDL, plugins=[history], wsse=Signed(sandbox))
    service = client.create_service(f"{{{NS}}}PopulationBinding", f"{sandbox.url('npr')}/population")
    numbers = [MARIA, JONAS, SVEN, "19610000T4802", "19951000T5921", "19690714T4879", "19900417T4593"]
    for number in numbers:
        service.GetHousehold(PersonNumber=number, _soapheaders={"MessageID": key})
        _insist(schema, history.last_received["envelope"])
    taken = service.RegisterMove(**_move(portal, key, [SVEN]))
    _insist(schema, history.last_received["envelope"])
    portal.wait_for(1)
    service.GetMoveStatus(taken.TransactionNumber, _soapheaders={"MessageID": key})
    _insist(schema, history.last_received["envelope"])


def _insist(schema: etree.XMLSchema, envelope: Any) -> None:
    content = envelope.find("{http://schemas.xmlsoap.org/soap/envelope/}Body")[0]
    schema.assertValid(etree.fromstring(etree.tostring(content)))


@pytest.mark.parametrize("lapse", [timedelta(minutes=-20), timedelta(minutes=20)])
def test_a_message_of_another_time_is_refused(sandbox: Sandbox, key: str, lapse: timedelta) -> None:
    _insist_on_refusal(sandbox, key, Signed(sandbox, lapse), {"MessageExpired", "InvalidSecurity"})


def test_a_message_of_another_key_is_refused(sandbox: Sandbox, key: str) -> None:
    stranger = {"key": pem(drawn("rsa", "stranger")), "cert": pem(certificate("rsa", "stranger"))}
    _insist_on_refusal(sandbox, key, Signed(sandbox, **stranger), {"InvalidSecurityToken"})


def test_a_message_without_signature_is_refused(sandbox: Sandbox, key: str) -> None:
    _insist_on_refusal(sandbox, key, None, {"InvalidSecurity"})


def _insist_on_refusal(sandbox: Sandbox, key: str, wsse: Any, codes: set[str]) -> None:
    client = zeep.Client(WSDL, wsse=wsse)
    service = client.create_service(f"{{{NS}}}PopulationBinding", f"{sandbox.url('npr')}/population")
    with pytest.raises(zeep.exceptions.Error) as caught:  # a fault, or an answer that is not signed
        service.GetHousehold(PersonNumber=MARIA, _soapheaders={"MessageID": key})
    if wsse is None:
        assert caught.value.code.rpartition(":")[2] in codes  # type: ignore[attr-defined]
    assert sandbox.ledger("npr")["by_operation"] == {"refused": {"received": 1, "effects": 0}}


def test_a_message_received_before_or_changed_is_refused(sandbox: Sandbox, key: str) -> None:
    client = zeep.Client(WSDL, wsse=Signed(sandbox))
    message = client.create_message(client.service, "GetHousehold", MARIA, _soapheaders={"MessageID": key})
    sent = etree.tostring(message)
    address = f"{sandbox.url('npr')}/population"
    changed = sent.replace(MARIA.encode(), JONAS.encode())
    assert b"FailedCheck" in requests.post(address, changed, timeout=5).content
    assert requests.post(address, sent, timeout=5).status_code == 200
    again = requests.post(address, sent, timeout=5)
    assert again.status_code == 500
    assert b"received before" in again.content


def test_eventually_gives_up(key: str) -> None:
    with pytest.raises(AssertionError):
        eventually(lambda: False, 0.01)
