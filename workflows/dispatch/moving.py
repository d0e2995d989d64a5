"""How a case takes in an event: lock, advance, write what follows. Always inside the caller's transaction."""

from datetime import datetime
from typing import Any

from django.db import connection

from workflows.dispatch.effects import apply
from workflows.engine import Effect, Event, advance
from workflows.models import Case, ServiceVersion, Task

JSON = dict[str, Any]
_LATER = ("answers", "receipt")
_COLUMNS = ", ".join(str(one.column) for one in Case._meta.concrete_fields if one.name not in _LATER)
_CASE = f"SELECT {_COLUMNS} FROM {Case._meta.db_table} WHERE id = %s"  # noqa: S608 - our own names


def locked(case_id: int) -> Case:
    """The case, locked until the transaction ends; SQLite's transactions are exclusive from their start."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    return _read(f"{_CASE}{lock}", case_id)


def as_it_is(case_id: int) -> Case:
    """The case without a lock, for whoever only looks."""
    return _read(_CASE, case_id)


def _read(text: str, case_id: int) -> Case:
    """Read before every step, so without the query compiler. What people wrote is loaded when asked for."""
    for case in Case.objects.raw(text, [case_id]):
        case.service_version = ServiceVersion.objects.shared(case.service_version_id)
        return case
    raise Case.DoesNotExist(f"there is no case {case_id}")


def move(case: Case, event: Event, *, actor: str, now: datetime) -> bool:
    """Take one event into a locked case; False when it changed nothing (its token is gone)."""
    state, effects = advance(case.service_version.definition, case.state, event)
    if state is case.state:
        return False
    take_over(case, state, effects, actor=actor, now=now)
    return True


def take_over(case: Case, state: JSON, effects: list[Effect], *, actor: str, now: datetime) -> None:
    """Give a locked case a state that the engine made, and write what follows from it."""
    case.state = state
    case.version += 1
    apply(case, effects, actor=actor, now=now)
    settle_status(case)
    case.save(update_fields=["state", "version", "status", "completed_at"])


def settle_status(case: Case) -> None:
    """An open case with an open task is with an officer; the caller saves."""
    if case.is_ended:
        return
    with_person = Task.objects.open().filter(case=case).exists()
    case.status = Case.Status.NEEDS_PERSON if with_person else Case.Status.OPEN


def is_waiting(case: Case, token: str) -> bool:
    """Whether the case still waits for this token."""
    return token in case.state.get("waiting", {})
