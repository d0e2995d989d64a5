"""What the switches do to an answer, and how long."""

import socket
import time
from typing import Any

import pytest
import requests
from lxml import etree

from adapters.sandbox import Sandbox
from adapters.simulator.switches import Panel, SwitchError, Switches
from tests.sandbox.people import MARIA
from tests.sandbox.test_laa import SCHEMA
from tests.sandbox.test_tax import Client

QUERY = b'<GetAddress xmlns="urn:aurelia:laa:addresses:1" key="AU-10010001"/>'


def _ask(sandbox: Sandbox) -> requests.Response:
    return requests.post(f"{sandbox.url('laa')}/register", data=QUERY, timeout=5)


def _port(sandbox: Sandbox, key: str) -> int:
    return int(sandbox.url(key).rpartition(":")[2])


@pytest.mark.parametrize("key", ["npr", "tax", "vdr", "laa"])
def test_down_really_refuses(sandbox: Sandbox, key: str) -> None:
    port = _port(sandbox, key)
    with requests.Session() as kept:
        kept.get(f"{sandbox.url(key)}/", timeout=5)
        sandbox.switch(key, down=True)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
        with pytest.raises(requests.ConnectionError):
            kept.get(f"{sandbox.url(key)}/", timeout=5)
        sandbox.switch(key, down=False)
        assert _port(sandbox, key) == port
        assert kept.get(f"{sandbox.url(key)}/", timeout=5).status_code in {401, 404}


def test_connections_are_kept_alive(sandbox: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", _port(sandbox, "laa")), timeout=5) as connection:
        for _ in range(2):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 404")


def test_out_of_order_does_nothing(sandbox: Sandbox) -> None:
    sandbox.switch("laa", http_500=True)
    assert _ask(sandbox).status_code == 500
    assert sandbox.ledger("laa")["received"] == 0


def test_hanging_up_loses_the_answer_only(sandbox: Sandbox) -> None:
    sandbox.switch("laa", no_reply=True)
    with pytest.raises(requests.ConnectionError):
        _ask(sandbox)
    assert sandbox.ledger("laa")["received"] == 1


def test_malformed_cannot_be_parsed(sandbox: Sandbox) -> None:
    sandbox.switch("laa", malformed=True)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(_ask(sandbox).content)


def test_wrong_contract_parses_and_does_not_validate(sandbox: Sandbox) -> None:
    sandbox.switch("laa", wrong_contract=True)
    assert not SCHEMA.validate(etree.fromstring(_ask(sandbox).content))


def test_wrong_encoding_is_not_what_it_claims(sandbox: Sandbox) -> None:
    sandbox.switch("laa", wrong_encoding=True)
    with pytest.raises(UnicodeDecodeError):
        _ask(sandbox).content.decode("utf-8")


@pytest.mark.parametrize("switch", ["malformed", "wrong_contract", "wrong_encoding"])
def test_json_is_spoilt_too(sandbox: Sandbox, switch: str) -> None:
    sandbox.switch("tax", **{switch: True})
    reply = Client(sandbox).get(f"/taxpayers/{MARIA}")
    if switch == "wrong_contract":
        assert "taxpayerNumber" not in reply.json()
    else:
        with pytest.raises(ValueError):
            reply.content.decode("utf-8") and reply.json()


def test_latency_is_waited(sandbox: Sandbox) -> None:
    sandbox.switch("laa", latency_ms=150)
    started = time.monotonic()
    assert _ask(sandbox).status_code == 200
    assert time.monotonic() - started >= 0.15


def test_next_only_counts_down_to_good_health(sandbox: Sandbox) -> None:
    sandbox.switch("laa", http_500=True, next_only=2)
    assert [_ask(sandbox).status_code for _ in range(3)] == [500, 500, 200]


@pytest.mark.parametrize(
    "wanted", [{"nonsense": True}, {"down": 1}, {"latency_ms": -1}, {"latency_ms": True}]
)
def test_a_switch_that_cannot_be(wanted: dict[str, Any]) -> None:
    with pytest.raises(SwitchError):
        Switches().changed(wanted)


def test_down_outlasts_next_only() -> None:
    panel = Panel()
    panel.set({"down": True, "malformed": True, "next_only": 1})
    assert panel.take().malformed
    assert panel.now == Switches(down=True)


def test_a_switch_that_means_nothing_there_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(SwitchError, match="laa has no switch 'partial_file'"):
        sandbox.switch("laa", partial_file=True)
