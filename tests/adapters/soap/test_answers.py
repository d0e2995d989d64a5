"""What a SOAP connection makes of answers that are not its agency's plain yes or no."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters import registry
from adapters.errors import AdapterError, Misconfigured, NotUnderstood, Unavailable
from adapters.ports import Context, Rejected, Request
from adapters.simulator.server import Listener, Response
from tests.adapters.connections import MARIA, spec

ASK = Request("get_household", {"person": {"identifier": {"notation": MARIA}}}, Context("c", "k"))
FAULT = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"{ns}><s:Body><s:Fault>'
    "<faultcode>{code}</faultcode><faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>"
)
WSSE = ' xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"'


class Agency:
    """Answers whatever it is told to."""

    def __init__(self) -> None:
        self.response = Response()
        self.listener = Listener("agency", lambda _: self.response)
        self.listener.open()

    def ask(self, **settings: Any) -> Any:
        url = f"http://127.0.0.1:{self.listener.port}"
        return registry.build(spec("npr", url, **settings)).send(ASK).result


@pytest.fixture
def agency() -> Iterator[Agency]:
    found = Agency()
    yield found
    found.listener.close()


def fault(code: str, ns: str = "") -> bytes:
    return FAULT.format(code=code, ns=ns).encode()


@pytest.mark.parametrize("status", [401, 403, 407])
def test_no_entry_is_no_decision_even_with_a_fault(agency: Agency, status: int) -> None:
    agency.response = Response(status, fault("s:Client"))
    with pytest.raises(Misconfigured):
        agency.ask(security={})


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_gateway_out_of_order_is_unavailable_even_with_a_fault(agency: Agency, status: int) -> None:
    agency.response = Response(status, fault("s:Client"))
    with pytest.raises(Unavailable):
        agency.ask(security={})


@pytest.mark.parametrize(
    ("code", "error"),
    [("s:Client", NotUnderstood), ("s:Server", Unavailable), ("wsse:FailedCheck", Misconfigured)],
)
def test_a_fault_that_is_not_signed_decides_nothing(
    agency: Agency, code: str, error: type[AdapterError]
) -> None:
    agency.response = Response(500, fault(code, WSSE))
    with pytest.raises(error):
        agency.ask()


def test_a_fault_decides_where_no_signature_was_agreed(agency: Agency) -> None:
    agency.response = Response(500, fault("s:Client"))
    assert agency.ask(security={}) == Rejected("Client", "no")
    agency.response = Response(500, fault("wsse:InvalidSecurity", WSSE))
    with pytest.raises(Misconfigured):
        agency.ask(security={})


@pytest.mark.parametrize("body", [b"", b"<html/>", b"not XML"])
def test_an_error_page_is_out_of_order(agency: Agency, body: bytes) -> None:
    agency.response = Response(500, body)
    with pytest.raises(Unavailable):
        agency.ask()


def test_taken_without_an_answer_is_not_understood_where_one_was_due(agency: Agency) -> None:
    agency.response = Response(202, b"")
    with pytest.raises(NotUnderstood):
        agency.ask()


def test_addressing_needs_the_names_of_actions() -> None:
    nameless = {"addressing": {"version": "1.0"}}
    with pytest.raises(Misconfigured, match="say the action"):
        registry.build(spec("vdr", "http://127.0.0.1:9", **nameless))


@pytest.mark.parametrize(
    ("charset", "encoding", "declared"),
    [
        ("iso-8859-1", "iso-8859-1", ""),
        ('"ISO-8859-15"', "iso-8859-15", ""),
        ("utf-8", "utf-8", ""),
        ("iso-8859-1", "utf-8", '<?xml version="1.0" encoding="utf-8"?>'),
        ("utf-16", "utf-16", ""),
    ],
)
def test_the_encoding_may_be_named_by_http_alone(
    agency: Agency, charset: str, encoding: str, declared: str
) -> None:
    text = declared + fault("s:Client").decode().replace(">no<", ">é<")
    agency.response = Response(500, text.encode(encoding), f"text/xml; charset={charset}")
    assert agency.ask(security={}) == Rejected("Client", "é")


@pytest.mark.parametrize("charset", ["klingon", "ascii", "utf-8"])
def test_an_encoding_that_is_not_so_is_not_understood(agency: Agency, charset: str) -> None:
    text = fault("s:Client").decode().replace(">no<", ">é<")
    agency.response = Response(200, text.encode("iso-8859-1"), f"text/xml; charset={charset}")
    with pytest.raises(NotUnderstood):
        agency.ask(security={})
