"""The vehicle register: rpc/encoded as Axis 1 spoke it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from lxml import etree
from zeep.transports import Transport

import adapters
from adapters.sandbox import Sandbox
from tests.sandbox.people import JONAS, MARIA

WSDL = str(Path(adapters.__file__).parent / "connections" / "vdr" / "vdr.wsdl")
ADDRESS = {"streetName": "Orchard Road", "streetNo": "8", "zip": "52314", "town": "Vestvik", "muni": "V"}


def _service(sandbox: Sandbox) -> Any:
    session = requests.Session()
    session.auth = ("onestop", sandbox.secret)
    client = zeep.Client(WSDL, transport=Transport(session=session))
    address = f"{sandbox.url('vdr')}/axis/services/KeeperService"
    return client.create_service("{urn:aurelia:vdr:keeper}KeeperBinding", address)


def test_zeep_reads_the_array_of_references(sandbox: Sandbox) -> None:
    vehicles = _service(sandbox).FindVehiclesByKeeper(MARIA)
    assert [vehicle["plate"] for vehicle in vehicles] == ["KLM482", "TRX19B"]
    assert vehicles[0]["makeName"] == "Volvo"


def test_the_items_are_multi_refs_after_the_answer(sandbox: Sandbox) -> None:
    reply = _raw(sandbox, f"<v:FindVehiclesByKeeper><keeperNo>{MARIA}</keeperNo></v:FindVehiclesByKeeper>")
    assert b'<FindVehiclesByKeeperReturn href="#id1"/>' in reply.content
    body = etree.fromstring(reply.content)[0]
    assert [child.get("id") for child in body] == [None, "id0", "id1"]
    assert [child.tag for child in body][1:] == ["multiRef", "multiRef"]
    assert b'soapenc:arrayType="ns1:VehicleBean[2]"' in reply.content


def test_somebody_without_vehicles_gets_an_empty_array(sandbox: Sandbox) -> None:
    assert _service(sandbox).FindVehiclesByKeeper(JONAS) == []


def test_a_change_repeated_is_booked_twice_and_found_by_its_reference(sandbox: Sandbox, key: str) -> None:
    service = _service(sandbox)
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.FindChange(key)
    assert caught.value.detail.findtext(".//errorNo") == "5"
    receipts = [
        service.ChangeKeeperAddress(key, MARIA, "KLM482", ADDRESS, date(2026, 12, 1))["receiptNo"]
        for _ in range(2)
    ]
    assert receipts[0] != receipts[1]
    assert service.FindChange(key)["receiptNo"] == receipts[1]
    assert sandbox.ledger("vdr")["by_key"][key] == {"received": 4, "effects": 2}


def test_a_request_with_references_is_understood(sandbox: Sandbox, key: str) -> None:
    members = "".join(f"<{name}>{value}</{name}>" for name, value in ADDRESS.items())
    reply = _raw(
        sandbox,
        f"<v:ChangeKeeperAddress><messageReference>{key}</messageReference><keeperNo>{MARIA}</keeperNo>"
        '<plate>KLM482</plate><newAddress href="#a"/><validFrom>2026-12-01</validFrom>'
        "</v:ChangeKeeperAddress>"
        f'<multiRef id="a">{members}</multiRef>',
    )
    assert reply.status_code == 200, reply.text
    assert sandbox.ledger("vdr")["effects"] == 1


@pytest.mark.parametrize(
    ("keeper", "plate", "number"), [(MARIA, "ZZZ999", "2"), (JONAS, "KLM482", "3"), ("", "KLM482", "4")]
)
def test_a_wrong_change_is_a_declared_fault(
    sandbox: Sandbox, key: str, keeper: str, plate: str, number: str
) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        _service(sandbox).ChangeKeeperAddress(key, keeper, plate, ADDRESS, date(2026, 12, 1))
    assert caught.value.detail.findtext(".//errorNo") == number
    assert sandbox.ledger("vdr")["effects"] == 0


def test_without_the_password_nothing_is_told(sandbox: Sandbox) -> None:
    content = f"<v:FindVehiclesByKeeper><keeperNo>{MARIA}</keeperNo></v:FindVehiclesByKeeper>"
    reply = _raw(sandbox, content, secret="wrong")
    assert reply.status_code == 401
    assert b"KLM482" not in reply.content
    assert sandbox.ledger("vdr")["received"] == 0


def _raw(sandbox: Sandbox, content: str, secret: str = "") -> requests.Response:
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:v="urn:aurelia:vdr:keeper">'
        f"<s:Body>{content}</s:Body></s:Envelope>"
    )
    address = f"{sandbox.url('vdr')}/axis/services/KeeperService"
    return requests.post(address, data=body.encode(), auth=("onestop", secret or sandbox.secret), timeout=5)
