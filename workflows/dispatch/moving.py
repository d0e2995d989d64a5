"""How a case takes in an event: lock, advance, write what follows. Always inside the caller's transaction."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from workflows.dispatch.effects import apply
from workflows.dispatch.writing import Writing
from workflows.engine import Effect, Event, advance
from workflows.models import Case, ServiceVersion, Task

JSON = dict[str, Any]
_LATER = ("answers", "receipt")
_COLUMNS = ", ".join(str(one.column) for one in Case._meta.concrete_fields if one.name not in _LATER)
_CASES = f"SELECT {_COLUMNS} FROM {Case._meta.db_table} WHERE id"  # noqa: S608 - our own names
_CASE = f"{_CASES} = %s"


def locked(case_id: int) -> Case:
    """The case, locked until the transaction ends; SQLite's transactions are exclusive from their start."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    return _one(f"{_CASE}{lock}", case_id)


def as_it_is(case_id: int) -> Case:
    """The case without a lock, for whoever only looks."""
    return _one(_CASE, case_id)


def locked_free(case_ids: Sequence[int]) -> dict[int, Case]:
    """Those of the cases that nobody else has locked at this moment, locked, by key."""
    lock = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    places = ", ".join(["%s"] * len(case_ids))
    return {case.pk: case for case in _read(f"{_CASES} IN ({places}){lock}", case_ids)}


def _one(text: str, case_id: int) -> Case:
    for case in _read(text, [case_id]):
        return case
    raise Case.DoesNotExist(f"there is no case {case_id}")


def _read(text: str, case_ids: Sequence[int]) -> Iterator[Case]:
    """Read before every step, so without the query compiler. What people wrote is loaded when asked for."""
    for case in Case.objects.raw(text, case_ids):
        case.service_version = ServiceVersion.objects.shared(case.service_version_id)
        yield case


def move(case: Case, event: Event, *, actor: str, now: datetime) -> bool:
    """Take one event into a locked case; False when it changed nothing (its token is gone)."""
    writing = Writing()
    has_changed = collect(case, event, writing, actor=actor, now=now)
    writing.write()
    return has_changed


def collect(case: Case, event: Event, writing: Writing, *, actor: str, now: datetime) -> bool:
    """As :func:`move`, for a caller who moves several cases and writes them together at the end."""
    state, effects = advance(case.service_version.definition, case.state, event)
    if state is case.state:
        return False
    _take_over(case, state, effects, writing, actor=actor, now=now)
    return True


def take_over(case: Case, state: JSON, effects: list[Effect], *, actor: str, now: datetime) -> None:
    """Give a locked case a state that the engine made, and write what follows from it."""
    writing = Writing()
    _take_over(case, state, effects, writing, actor=actor, now=now)
    writing.write()


def _take_over(
    case: Case, state: JSON, effects: list[Effect], writing: Writing, *, actor: str, now: datetime
) -> None:
    case.state = state
    case.version += 1
    writing.moved[case.pk] = case
    apply(case, effects, writing, actor=actor, now=now)


def settle_status(case: Case) -> None:
    """An open case with an open task is with an officer; the caller saves."""
    if case.is_ended:
        return
    with_person = Task.objects.open().filter(case=case).exists()
    case.status = Case.Status.NEEDS_PERSON if with_person else Case.Status.OPEN


def is_waiting(case: Case, token: str) -> bool:
    """Whether the case still waits for this token."""
    return token in case.state.get("waiting", {})
