"""A look at a connection, against agencies that run, are ill, refuse us, or changed their contract."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from adapters import registry
from adapters.errors import Misconfigured
from adapters.health import policy
from adapters.health.checking import check
from adapters.health.status import State, status, statuses
from adapters.models import Connection, ConnectionCheck, Exchange, Gate
from adapters.sandbox import Sandbox, run
from adapters.simulator.server import Request, Response
from tests.adapters.connections import load

pytestmark = pytest.mark.django_db
KEYS = ["npr", "tax", "vdr", "laa", "sia"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with run() as sandbox:
        load(sandbox)
        yield sandbox


@pytest.mark.parametrize("key", KEYS)
def test_an_agency_in_good_health(sandbox: Sandbox, key: str) -> None:
    row = check(key)
    assert (row.state, row.findings, row.credentials) == ("ok", [], "accepted")
    assert row.is_reachable
    assert row.milliseconds is not None
    assert row.contract == ("unpublished" if key == "sia" else "same")
    assert not sandbox.ledger(key)["effects"]
    assert status(key).state == State.OK


def test_a_unit_of_our_own_has_nothing_to_reach(sandbox: Sandbox) -> None:
    Connection.objects.create(key="unit", name="Unit", kind="workbench", settings={"reference_prefix": "U"})
    row = check("crt")
    assert row.connection == "crt"


@pytest.mark.parametrize("key", KEYS)
def test_a_closed_door_is_down_since_the_first_look(sandbox: Sandbox, key: str) -> None:
    sandbox.switch(key, down=True)
    first, second = check(key), check(key)
    assert (first.state, first.is_reachable, first.credentials) == ("down", False, "untried")
    assert "no connection" in first.findings[0]
    assert second.since == first.checked_at
    assert status(key) == status(key)
    assert status(key).state == State.DOWN
    sandbox.switch(key, down=False)
    third = check(key)
    assert third.state == "ok"
    assert third.since == third.checked_at


@pytest.mark.parametrize("key", ["vdr", "sia"])
def test_refused_credentials_are_found(sandbox: Sandbox, key: str) -> None:
    row = Connection.objects.get(key=key)
    row.credentials = {
        name: "wrong" if name != "host_key" else kept for name, kept in row.credentials.items()
    }
    row.save()
    found = check(key)
    assert (found.state, found.credentials) == ("down", "refused")


def test_an_answer_against_the_contract_needs_attention(sandbox: Sandbox) -> None:
    sandbox.switch("laa", malformed=True)
    row = check("laa")
    assert row.state == "degraded"
    assert "cannot be understood" in row.findings[0]


def test_a_contract_that_changed_is_told_by_meaning(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = registry.spec(Connection.objects.get(key="vdr")).contract.read_text()
    changed = tmp_path / "vdr.wsdl"
    changed.write_text(
        held.replace('<xsd:enumeration value="X"/>', '<xsd:enumeration value="Z"/>').replace(
            '<wsdl:part name="validFrom"',
            '<wsdl:part name="clerk" type="xsd:string"/><wsdl:part name="validFrom"',
        )
    )

    def published(_self: object, request: Request) -> Response | None:
        return Response(200, changed.read_bytes()) if "wsdl" in request.query else None

    monkeypatch.setattr(type(sandbox.agencies["vdr"]), "published", published)
    row = check("vdr")
    assert (row.state, row.contract) == ("degraded", "changed")
    kinds = {(change["kind"], change["field"]): change for change in row.changes}
    assert kinds["required-field-added", "clerk"]["breaking"]
    assert kinds["values-removed", "newAddress/muni"]["before"] == "X"
    assert not kinds["values-added", "newAddress/muni"]["breaking"]
    assert row.is_breaking


def test_only_other_words_are_no_change(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = tmp_path / "vdr.wsdl"
    held = registry.spec(Connection.objects.get(key="vdr")).contract.read_text()
    same.write_text(held.replace("<wsdl:definitions", "<!-- of today -->\n<wsdl:definitions", 1))
    monkeypatch.setattr(
        type(sandbox.agencies["vdr"]), "published", lambda _self, request: Response(200, same.read_bytes())
    )
    row = check("vdr")
    assert (row.state, row.contract, row.changes) == ("ok", "same", [])


def test_a_contract_that_cannot_be_read_is_said(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "vdr.wsdl"
    broken.write_text("<html>moved</html>")
    monkeypatch.setattr(
        type(sandbox.agencies["vdr"]), "published", lambda _self, request: Response(200, broken.read_bytes())
    )
    row = check("vdr")
    assert (row.state, row.contract) == ("degraded", "unreadable")
    assert row.findings


def test_a_connection_that_is_off_or_wrong_is_down(sandbox: Sandbox) -> None:
    Connection.objects.filter(key="npr").update(enabled=False)
    assert check("npr").findings == ["the connection is switched off"]
    row = Connection.objects.get(key="tax")
    row.credentials = {}
    row.save()
    assert check("tax").state == "down"


def test_what_is_known_decides_the_status() -> None:
    now = timezone.now()
    Connection.objects.create(key="x", name="X", kind="rest")
    assert status("x").state == State.UNKNOWN
    Exchange.objects.create(connection="x", operation="y", state="accepted", started_at=now)
    assert status("x").state == State.OK
    ConnectionCheck.objects.create(
        connection="x", state="down", since=now, checked_at=now + timedelta(seconds=1)
    )
    assert status("x").state == State.DOWN
    Exchange.objects.create(
        connection="x", operation="y", state="rejected", started_at=now + timedelta(seconds=2)
    )
    assert status("x").state == State.OK, "it answered after the check"
    Gate.objects.create(key="x", open_since=now)
    assert (status("x").state, status("x").since) == (State.DOWN, now)
    assert set(statuses(["x", "z"])) == {"x", "z"}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"health": {"ping": 1}}, "health has no setting 'ping'"),
        ({"health": {"operation": 5}}, "health.operation is 5"),
        ({"health": 5}, "health is a table"),
        ({"contract_url": 5}, "contract_url is an address"),
    ],
)
def test_what_is_declared_wrongly_is_named(settings: dict[str, object], words: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        policy.parse("x", settings)
    assert words in str(caught.value)
