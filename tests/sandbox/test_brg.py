"""The business register end to end: a name, an application decided later, a signed notice, a company."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from adapters import registry
from adapters.connection_spec import FOLDER, ConnectionSpec, read_toml
from adapters.errors import NotUnderstood, Refused, Unavailable
from adapters.ports import Accepted, Adapter, Context, Pending, Rejected, Request, Retry
from adapters.sandbox import Sandbox, run

FOUNDER = "19850312T4240"
SEAT = {
    "thoroughfare": "Harbour Street",
    "locatorDesignator": "12",
    "postCode": "41255",
    "postName": "Eastholm",
}


@pytest.fixture
def brg() -> Iterator[Sandbox]:
    with run(agencies=["brg"]) as sandbox:
        yield sandbox


@pytest.fixture
def adapter(brg: Sandbox) -> Adapter:
    settings = read_toml("brg", FOLDER / "brg" / "connection.toml")
    known = brg.credentials()["brg"]
    return registry.build(
        ConnectionSpec("brg", "BRG", "xmlhttp", brg.url("brg"), settings, known, FOLDER / "brg")
    )


def send(adapter: Adapter, operation: str, value: dict[str, Any], key: str = "k") -> Any:
    return adapter.send(Request(operation, value, Context("c", key))).result


def reserve(adapter: Adapter, name: str = "Maria Bakes", key: str = "k1") -> str:
    result = send(adapter, "reserve_name", {"legalEntity": {"legalName": name}}, key)
    assert isinstance(result, Accepted), result
    return result.reference


def application(reservation: str, **changed: Any) -> dict[str, Any]:
    entity = {"legalName": "Maria Bakes", "registeredAddress": SEAT}
    whole = {"reservation": reservation, "activity": "10.71", "legalEntity": entity}
    return {**whole, "person": {"identifier": {"notation": FOUNDER}}, **changed}


def decided(adapter: Adapter, reference: str) -> Any:
    request = Request("register_business", {"reference": reference}, Context("c", "k"))
    deadline = time.monotonic() + 10
    while isinstance(result := adapter.check(request, reference).result, Pending):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return result


def test_a_business_is_registered(adapter: Adapter, brg: Sandbox) -> None:
    taken = send(adapter, "register_business", application(reserve(adapter)), "k2")
    assert isinstance(taken, Pending)
    result = decided(adapter, taken.reference)
    assert isinstance(result, Accepted)
    number = result.value["legalEntity"]["legalIdentifier"]
    company = send(adapter, "get_company", {"legalEntity": {"legalIdentifier": number}})
    assert company.value["legalEntity"] == {"legalIdentifier": number, "legalName": "Maria Bakes"}
    assert decided(adapter, taken.reference).value == result.value, "asked twice, entered once"


def test_the_same_key_has_one_effect(adapter: Adapter, brg: Sandbox) -> None:
    first, again = reserve(adapter), reserve(adapter)
    assert first == again
    taken = {send(adapter, "register_business", application(first), "k2").reference for _ in range(3)}
    assert len(taken) == 1
    assert brg.ledger("brg")["effects"] == 2


def test_what_the_register_refuses_comes_with_its_place(adapter: Adapter) -> None:
    reserve(adapter)
    second = send(adapter, "reserve_name", {"legalEntity": {"legalName": "MARIA BAKES"}}, "other")
    assert isinstance(second, Rejected)
    assert (second.code, second.field) == ("name-taken", "legalEntity.legalName")
    unknown = send(adapter, "register_business", application("R00009999"), "k3")
    assert (unknown.code, unknown.field) == ("reservation-unknown", "reservation")
    missing = send(adapter, "get_company", {"legalEntity": {"legalIdentifier": "AB999999"}})
    assert missing.code == "not-found"


def test_a_founder_nobody_knows_is_refused_later(adapter: Adapter) -> None:
    stranger = {"identifier": {"notation": "19000101T0000"}}
    taken = send(adapter, "register_business", application(reserve(adapter), person=stranger), "k2")
    refused = decided(adapter, taken.reference)
    assert isinstance(refused, Rejected)
    assert refused.code == "B100"


def test_a_value_outside_the_contract_is_refused_before_sending(adapter: Adapter, brg: Sandbox) -> None:
    with pytest.raises(Refused) as refused:
        send(adapter, "register_business", application("R1", activity="baking"), "k2")
    assert refused.value.field == "activity"
    assert brg.ledger("brg")["received"] == 0


def test_failures_are_told_apart(adapter: Adapter, brg: Sandbox) -> None:
    name = {"legalEntity": {"legalName": "X"}}
    brg.switch("brg", http_500=True)
    with pytest.raises(Unavailable):
        send(adapter, "reserve_name", name)
    brg.reset("brg")
    brg.switch("brg", malformed=True)
    with pytest.raises(NotUnderstood):
        send(adapter, "reserve_name", name)
    brg.reset("brg")
    brg.switch("brg", reject=True)
    assert isinstance(send(adapter, "reserve_name", name, "k9"), Rejected | Retry)
    brg.reset("brg")
    brg.switch("brg", down=True)
    with pytest.raises(Unavailable):
        send(adapter, "reserve_name", name)
