"""What the exchange log costs at the least: its two statements given to bare SQLite around a bare call."""

import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.db import connection

from adapters.exchange_rows import COLUMNS, OUTCOME, TABLE


def around(call: Callable[[], object], folder: Path) -> Callable[[], object]:
    """``call`` with a row inserted before and its outcome written after, each committed, and nothing else.

    The table is that of the log with all its indexes, the row one that the log holds already: no sealing, no
    gate, no check of what was said before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [TABLE])
        made = [sql for (sql,) in cursor.fetchall()]
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE status = '200' LIMIT 1")
        known = dict(zip(COLUMNS, cursor.fetchone(), strict=True))
    file = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", *made):
        with closing(file.execute(statement)):
            pass
    insert = f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({', '.join('?' for _ in COLUMNS)})"
    update = f"UPDATE {TABLE} SET {', '.join(f'{name} = ?' for name in OUTCOME)} WHERE public_id = ?"
    empty = {"sent": b"", "received": b"", "answer": b"", "state": "sending", "finished_at": None}
    begun = [{**known, **empty}[name] for name in COLUMNS if name != "public_id"]
    at = COLUMNS.index("public_id")
    ended = [known[name] for name in OUTCOME]

    def logged() -> object:
        key = uuid.uuid4().hex
        file.execute(insert, [*begun[:at], key, *begun[at:]])
        answer = call()
        file.execute(update, [*ended, key])
        return answer

    return logged
