"""Large texts are stored once, sealed, and referred to by hash and size."""

import hashlib
from typing import Any

import pytest
from django.db.models import ProtectedError

from adapters import documents, exchange
from adapters.errors import Misconfigured, Refused
from adapters.models import Exchange, StoredDocument
from adapters.ports import Accepted, Context
from adapters.simulator.settings import Settings
from bench.soak.deaf import KEY, DeafAgency, connect

pytestmark = pytest.mark.django_db
LARGE = "JVBERi0xLjcK" * 10_000
VALUE: dict[str, Any] = {"person": {"familyName": "Lind"}, "attached": [{"title": "a", "content": LARGE}]}


def check_in(value: Any, largest: int = 10_000_000) -> Any:
    return documents.check_in("x", value, longest=1000, largest=largest)


def test_a_large_text_is_kept_once_and_comes_back() -> None:
    kept = check_in(VALUE)
    assert kept["person"] == VALUE["person"]
    reference = kept["attached"][0]["content"]["$stored"]
    assert reference["sha256"] == hashlib.sha256(LARGE.encode()).hexdigest()
    assert reference["size"] == len(LARGE)
    assert check_in({"again": LARGE})["again"]["$stored"] == reference
    row = StoredDocument.objects.get()
    assert b"JVBERi" not in bytes(row.content_sealed)
    assert documents.check_out("x", kept) == VALUE
    assert check_in(kept) == kept


def test_a_reference_cannot_be_made_up() -> None:
    real = check_in(VALUE)["attached"][0]["content"]["$stored"]
    forged = {"content": {"$stored": {**real, "mark": "0" * 43}}}
    assert documents.check_out("x", forged) == forged


def test_what_is_larger_than_allowed_is_refused_by_its_path() -> None:
    with pytest.raises(Refused) as caught:
        check_in(VALUE, largest=1000)
    assert caught.value.field == "attached[0].content"
    with pytest.raises(Refused) as caught:
        check_in(check_in(VALUE), largest=1000)
    assert caught.value.field == "attached[0].content"


def test_a_document_that_is_gone_is_said() -> None:
    kept = check_in(VALUE)
    StoredDocument.objects.all().delete()
    with pytest.raises(Misconfigured, match="is gone"):
        documents.check_out("x", kept)


def test_the_log_refers_and_the_agency_gets_the_whole() -> None:
    agency = DeafAgency(Settings())
    agency.start()
    connect(agency.url)
    try:
        result = exchange.perform(KEY, "notice", check_in(VALUE), Context("c", "key"))
    finally:
        agency.stop()
    assert isinstance(result, Accepted)
    row = Exchange.objects.get()
    assert row.canonical_value == check_in(VALUE)
    assert len(row.canonical) < 1000
    assert LARGE.encode() in row.sent_bytes


def test_large_messages_lie_beside_the_log_and_are_read_as_if_in_it() -> None:
    agency = DeafAgency(Settings())
    agency.start()
    try:
        connect(agency.url)
        for key in ("a", "b"):
            exchange.perform(KEY, "notice", {"text": LARGE}, Context("c", key))
        exchange.perform(KEY, "notice", {"text": "small"}, Context("c", "c"))
    finally:
        agency.stop()
    *large, small = Exchange.objects.order_by("id")
    for row in large:
        assert bytes(row.sent) == b""
        assert row.sent_document is not None
        assert LARGE.encode() in row.sent_bytes
        assert len(bytes(row.received)) < 1000
        assert row.received_document is None
    assert small.sent_document is None
    assert b"small" in small.sent_bytes


def test_a_large_message_of_theirs_is_kept_whole() -> None:
    body = LARGE.encode()
    row = exchange.record_inbound("x", "status", "", "", body, "taken")
    again = Exchange.objects.get(public_id=row.public_id)
    assert again.received_bytes == body
    assert bytes(again.received) == b""
    repeated = exchange.record_inbound("x", "status", "", "", body, "duplicate")
    assert repeated.received_document_id == again.received_document_id, "the same bytes are kept once"
    with pytest.raises(ProtectedError):
        StoredDocument.objects.all().delete()
