"""SQL statements that run with every call, written once and given to the driver as they are.

Django's cursor costs more CPU than SQLite needs for a whole row: it looks for places in the text anew each
time and passes five wrappers. On SQLite the driver is asked directly, and what Django promises still holds:
the connection is opened, a broken transaction is refused, errors are Django's own. Elsewhere, and where
somebody listens to the statements (``execute_wrappers``, DEBUG, tests that count), Django's cursor is used.
"""

import sqlite3
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

Row = tuple[Any, ...]


class Statement:
    """One statement for the default database; ``%s`` is the place of a value.

    In autocommit each run is its own transaction, inside a transaction it takes part in it. ``types`` are
    those of the values, which must be what a model's field holds in Python. A moment without a time zone is
    refused with ValueError.
    """

    __slots__ = ("_direct", "_elsewhere", "_sqlite", "_text")

    def __init__(self, text: str, types: Sequence[object] = ()) -> None:
        self._text, self._direct = text, text.replace("%s", "?")
        self._sqlite = [(at, _FOR_SQLITE[one]) for at, one in enumerate(types) if one in _FOR_SQLITE]
        self._elsewhere = [(at, _aware) for at, one in enumerate(types) if one in (datetime, datetime | None)]

    def first(self, values: Row) -> Row | None:
        """Run it and return the first row, None where there is none."""
        connection = connections[DEFAULT_DB_ALIAS]
        adapted, driver = self._adapted(connection.vendor, values), _driver(connection)
        found: Row | None
        if driver is None:
            with connection.cursor() as cursor:
                cursor.execute(self._text, adapted)
                found = cursor.fetchone()
        else:
            with connection.wrap_database_errors:
                found = driver.execute(self._direct, adapted).fetchone()
        return found

    def change(self, values: Row) -> int:
        """Run it and return how many rows were changed."""
        connection = connections[DEFAULT_DB_ALIAS]
        adapted, driver = self._adapted(connection.vendor, values), _driver(connection)
        if driver is None:
            with connection.cursor() as cursor:
                cursor.execute(self._text, adapted)
                changed: int = cursor.rowcount
                return changed
        with connection.wrap_database_errors:
            return driver.execute(self._direct, adapted).rowcount

    def change_each(self, many: Sequence[Row]) -> int:
        """Run it for each, all or none; return how many rows were changed together."""
        connection = connections[DEFAULT_DB_ALIAS]
        adapted = [self._adapted(connection.vendor, values) for values in many]
        with transaction.atomic(savepoint=False):
            driver = _driver(connection)
            if driver is None:
                with connection.cursor() as cursor:
                    cursor.executemany(self._text, adapted)
                    changed: int = cursor.rowcount
                    return changed
            with connection.wrap_database_errors:
                return driver.executemany(self._direct, adapted).rowcount

    def _adapted(self, vendor: str, values: Row) -> Sequence[Any]:
        """The values as the driver takes them; most pass as they are."""
        places = self._sqlite if vendor == "sqlite" else self._elsewhere
        if not places:
            return values
        adapted = list(values)
        for at, adapt in places:
            adapted[at] = adapt(adapted[at])
        return adapted


def _driver(connection: Any) -> sqlite3.Connection | None:
    """SQLite's own connection, ready; None where Django's cursor is to be used."""
    if connection.vendor != "sqlite" or connection.execute_wrappers or connection.queries_logged:
        return None
    connection.ensure_connection()
    connection.validate_thread_sharing()
    connection.validate_no_broken_transaction()
    driver: sqlite3.Connection = connection.connection
    return driver


def _aware(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment


def _text(moment: datetime | None) -> str | None:
    """As Django writes moments to SQLite: in UTC, without saying so."""
    aware = _aware(moment)
    return None if aware is None else str(aware.astimezone(UTC).replace(tzinfo=None))


def _hex(value: uuid.UUID) -> str:
    return value.hex


_FOR_SQLITE: dict[object, Callable[[Any], Any]] = {
    datetime: _text,
    datetime | None: _text,
    uuid.UUID: _hex,
}
