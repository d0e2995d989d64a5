"""The exchange log, calls that go out together, and what is told to people about silence."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from adapters import exchange, outages, registry
from adapters.errors import AdapterError, Misconfigured, Unavailable
from adapters.exchange import Call
from adapters.models import Connection, Exchange
from adapters.ports import Accepted, Context, Pending
from adapters.sandbox import Sandbox, run
from onestop.lib.sealing import SealBroken
from tests.adapters.connections import CHANGE, MARIA, PERSON, load

ASK: dict[str, Any] = {"person": PERSON}
CONTEXT = Context("correlation", "key", "MOV-1", "step", "worker")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with run() as sandbox:
        load(sandbox)
        yield sandbox


@pytest.mark.django_db
def test_all_five_go_out_together(sandbox: Sandbox) -> None:
    asked = [
        ("npr", "get_household", ASK),
        ("laa", "get_address", {"addressID": "AU-10010001"}),
        ("vdr", "find_vehicles", ASK),
        ("tax", "update_domicile", CHANGE),
        ("sia", "register_change", CHANGE),
        ("eastholm", "open_case", {**CHANGE, "direction": "in"}),
    ]
    answers = exchange.perform_many([Call(*one, CONTEXT) for one in asked])
    assert [type(answer) for answer in answers] == [Accepted, Accepted, Accepted, Pending, Pending, Accepted]
    rows = list(Exchange.objects.for_case("MOV-1"))
    assert sorted(row.connection for row in rows) == sorted(one[0] for one in asked)
    assert all(row.finished_at is not None and row.sent_bytes for row in rows)


@pytest.mark.django_db
def test_one_that_fails_does_not_take_the_others_along(sandbox: Sandbox) -> None:
    sandbox.switch("vdr", down=True)
    asked = [("vdr", "find_vehicles", ASK), ("nowhere", "x", {}), ("npr", "get_household", ASK)]
    answers = exchange.perform_many([Call(*one, CONTEXT) for one in asked])
    assert [type(answer) for answer in answers] == [Unavailable, Misconfigured, Accepted]
    states = {row.connection: row.state for row in Exchange.objects.all()}
    assert states == {"vdr": "unavailable", "nowhere": "misconfigured", "npr": "accepted"}


@pytest.mark.django_db
def test_row_exists_before_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    class Curious:
        def send(self, request: object) -> None:
            assert Exchange.objects.get().state == "sending"
            raise RuntimeError("a fault of ours")

    monkeypatch.setattr(registry, "adapter_of", lambda key, edition: Curious())
    with pytest.raises(RuntimeError):
        exchange.perform("npr", "get_household", ASK, CONTEXT)
    row = Exchange.objects.get()
    assert row.state == "misconfigured"
    assert "a fault of ours" in row.detail


@pytest.mark.django_db
def test_unknown_and_disabled_connections_are_misconfigured() -> None:
    registry.load_all()
    Connection.objects.filter(key="npr").update(enabled=False)
    for key in ("nowhere", "npr"):
        with pytest.raises(Misconfigured):
            exchange.perform(key, "get_household", ASK, CONTEXT)


@pytest.mark.django_db
def test_credentials_are_sealed_and_bound_to_their_connection() -> None:
    registry.load_all(credentials={"vdr": {"username": "onestop", "password": "a secret"}})
    vdr, tax = Connection.objects.get(key="vdr"), Connection.objects.get(key="tax")
    assert vdr.credentials["password"] == "a secret"
    assert b"secret" not in bytes(vdr.credentials_sealed)
    tax.credentials_sealed = vdr.credentials_sealed
    with pytest.raises(SealBroken):
        _ = tax.credentials


@pytest.mark.django_db
def test_loading_again_keeps_credentials_and_follows_addresses() -> None:
    registry.load_all(credentials={"vdr": {"username": "onestop", "password": "a secret"}})
    registry.load_all({"vdr": "http://127.0.0.1:8349"})
    vdr = Connection.objects.get(key="vdr")
    assert vdr.base_url == "http://127.0.0.1:8349"
    assert vdr.credentials["password"] == "a secret"
    assert len(vdr.contract_hash) == 64


@pytest.mark.django_db
def test_inbound_messages_are_kept_as_they_came() -> None:
    row = exchange.record_inbound(
        "npr", "status", "MOV-1", "correlation", b'{"status": "registered"}', "recorded"
    )
    kept = Exchange.objects.get(public_id=row.public_id)
    assert (kept.direction, kept.state, kept.detail) == ("in", "accepted", "recorded")
    assert kept.received_bytes == b'{"status": "registered"}'
    assert b"registered" not in bytes(kept.received)


@pytest.mark.django_db
def test_outage_begins_with_the_first_failure_after_an_answer() -> None:
    registry.load_all()
    now = timezone.now()
    for minutes, state in enumerate(["unavailable", "accepted", "refused", "unavailable", "not-understood"]):
        Exchange.objects.create(
            connection="vdr", operation="x", state=state, started_at=now + timedelta(minutes=minutes)
        )
    assert outages.since("vdr") == now + timedelta(minutes=3)
    Exchange.objects.create(
        connection="vdr", operation="x", state="rejected", started_at=now + timedelta(minutes=9)
    )
    assert outages.since("vdr") is None
    assert outages.since("npr") is None


@pytest.mark.django_db
def test_personal_numbers_are_not_readable_in_the_log(sandbox: Sandbox) -> None:
    exchange.perform("npr", "get_household", ASK, CONTEXT)
    row = Exchange.objects.values().get()
    assert not any(MARIA in str(value) or MARIA.encode() in bytes(value) for value in _columns(row))


def _columns(row: dict[str, Any]) -> list[bytes]:
    return [value if isinstance(value, bytes | memoryview) else str(value).encode() for value in row.values()]


def test_adapter_errors_name_their_connection() -> None:
    error = AdapterError("npr", "went wrong")
    assert str(error) == "npr: went wrong"
    assert not error.retryable
