"""zeep, the field's SOAP client, agrees with our codec: same requests, same values from replies."""

from types import SimpleNamespace
from typing import Any

import pytest
import zeep
from lxml import etree

from adapters.connection_spec import FOLDER
from adapters.kinds.soap import envelope
from adapters.kinds.soap.operation import Compiled
from adapters.mapping.plan import source
from adapters.ports import Accepted, Context, Request
from adapters.sandbox import run
from bench.messages import MOVE
from bench.translation import move_for_zeep
from tests.adapters.connections import CHANGE, MARIA, PERSON, adapter, spec

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
CHANGE_FOR_ZEEP = {
    "messageReference": "key",
    "keeperNo": MARIA,
    "plate": "KLM482",
    "newAddress": {
        "streetName": "Orchard Road",
        "streetNo": "8",
        "zip": "52330",
        "town": "Vestvik",
        "muni": "V",
    },
    "validFrom": "2026-12-01",
}


def client(key: str) -> Any:
    return zeep.Client(str(FOLDER / key / f"{key}.wsdl"))


def operation(key: str, name: str) -> Compiled:
    from adapters import registry

    built: Any = registry.build(spec(key, "http://127.0.0.1:9"))
    found: Compiled = built.operations[name]
    return found


def shape(element: Any) -> Any:
    """An element as canonical XML compares it: names, values and order, prefixes aside."""
    return element.tag, (element.text or "").strip(), [shape(child) for child in element]


def parts(root: Any) -> Any:
    header = root.find(envelope.HEADER)
    blocks = [] if header is None else [shape(block) for block in header]
    return blocks, shape(root.find(envelope.BODY)[0])


@pytest.mark.parametrize(
    ("key", "name", "value", "call", "arguments"),
    [
        ("npr", "register_move", MOVE, "RegisterMove", move_for_zeep()),
        (
            "npr",
            "get_household",
            {"person": PERSON},
            "GetHousehold",
            {"PersonNumber": MARIA, "_soapheaders": {"MessageID": "key"}},
        ),
        ("vdr", "find_vehicles", {"person": PERSON}, "FindVehiclesByKeeper", {"keeperNo": MARIA}),
        (
            "vdr",
            "change_keeper_address",
            {**CHANGE, "vehicle": {"registrationNumber": "KLM 482"}},
            "ChangeKeeperAddress",
            CHANGE_FOR_ZEEP,
        ),
    ],
)
def test_our_request_is_what_zeep_would_send(
    key: str, name: str, value: Any, call: str, arguments: Any
) -> None:
    soap = client(key)
    expected = soap.create_message(soap.service, call, **arguments)
    ours = etree.fromstring(operation(key, name).write(source(value, Context("correlation", "key"))))
    assert parts(ours) == parts(expected)


def test_encoded_requests_say_their_types() -> None:
    value = {**CHANGE, "vehicle": {"registrationNumber": "KLM 482"}}
    written = operation("vdr", "change_keeper_address").write(source(value, Context("c", "key")))
    wrapper = envelope.read(written)[0]
    assert wrapper.get(f"{{{envelope.NS}}}encodingStyle") == "http://schemas.xmlsoap.org/soap/encoding/"
    assert all(element.get(XSI_TYPE) for element in wrapper.iterdescendants())


def test_zeep_reads_the_same_household() -> None:
    with run(("npr",)) as sandbox:
        reply = adapter("npr", sandbox).send(Request("get_household", {"person": PERSON}, Context("c", "k")))
    theirs = _read(client("npr"), "GetHousehold", reply.wire.received).Household
    assert isinstance(reply.result, Accepted)
    ours = reply.result.value["household"]
    assert ours["householdID"] == theirs.HouseholdNumber
    assert ours["domicile"]["thoroughfare"] == theirs.Dwelling.Street
    assert [
        (one["identifier"]["notation"], one["givenName"], one["familyName"], one.get("citizenship"))
        for one in ours["member"]
    ] == [(one.PersonNumber, one.Forenames, one.Surname, one.CitizenshipCode) for one in theirs.Resident]


def test_zeep_reads_the_same_vehicles_from_multi_ref() -> None:
    with run(("vdr",)) as sandbox:
        reply = adapter("vdr", sandbox).send(Request("find_vehicles", {"person": PERSON}, Context("c", "k")))
    assert b"multiRef" in reply.wire.received
    theirs = _read(client("vdr"), "FindVehiclesByKeeper", reply.wire.received)
    assert isinstance(reply.result, Accepted)
    ours = reply.result.value["vehicle"]
    assert len(ours) == 2
    assert [(one["registrationNumber"].replace(" ", ""), one["make"]) for one in ours] == [
        (one.plate, one.makeName) for one in theirs
    ]


def _read(soap: Any, call: str, received: bytes) -> Any:
    reply = SimpleNamespace(status_code=200, content=received, headers={}, encoding="utf-8")
    return soap.service._binding.process_reply(soap, soap.service._binding.get(call), reply)
