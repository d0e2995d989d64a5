"""Eastholm over mutual TLS: the adapter contract, and every certificate that must not be enough."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID as Use

from adapters import exchange
from adapters.errors import Misconfigured, Unavailable
from adapters.health.checking import check
from adapters.models import Connection
from adapters.ports import Accepted, Context
from adapters.sandbox import Sandbox, run
from adapters.simulator.identities import Identity
from adapters.simulator.tls import authority, issue, showing
from tests.adapters.connections import ADDRESS, CHANGE, PERSON, load
from tests.adapters.contract import PlayedContract

MOVE: dict[str, Any] = {**CHANGE, "movers": [PERSON["identifier"]["notation"]], "direction": "in"}
ENDED = timedelta(days=-1)
CALLER = "onestop-eastholm"


class TestEastholm(PlayedContract):
    key = "eastholm"
    accepted = ("open_case", MOVE)
    rejected = ("read_case", {"reference": "EH-1999-00001"})
    refused = ("open_case", {**MOVE, "address": {**ADDRESS, "postCode": "1"}}, "address.postCode")
    changes = accepted

    def test_the_errand_can_be_read_under_its_number(self, sandbox: Sandbox) -> None:
        opened = self.perform(self.accepted)
        assert isinstance(opened, Accepted)
        read = self.perform(("read_case", {"reference": opened.reference}))
        assert isinstance(read, Accepted)
        assert (read.reference, read.value) == (opened.reference, {"state": "open"})

    def test_a_no_points_at_the_field(self, sandbox: Sandbox) -> None:
        stranger = {**PERSON, "identifier": {"notation": "19990228T9999"}}
        result: Any = self.perform(("open_case", {**MOVE, "person": stranger}))
        assert (result.code, result.field) == ("wrong-value", "person.identifier.notation")

    def test_an_address_written_by_hand_has_no_key(self, sandbox: Sandbox) -> None:
        written = {name: value for name, value in ADDRESS.items() if name != "addressID"}
        assert isinstance(self.perform(("open_case", {**MOVE, "address": written})), Accepted)


@pytest.fixture
def sandbox(db: None) -> Iterator[Sandbox]:
    with run(("eastholm",)) as sandbox:
        load(sandbox)
        yield sandbox


def ask() -> object:
    """One harmless call."""
    return exchange.perform("eastholm", "open_case", MOVE, Context("correlation", "key", "MOV-1"))


def shown(paper: Identity | None, **more: str) -> None:
    """From now on the portal shows this certificate."""
    row = Connection.objects.get(key="eastholm")
    ours = {"client_cert": paper.certificate, "client_key": paper.key} if paper else {}
    row.credentials = {"ca": row.credentials["ca"], **ours, **more}
    row.save()


def serving(sandbox: Sandbox, paper: Identity) -> None:
    """From now on the agency shows this certificate."""
    sandbox.switch("eastholm", down=True)
    listener: Any = sandbox.agencies["eastholm"]
    listener._listener.tls = showing(paper, authority(None))
    sandbox.switch("eastholm", down=False)


def client(**how: Any) -> Identity:
    return issue(how.pop("name", CALLER), how.pop("of", authority(None)), Use.CLIENT_AUTH, **how)


@pytest.mark.parametrize(
    ("paper", "why"),
    [
        (lambda: client(of=issue("Another authority", None)), "an authority that is not known there"),
        (lambda: client(valid=ENDED), "it has ended"),
        (lambda: client(name="onestop-elsewhere"), "refuses our credentials (403)"),
        (lambda: issue(CALLER, authority(None), Use.SERVER_AUTH), "not for a use"),
    ],
)
def test_a_certificate_of_ours_that_is_not_enough(sandbox: Sandbox, paper: Any, why: str) -> None:
    shown(paper())
    with pytest.raises(Misconfigured) as caught:
        ask()
    assert why in caught.value.message
    found = check("eastholm")
    assert (found.state, found.credentials) == ("down", "refused")
    assert any(why in finding for finding in found.findings), found.findings
    assert sandbox.ledger("eastholm")["effects"] == 0


def test_without_a_certificate_nothing_is_sent(sandbox: Sandbox) -> None:
    shown(None)
    with pytest.raises(Misconfigured, match="'client_cert' is not set"):
        ask()
    assert "'client_cert' is not set" in check("eastholm").findings[0]
    assert sandbox.ledger("eastholm")["received"] == 0


def test_a_server_that_is_shown_none_refuses(sandbox: Sandbox) -> None:
    row = Connection.objects.get(key="eastholm")
    row.settings = {**row.settings, "tls": {}}
    row.save()
    shown(None)
    with pytest.raises(Misconfigured, match="it wants one, and none was shown"):
        ask()
    assert any("none was shown" in finding for finding in check("eastholm").findings)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"valid": ENDED}, "certificate has expired"),
        ({"hosts": ("eastholm.example",)}, "certificate is not valid for '127.0.0.1'"),
        ({"of": "another"}, "must come from the authority in the credential ca"),
    ],
)
def test_a_certificate_of_theirs_that_is_not_enough(sandbox: Sandbox, how: dict[str, Any], why: str) -> None:
    issuer = issue("Another authority", None) if how.pop("of", "") else authority(None)
    serving(sandbox, issue("eastholm", issuer, Use.SERVER_AUTH, **how))
    with pytest.raises(Unavailable) as caught:
        ask()
    assert why in caught.value.message
    assert caught.value.sent is False
    found = check("eastholm")
    assert found.state == "down"
    assert any(why in finding for finding in found.findings), found.findings
    assert sandbox.ledger("eastholm")["received"] == 0


def test_good_health_says_until_when(sandbox: Sandbox) -> None:
    row = check("eastholm")
    assert (row.state, row.findings, row.credentials, row.contract) == ("ok", [], "accepted", "same")
    assert row.certificate_expires_at is not None
