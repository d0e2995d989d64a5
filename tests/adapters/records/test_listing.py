"""An agency that books whatever file it finds: the folders are looked into before one is put there again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from adapters import exchange
from adapters.errors import Held, Misconfigured, Refused, Unavailable
from adapters.kinds.records.sftp import SftpDoor
from adapters.models import Connection, Exchange
from adapters.ports import Context, Pending
from adapters.simulator.files import FileAgency
from adapters.simulator.settings import CLIENT_NAME, Settings
from tests.adapters.connections import CHANGE

pytestmark = pytest.mark.django_db
CONTEXT = Context("correlation", "the-key", "MOV-1", "step", "worker")


class Forgetful(FileAgency):
    """Books every file that it finds, and puts it away under a name with a date."""

    key = "sia"
    name = "Forgetful"
    protocol = "files"
    booked: list[str]

    def run(self) -> None:
        """Nothing by itself: the tests say when."""

    def work(self) -> None:
        (self.root / "processed").mkdir(exist_ok=True)
        for path in (self.root / "in").glob("*.DAT"):
            self.booked.append(path.name)
            path.rename(self.root / "processed" / f"{path.name}.20270301")


@pytest.fixture
def agency() -> Iterator[Forgetful]:
    agency = Forgetful(Settings())
    agency.booked = []
    agency.work()
    agency.start()
    table: dict[str, Any] = {
        **{"name": "Forgetful", "kind": "records", "contract": "sia.layout.toml", "poll_seconds": 5},
        **{"allow_private": True, "processed": ["/processed"]},
        "delivery": {"repeat": "ask", "ask": "listing", "settle": 0},
    }
    row = Connection(key="sia", name="Forgetful", kind="records", base_url=agency.url, settings=table)
    row.credentials = {
        "username": CLIENT_NAME,
        "password": agency.settings.secret,
        "host_key": agency.known_host,
    }
    row.save()
    yield agency
    agency.stop()


def tell() -> Any:
    return exchange.perform("sia", "register_change", CHANGE, CONTEXT)


def broken_after(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """The session breaks off once, after the file got its name or before."""
    real, breaks = SftpDoor.put, [True]

    def put(self: SftpDoor, client: Any, path: Any, form: Any, content: Any) -> None:
        if breaks and step == "before":
            breaks.clear()
            with client.open(f"{path}{form.temporary_suffix}", "wb") as file:
                file.write(content.read(100))
            raise OSError("broken off")
        real(self, client, path, form, content)
        if breaks:
            breaks.clear()
            raise OSError("broken off")

    monkeypatch.setattr(SftpDoor, "put", put)


def lost(agency: Forgetful, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    broken_after(monkeypatch, step)
    with pytest.raises(Unavailable):
        tell()
    assert Exchange.objects.get().is_uncertain


@pytest.mark.parametrize("is_processed", [False, True])
def test_a_file_that_is_there_is_not_put_there_again(
    agency: Forgetful, monkeypatch: pytest.MonkeyPatch, is_processed: bool
) -> None:
    lost(agency, monkeypatch, "after")
    if is_processed:
        agency.work()
    told = tell()
    assert isinstance(told, Pending)
    assert told.reference.endswith(".DAT/1")
    agency.work()
    assert len(agency.booked) == 1
    asked = Exchange.objects.get(operation="listing.check")
    assert asked.received_bytes == (b"/processed" if is_processed else b"/in")


def test_a_file_that_is_nowhere_is_put_there(agency: Forgetful, monkeypatch: pytest.MonkeyPatch) -> None:
    lost(agency, monkeypatch, "before")
    agency.work()
    assert isinstance(tell(), Pending)
    agency.work()
    assert len(agency.booked) == 1
    assert "has not got it" in Exchange.objects.earliest("id").detail


def test_nowhere_is_believed_only_when_nothing_can_be_on_its_way(
    agency: Forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Connection.objects.get()
    row.settings["delivery"]["settle"] = 600.0
    row.save()
    lost(agency, monkeypatch, "before")
    with pytest.raises(Held):
        tell()
    Exchange.objects.update(started_at=timezone.now() - timedelta(minutes=11))
    assert isinstance(tell(), Pending)


def test_a_folder_that_is_not_there_is_said(agency: Forgetful, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Connection.objects.get()
    row.settings["processed"] = ["/elsewhere"]
    row.save()
    with pytest.raises(Misconfigured, match="no folder /elsewhere"):
        tell()


def test_a_street_that_the_agency_cannot_take_is_refused_by_name(agency: Forgetful) -> None:
    value = {**CHANGE, "address": {**CHANGE["address"], "thoroughfare": "Long " * 14 + "Street"}}
    with pytest.raises(Refused, match=r"address\.thoroughfare is longer than 50 characters"):
        exchange.perform("sia", "register_change", value, CONTEXT)
    assert "address.thoroughfare" in Exchange.objects.get().detail
