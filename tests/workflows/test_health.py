"""Which services a drifting connection touches, the scheduled look, the digest, and the command."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from adapters.models import Connection, ConnectionCheck, Exchange
from adapters.sandbox import Sandbox, run
from tests.adapters.connections import load
from workflows.health import cli, digest, watch
from workflows.health.affected import affected, uses
from workflows.models.digests import Digest
from workflows.seed import seed_definitions

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with run() as sandbox:
        load(sandbox)
        seed_definitions()
        yield sandbox


def found(key: str, *operations: str, state: str = "degraded") -> ConnectionCheck:
    change = {"kind": "field-removed", "place": "request", "field": "x", "before": "", "after": ""}
    changes = [{**change, "operation": name, "breaking": True} for name in operations]
    return ConnectionCheck.objects.create(connection=key, state=state, since=NOW, changes=changes)


def test_services_are_named_by_what_they_call(sandbox: Sandbox) -> None:
    where = {use.where for use in uses("vdr")}
    assert where == {"find-vehicles", "change-keeper"}
    assert {use.where for use in uses("npr")} >= {"prefill household", "register-move", "confirm-move"}
    assert {use.where for use in uses("laa")} == {"question address", "dwelling"}
    assert {use.where for use in uses("vestvik")} == {"tell-old-municipality", "tell-new-municipality"}


@pytest.mark.parametrize(
    ("key", "operation", "touched"),
    [
        ("vdr", "ChangeKeeperAddress", ["Moving house"]),
        ("vdr", "SomethingElse", []),
        ("npr", "GetMoveStatus", ["Moving house"]),
        ("laa", "AddressList", ["Moving house"]),
        ("sia", "K1", ["Moving house"]),
    ],
)
def test_a_change_touches_the_services_that_call_it(
    sandbox: Sandbox, key: str, operation: str, touched: list[str]
) -> None:
    assert affected(found(key, operation)) == touched


def test_a_connection_that_is_down_touches_all_that_use_it(sandbox: Sandbox) -> None:
    assert affected(found("vdr", state="down")) == ["Moving house"]
    assert affected(found("nobody", state="down")) == []


def test_each_connection_is_looked_at_once_in_its_time(sandbox: Sandbox, settings: Any) -> None:
    settings.HEALTH_SECONDS = 300
    total = Connection.objects.count()
    assert watch.look(NOW) == total
    assert watch.look(NOW) == 0
    assert ConnectionCheck.objects.filter(state="ok").count() == total
    assert watch.look(NOW + timedelta(seconds=301)) == total
    settings.HEALTH_SECONDS = 0
    assert watch.look(NOW + timedelta(days=1)) == 0


def test_a_check_that_breaks_does_not_stop_the_others(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, total = watch.check, Connection.objects.count()

    def breaking(key: str) -> Any:
        if key == "npr":
            raise RuntimeError("a fault of ours")
        return real(key)

    monkeypatch.setattr(watch, "check", breaking)
    assert watch.look(NOW) == total
    assert ConnectionCheck.objects.count() == total - 1


def test_the_digest_tells_the_day_and_is_sent_once(sandbox: Sandbox, settings: Any) -> None:
    settings.DIGEST_TO = ["ops@example.org"]
    row = Connection.objects.get(key="vdr")
    row.settings["health"]["digest_to"] = ["vdr@example.org"]
    row.save()
    yesterday = NOW - timedelta(days=1)
    for state in ("accepted", "accepted", "unavailable"):
        Exchange.objects.create(connection="vdr", operation="x", state=state, started_at=yesterday)
    found("vdr", "ChangeKeeperAddress")
    assert digest.write_due(NOW) == Connection.objects.count()
    assert digest.write_due(NOW) == 0
    text = Digest.objects.get(connection="vdr").text
    assert "Exchanges: 3 (2 accepted, 1 no answer)." in text
    assert "State: Needs attention" in text
    assert "Services affected: Moving house." in text
    assert "Deliveries: 0 waiting, 0 stopped, 0 that may have arrived." in text
    sent = next(one for one in mail.outbox if "Vehicle" in one.subject)
    assert sent.to == ["vdr@example.org", "ops@example.org"]
    assert sent.body == text
    assert Digest.objects.get(connection="vdr").sent_to == sent.to


def test_without_an_address_nothing_is_sent_and_a_mail_that_fails_is_noted(
    sandbox: Sandbox, settings: Any
) -> None:
    row = Connection.objects.get(key="vdr")
    digest.write(row, (NOW - timedelta(days=1)).date(), NOW)
    assert mail.outbox == []
    settings.DIGEST_TO = ["ops@example.org"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    digest.write(row, (NOW - timedelta(days=2)).date(), NOW)
    failed = Digest.objects.get(day=(NOW - timedelta(days=2)).date())
    assert (failed.sent_to, failed.problem[:22]) == ([], "ConnectionRefusedError")


def test_the_command_says_what_it_found(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "vdr", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["state"], row["credentials"], row["contract"], row["affectedServices"]) == (
        *("ok", "accepted", "same"),
        [],
    )
    sandbox.switch("vdr", down=True)
    assert cli.main(["check", "--all"]) == 1
    said = capsys.readouterr().out
    assert "vdr          down" in said
    assert "services affected: Moving house" in said
    assert cli.main(["check", "nowhere"]) == 2
    assert "there is no connection 'nowhere'" in capsys.readouterr().out


def test_a_change_reads_as_a_sentence() -> None:
    change = {"kind": "values-removed", "operation": "Op", "place": "request", "field": "a/b"}
    assert cli.change_line({**change, "before": "X", "after": ""}) == "values removed: Op.request a/b (X)"
