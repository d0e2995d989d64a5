"""The pension agency, spoken to as strangers do: zeep's SOAP 1.2, WS-Addressing and username tokens."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import zeep
from lxml import etree
from zeep.wsa import WsAddressingPlugin
from zeep.wsse.username import UsernameToken

from adapters.connection_spec import FOLDER
from adapters.sandbox import Sandbox, run
from tests.sandbox.signing import Register, timestamp

NS = "urn:aurelia:pen:pension:v1"
WSDL = str(FOLDER / "pen" / "pen.wsdl")
PENSIONER, CHILD = "195711115500", "201801304452"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with run(("pen",), portal_url="http://127.0.0.1:9") as sandbox:
        yield sandbox


class Token(UsernameToken):
    """zeep's digest token with a timestamp, and a check of the agency's signature."""

    def __init__(self, sandbox: Sandbox, password: str = "") -> None:
        super().__init__("onestop", password or sandbox.secret, use_digest=True)
        self.register = Register(sandbox.credentials()["pen"]["agency_certificate"])

    def apply(self, envelope: Any, headers: Any) -> Any:
        self.timestamp_token = timestamp()
        return super().apply(envelope, headers)

    def verify(self, envelope: Any) -> Any:
        return self.register.verify(envelope)


def service(sandbox: Sandbox, password: str = "") -> Any:
    client = zeep.Client(WSDL, wsse=Token(sandbox, password), plugins=[WsAddressingPlugin()])
    return client.create_service(f"{{{NS}}}PensionBinding", f"{sandbox.url('pen')}/pension")


def test_zeep_is_accepted_and_believes_the_signature(sandbox: Sandbox) -> None:
    answer = service(sandbox).GetEntitlement(CHILD)
    assert (answer.Kind, answer.MonthlyAmount, answer.Statement) == ("NON", None, None)


def test_a_wrong_password_is_a_security_fault(sandbox: Sandbox) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service(sandbox, "wrong").GetEntitlement(CHILD)
    assert [name.localname for name in caught.value.subcodes] == ["FailedAuthentication"]
    assert sandbox.ledger("pen")["by_operation"] == {"refused": {"received": 1, "effects": 0}}


def test_an_unknown_person_is_a_declared_fault(sandbox: Sandbox) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service(sandbox).GetEntitlement("209901010000")
    assert caught.value.detail.findtext(f".//{{{NS}}}Code") == "E404"


def test_a_message_counts_once(sandbox: Sandbox) -> None:
    client = zeep.Client(WSDL, wsse=Token(sandbox), plugins=[WsAddressingPlugin()])
    sent = etree.tostring(client.create_message(client.service, "GetEntitlement", CHILD))
    address, kind = f"{sandbox.url('pen')}/pension", {"Content-Type": "application/soap+xml"}
    assert requests.post(address, sent, headers=kind, timeout=5).status_code == 200
    again = requests.post(address, sent, headers=kind, timeout=5)
    assert again.status_code == 400
    assert b"received before" in again.content


@pytest.mark.parametrize("body", [b"", b"<a/>", b"<broken", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_soap_gets_a_fault(sandbox: Sandbox, body: bytes) -> None:
    reply = requests.post(f"{sandbox.url('pen')}/pension", body, timeout=5)
    assert reply.status_code == 400
    assert b"soap:Sender" in reply.content
