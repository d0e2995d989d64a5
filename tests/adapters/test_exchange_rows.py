"""The log's own statements write what the model reads: same columns, same values, same refusals."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from adapters import exchange_log, exchange_rows
from adapters.exchange_rows import Entry
from adapters.models import Exchange
from adapters.ports import Context
from tests.adapters.test_exchange import CONTEXT

pytestmark = pytest.mark.django_db


def begun(value: dict[str, object] | None = None, context: Context = CONTEXT) -> Entry:
    return exchange_log.begun("npr", "get_household", value or {"a": "é\n'\"%s"}, context)


def read(row: Entry) -> Exchange:
    return Exchange.objects.get(public_id=row.public_id)


def by_cursor(write: Callable[[], None]) -> None:
    """By Django's cursor, as on PostgreSQL and where somebody listens."""
    with CaptureQueriesContext(connection) as heard:
        write()
    assert heard.captured_queries


def directly(write: Callable[[], None]) -> None:
    write()


def test_an_entry_has_the_columns_of_the_model_but_its_key() -> None:
    assert {one.name for one in fields(Entry)} == {
        one.attname for one in Exchange._meta.concrete_fields if not one.primary_key
    }
    model, row = Exchange(connection="npr", operation="x"), Entry("npr", "x")
    theirs = {"public_id", "started_at"}
    for one in fields(Entry):
        assert one.name in theirs or getattr(row, one.name) == getattr(model, one.name), one.name


@pytest.mark.parametrize("way", [directly, by_cursor])
def test_an_inserted_row_reads_back_as_it_was_built(way: Callable[[Callable[[], None]], None]) -> None:
    row = begun()
    way(lambda: exchange_rows.insert(row))
    found = read(row)
    for field in fields(Entry):
        value = getattr(found, field.name)
        assert (bytes(value) if isinstance(value, memoryview) else value) == getattr(row, field.name), field
    assert found.canonical_value == {"a": "é\n'\"%s"}


@pytest.mark.parametrize("way", [directly, by_cursor])
def test_an_outcome_is_written_to_its_row_alone(way: Callable[[Callable[[], None]], None]) -> None:
    rows = [begun() for _ in range(3)]
    exchange_rows.insert(*rows)
    rows[0].state, rows[0].detail, rows[0].finished_at = "rejected", "no; DROP TABLE", timezone.now()
    way(lambda: exchange_rows.update(rows[0]))
    found = read(rows[0])
    assert (found.state, found.detail, found.finished_at) == (
        "rejected",
        rows[0].detail,
        rows[0].finished_at,
    )
    assert {read(row).state for row in rows[1:]} == {"sending"}


def test_rows_written_together_are_written_whole_or_not_at_all() -> None:
    rows = [begun() for _ in range(3)]
    rows[2].public_id = rows[0].public_id
    with pytest.raises(Exception, match="(?i)unique"), transaction.atomic():
        exchange_rows.insert(*rows)
    assert not Exchange.objects.exists()


def test_a_row_that_is_gone_is_not_updated_in_silence() -> None:
    rows = [begun() for _ in range(2)]
    exchange_rows.insert(*rows)
    Exchange.objects.filter(public_id=rows[0].public_id).delete()
    with pytest.raises(Exchange.DoesNotExist, match=str(rows[0].public_id)):
        exchange_rows.update(rows[0])
    with pytest.raises(Exchange.DoesNotExist, match="1 of"):
        exchange_rows.update(*rows)


def test_a_moment_without_a_zone_is_refused() -> None:
    row = begun()
    row.started_at = datetime(2026, 1, 1)
    with pytest.raises(ValueError, match="no time zone"):
        exchange_rows.insert(row)
