"""Rows of the exchange log, written without the query compiler: the log is written twice a call.

The statements are put together once per database alias from the model's own columns. What Django would do
to a value for its column is done here by field class; every value is a parameter. In autocommit each
statement is its own transaction, inside a transaction it takes part in it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connections, models, router, transaction
from django.utils.timezone import is_naive

from adapters.models import Exchange

Adapt = Callable[[Any], Any]


def insert(row: Exchange) -> None:
    """Insert one row, which must have no key yet, and set its key."""
    alias = router.db_for_write(Exchange)
    statement, columns = _insertion(alias)
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, [adapt(getattr(row, name)) for name, adapt in columns])
        (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, alias


def insert_all(rows: Iterable[Exchange]) -> None:
    """Insert several rows in one transaction."""
    with transaction.atomic(using=router.db_for_write(Exchange)):
        for row in rows:
            insert(row)


def update(row: Exchange, names: Sequence[str]) -> None:
    """Write the named fields of a row in the log; raises Exchange.DoesNotExist where it is gone."""
    alias = router.db_for_write(Exchange)
    statement, columns = _change(alias, tuple(names))
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, [*(adapt(getattr(row, name)) for name, adapt in columns), row.pk])
        if cursor.rowcount != 1:
            raise Exchange.DoesNotExist(f"exchange {row.public_id} is not in the log")


@lru_cache(maxsize=8)
def _insertion(alias: str) -> tuple[str, list[tuple[str, Adapt]]]:
    fields = [field for field in Exchange._meta.concrete_fields if not field.primary_key]
    names, places = ", ".join(_quoted(alias, field) for field in fields), ", ".join("%s" for _ in fields)
    key = _quoted(alias, Exchange._meta.pk)
    statement = f"INSERT INTO {_table(alias)} ({names}) VALUES ({places}) RETURNING {key}"  # noqa: S608
    return statement, [(field.attname, _adapter(alias, field)) for field in fields]


@lru_cache(maxsize=32)
def _change(alias: str, names: tuple[str, ...]) -> tuple[str, list[tuple[str, Adapt]]]:
    by_name = {field.name: field for field in Exchange._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    columns = ", ".join(f"{_quoted(alias, field)} = %s" for field in fields)
    key = _quoted(alias, Exchange._meta.pk)
    statement = f"UPDATE {_table(alias)} SET {columns} WHERE {key} = %s"  # noqa: S608
    return statement, [(field.attname, _adapter(alias, field)) for field in fields]


def _table(alias: str) -> str:
    return connections[alias].ops.quote_name(Exchange._meta.db_table)


def _quoted(alias: str, field: Any) -> str:
    return connections[alias].ops.quote_name(field.column)


def _adapter(alias: str, field: Any) -> Adapt:
    """What brings a value of this field to what the driver takes."""
    if isinstance(field, models.CharField | models.TextField):
        return str  # also a member of TextChoices
    if isinstance(field, models.DateTimeField):
        return _moment(alias)
    if isinstance(field, models.BinaryField):
        return bytes
    connection = connections[alias]
    return lambda value: field.get_db_prep_save(value, connection)


def _moment(alias: str) -> Adapt:
    adapt = connections[alias].ops.adapt_datetimefield_value

    def moment(value: datetime | None) -> Any:
        if value is not None and is_naive(value):
            raise ValueError(f"{value} has no time zone")
        return adapt(value)

    return moment
