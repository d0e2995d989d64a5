"""The log's own statements write what the model's would: same columns, same values, same refusals."""

from datetime import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from adapters import exchange_log, exchange_rows
from adapters.models import Exchange
from adapters.ports import Context
from tests.adapters.test_exchange import CONTEXT

pytestmark = pytest.mark.django_db


def begun(value: dict[str, object] | None = None, context: Context = CONTEXT) -> Exchange:
    return exchange_log.begun("npr", "get_household", value or {"a": "é\n'\"%s"}, context)


def test_an_inserted_row_reads_back_as_it_was_built() -> None:
    row = begun()
    exchange_rows.insert(row)
    read = Exchange.objects.get(pk=row.pk)
    for field in Exchange._meta.concrete_fields:
        written, found = getattr(row, field.attname), getattr(read, field.attname)
        assert (bytes(found) if isinstance(found, memoryview) else found) == written, field.name
    assert read.canonical_value == {"a": "é\n'\"%s"}


def test_an_update_writes_the_named_fields_alone() -> None:
    row = begun()
    exchange_rows.insert(row)
    row.state, row.detail, row.finished_at = Exchange.State.REJECTED, "no; DROP TABLE", timezone.now()
    exchange_rows.update(row, ["state", "finished_at"])
    read = Exchange.objects.get(pk=row.pk)
    assert (read.state, read.detail, read.finished_at) == ("rejected", "", row.finished_at)


def test_rows_written_together_are_written_whole_or_not_at_all() -> None:
    rows = [begun() for _ in range(3)]
    rows[2].public_id = rows[0].public_id
    with pytest.raises(Exception, match="(?i)unique"), transaction.atomic():
        exchange_rows.insert_all(rows)
    assert not Exchange.objects.exists()


def test_a_row_that_is_gone_is_not_updated_in_silence() -> None:
    row = begun()
    exchange_rows.insert(row)
    Exchange.objects.all().delete()
    with pytest.raises(Exchange.DoesNotExist):
        exchange_rows.update(row, ["state"])


def test_a_moment_without_a_zone_is_refused() -> None:
    row = begun()
    row.started_at = datetime(2026, 1, 1)
    with pytest.raises(ValueError, match="no time zone"):
        exchange_rows.insert(row)
