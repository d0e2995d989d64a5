"""Norrby over its own SFTP server: many cases in one CSV file, and an answer for each."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from adapters import exchange
from adapters.batches import BatchFile, BatchRecord
from adapters.errors import NotUnderstood, Refused, Unavailable
from adapters.models import Connection, Exchange
from adapters.ports import Accepted, Context, Pending, Rejected, Result
from adapters.sandbox import Sandbox, run
from tests.adapters import connections
from tests.adapters.connections import ADDRESS, CHANGE
from tests.sandbox.waiting import eventually

pytestmark = pytest.mark.django_db
VALUE: dict[str, Any] = {**CHANGE, "direction": "out", "movers": []}
STRANGER = {**VALUE, "person": {**CHANGE["person"], "identifier": {"notation": "20990101T0000"}}}


@pytest.fixture
def norrby() -> Iterator[Sandbox]:
    with run(("norrby",), portal_url="http://127.0.0.1:9") as sandbox:
        connections.load(sandbox)
        row = Connection.objects.get(key="norrby")
        row.settings = {**row.settings, "batch": {"every_seconds": 3600, "records": 3}}
        row.save()
        yield sandbox


def tell(value: dict[str, Any] = VALUE, key: str = "", case: str = "MOV-1") -> Pending:
    result = exchange.perform(
        "norrby", "open_case", value, Context("correlation", key or uuid.uuid4().hex, case)
    )
    assert isinstance(result, Pending)
    return result


def ask(reference: str) -> Result | None:
    result = exchange.check("norrby", "open_case", reference, Context("correlation", uuid.uuid4().hex))
    return None if isinstance(result, Pending) else result


def answer(told: Pending) -> Result:
    return eventually(lambda: ask(told.reference))


def make_due() -> None:
    BatchFile.objects.filter(state="collecting").update(due_at=timezone.now())


def test_a_full_file_goes_off_and_each_case_has_its_answer(norrby: Sandbox) -> None:
    first, second, third = tell(), tell(STRANGER), tell()
    assert BatchFile.objects.get().state in {"sent", "answered"}, "it did not wait for its hour"
    opened, refused, also = (answer(told) for told in (first, second, third))
    assert isinstance(opened, Accepted)
    assert opened.reference.startswith("KS 2")
    assert isinstance(also, Accepted)
    assert also.reference != opened.reference
    assert refused == Rejected(
        "F02",
        "nobody of this number",
        "person.identifier.notation",
        refused.value,  # type: ignore[union-attr]
    )
    assert norrby.ledger("norrby")["by_operation"]["open_case"] == {"received": 3, "effects": 2}


def test_records_wait_until_the_file_is_due(norrby: Sandbox) -> None:
    told = tell()
    assert told.check_after is not None
    assert told.check_after > timedelta(minutes=59)
    assert ask(told.reference) is None
    assert BatchFile.objects.get().state == "collecting"
    make_due()
    assert isinstance(answer(told), Accepted)


def test_files_are_numbered_and_a_number_is_checked_in_the_answer(norrby: Sandbox) -> None:
    for _ in range(2):
        told = tell()
        make_due()
        assert isinstance(answer(told), Accepted)
    assert list(BatchFile.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2]


def test_the_same_key_is_the_same_record(norrby: Sandbox) -> None:
    first, again = tell(key="one"), tell(key="one")
    assert first.reference == again.reference
    assert BatchRecord.objects.count() == 1
    with pytest.raises(Refused, match="used before"):
        tell({**VALUE, "direction": "in"}, key="one")


def test_a_value_that_does_not_fit_is_refused_before_it_is_collected(norrby: Sandbox) -> None:
    for name, bad in (("postCode", "1"), ("thoroughfare", "=HYPERLINK(1)"), ("thoroughfare", "Οδός")):
        with pytest.raises(Refused) as caught:
            tell({**VALUE, "address": {**ADDRESS, name: bad}})
        assert caught.value.field == f"address.{name}"
    assert BatchRecord.objects.count() == 0


def test_a_closed_door_loses_nothing(norrby: Sandbox) -> None:
    norrby.switch("norrby", down=True)
    told = [tell() for _ in range(3)]
    assert BatchFile.objects.get().state == "closed"
    with pytest.raises(Unavailable) as caught:
        ask(told[0].reference)
    assert caught.value.sent is False
    norrby.switch("norrby", down=False)
    assert all(isinstance(answer(one), Accepted) for one in told)
    assert norrby.ledger("norrby")["effects"] == 3


def test_a_file_that_arrived_though_we_do_not_know_is_not_sent_twice(norrby: Sandbox) -> None:
    told = [tell() for _ in range(3)]
    assert isinstance(answer(told[0]), Accepted)
    BatchFile.objects.update(state="closed")  # as if we had died before writing down that it was sent
    BatchRecord.objects.update(verdict_sealed=b"")
    assert isinstance(answer(told[1]), Accepted)
    assert norrby.ledger("norrby")["effects"] == 3


@pytest.mark.parametrize("damage", ["malformed", "wrong_contract", "wrong_encoding", "partial_file"])
def test_an_answer_that_is_spoilt_is_not_believed_in_part(norrby: Sandbox, damage: str) -> None:
    norrby.switch("norrby", **{damage: True})
    told = [tell() for _ in range(3)]
    with pytest.raises(NotUnderstood) as caught:
        answer(told[0])
    assert caught.value.line > 0
    assert Exchange.objects.recent()[0].received_bytes
    assert not any(record.verdict for record in BatchRecord.objects.all())
    norrby.reset("norrby")
    assert isinstance(eventually(lambda: mended(told[0].reference)), Accepted)


def mended(reference: str) -> Result | None:
    try:
        return ask(reference)
    except NotUnderstood:
        return None


def test_no_name_or_number_lies_open_in_the_database(norrby: Sandbox) -> None:
    tell()
    record = BatchRecord.objects.get()
    assert record.values["personNo"] == "19850312T4240"
    assert b"Lindqvist" not in bytes(record.values_sealed)


def test_a_record_of_another_connection_is_not_found(norrby: Sandbox) -> None:
    for reference in ("record/99999", "record/x", "FLYTT", ""):
        assert isinstance(ask(reference), Rejected)
