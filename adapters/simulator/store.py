"""What an agency remembers, in one SQLite file: its ledger of messages and effects, and its own records.

The ledger shows whether anything was done twice: every message received is a row, and every effect a row with
the key it was asked for under. An agency's records are JSON facts by kind and name.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS received (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
    digest TEXT NOT NULL, size INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS effects (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, at TEXT NOT NULL, operation TEXT NOT NULL,
    detail TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS received_key ON received (key);
CREATE INDEX IF NOT EXISTS effects_key ON effects (key);
CREATE TABLE IF NOT EXISTS fact (
    kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, name));
"""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class AlreadyDone(Exception):
    """An effect that may happen once was to be done again. Final: the agency's own memory failed."""


class Store:
    """One agency's memory. Safe to use from several threads; ``path`` None keeps it in memory."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._database = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None, timeout=10
        )
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; may be nested, the outermost one counts."""
        with self._lock:
            if self._depth == 0:
                self._database.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._leave("ROLLBACK")
                raise
            self._leave("COMMIT")

    def _leave(self, statement: str) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._database.execute(statement)

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        with self._lock:
            self._database.close()

    # --- the ledger ---

    def receive(self, operation: str, key: str, body: bytes) -> None:
        """Write down that a message came, whatever becomes of it."""
        row = (_now(), operation, key, hashlib.sha256(body).hexdigest(), len(body))
        with self.transaction():
            self._database.execute(
                "INSERT INTO received (at, operation, key, digest, size) VALUES (?, ?, ?, ?, ?)", row
            )

    def effect(self, operation: str, key: str, detail: dict[str, Any], *, once: bool = True) -> None:
        """Write down that something took effect; raises AlreadyDone where it did, unless told that it may."""
        with self.transaction():
            if once and self._database.execute("SELECT 1 FROM effects WHERE key = ?", (key,)).fetchone():
                raise AlreadyDone(key)
            self._database.execute(
                "INSERT INTO effects (key, at, operation, detail) VALUES (?, ?, ?, ?)",
                (key, _now(), operation, json.dumps(detail)),
            )

    def ledger(self) -> dict[str, Any]:
        """Counts: ``{"received": n, "effects": n, "by_key": {key: {…}}, "by_operation": {…}}``."""
        answer: dict[str, Any] = {"received": 0, "effects": 0, "by_key": {}, "by_operation": {}}
        with self._lock:
            for column, table in (("received", "received"), ("effects", "effects")):
                statement = f"SELECT operation, key, COUNT(*) FROM {table} GROUP BY operation, key"  # noqa: S608
                for operation, key, count in self._database.execute(statement):
                    answer[column] += count
                    for group, name in (("by_key", key), ("by_operation", operation)):
                        counts = answer[group].setdefault(name, {"received": 0, "effects": 0})
                        counts[column] += count
        return answer

    def counts(self, key: str) -> dict[str, int]:
        """How often something came and took effect under one key."""
        with self._lock:
            return {
                name: self._database.execute(statement, (key,)).fetchone()[0]
                for name, statement in (
                    ("received", "SELECT COUNT(*) FROM received WHERE key = ?"),
                    ("effects", "SELECT COUNT(*) FROM effects WHERE key = ?"),
                )
            }

    def latest(self, table: str, count: int) -> list[dict[str, Any]]:
        """The last rows of ``received`` or ``effects``, newest first, for a person."""
        if table not in {"received", "effects"}:
            raise ValueError(f"there is no such list: {table}")
        with self._lock:
            cursor = self._database.execute(
                f"SELECT * FROM {table} ORDER BY at DESC, rowid DESC LIMIT ?",  # noqa: S608 - one of two names
                (count,),
            )
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    # --- the records ---

    def put(self, kind: str, name: str, value: dict[str, Any]) -> None:
        """Write a record, replacing the one of that name."""
        with self.transaction():
            self._database.execute(
                "INSERT OR REPLACE INTO fact (kind, name, value) VALUES (?, ?, ?)",
                (kind, name, json.dumps(value)),
            )

    def get(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return a record, or None."""
        with self._lock:
            row = self._database.execute(
                "SELECT value FROM fact WHERE kind = ? AND name = ?", (kind, name)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def forget(self, kind: str, name: str) -> None:
        """Remove a record, if it is there."""
        with self.transaction():
            self._database.execute("DELETE FROM fact WHERE kind = ? AND name = ?", (kind, name))

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return all records of a kind by name."""
        with self._lock:
            rows = self._database.execute("SELECT name, value FROM fact WHERE kind = ?", (kind,)).fetchall()
        return {name: json.loads(value) for name, value in rows}

    def next_number(self, series: str) -> int:
        """Count a series up by one; numbers are never given twice."""
        with self.transaction():
            number = int((self.get("series", series) or {"last": 0})["last"]) + 1
            self.put("series", series, {"last": number})
            return number
