"""Rows of the exchange log as they are written: twice a call, and so without model and query compiler.

Reading is :class:`adapters.models.Exchange`; an :class:`Entry` has its columns but the key, which the
database gives.
"""

import uuid
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from adapters.models import Exchange, sealed_column
from onestop.lib.statements import Statement


@dataclass(slots=True)
class Entry:
    """One call that is begun, or ended, or a message that came; see Exchange for what the columns mean."""

    connection: str
    operation: str
    case_reference: str = ""
    step: str = ""
    correlation_id: str = ""
    idempotency_key: str = ""
    actor: str = ""
    owner: str = ""
    direction: str = Exchange.Direction.OUT.value
    state: str = Exchange.State.SENDING.value
    detail: str = ""
    line: int = 0
    status: str = ""
    canonical: bytes = b""
    sent: bytes = b""
    sent_type: str = ""
    received: bytes = b""
    received_type: str = ""
    sent_document_id: int | None = None
    received_document_id: int | None = None
    answer: bytes = b""
    check_after: float | None = None
    is_uncertain: bool = False
    finished_at: datetime | None = None
    public_id: uuid.UUID = field(default_factory=uuid.uuid4)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def label(self, column: str) -> str:
        """What binds a sealed column to this row."""
        return sealed_column(self.public_id, column)

    @property
    def detail_sealed(self) -> bytes:
        """The detail as it is stored."""
        return _DETAIL.closed(self.detail)


TABLE = Exchange._meta.db_table
TYPES = {one.name: one.type for one in fields(Entry)} | {"detail": bytes}
_DETAIL = Exchange._meta.get_field("detail")
COLUMNS = tuple(TYPES)
OUTCOME = (
    *("state", "detail", "line", "status", "sent", "sent_type", "received", "received_type"),
    *("sent_document_id", "received_document_id", "answer", "check_after", "is_uncertain", "finished_at"),
)
_STORED = {"detail": "detail_sealed"}
_begun = attrgetter(*(_STORED.get(name, name) for name in COLUMNS))
_ended = attrgetter(*(_STORED.get(name, name) for name in OUTCOME), "public_id")
_names, _places = ", ".join(f'"{name}"' for name in COLUMNS), ", ".join("%s" for _ in COLUMNS)
_changes = ", ".join(f'"{name}" = %s' for name in OUTCOME)
_INSERT = Statement(
    f'INSERT INTO "{TABLE}" ({_names}) VALUES ({_places})',  # noqa: S608 - our own names
    [TYPES[name] for name in COLUMNS],
)
_UPDATE = Statement(
    f'UPDATE "{TABLE}" SET {_changes} WHERE "public_id" = %s',  # noqa: S608 - our own names
    [TYPES[name] for name in (*OUTCOME, "public_id")],
)


def insert(*rows: Entry) -> None:
    """Write rows that are not in the log yet, all or none."""
    _run(_INSERT, [_begun(row) for row in rows])


def update(*rows: Entry) -> None:
    """Write what became of the calls of rows; raises Exchange.DoesNotExist where one is gone."""
    changed = _run(_UPDATE, [_ended(row) for row in rows])
    if changed != len(rows):
        names = ", ".join(str(row.public_id) for row in rows)
        raise Exchange.DoesNotExist(f"{len(rows) - changed} of these exchanges are not in the log: {names}")


def _run(statement: Statement, values: list[tuple[Any, ...]]) -> int:
    """Most calls are alone; they need no transaction around their one statement."""
    if len(values) == 1:
        return statement.change(values[0])
    return statement.change_each(values) if values else 0
