"""How a case takes in an event: lock, advance, write what follows. Always inside the caller's transaction."""

from datetime import datetime

from workflows.dispatch.effects import apply
from workflows.engine import Event, advance
from workflows.models import Case, Task


def locked(case_id: int) -> Case:
    """The case, locked until the transaction ends; SQLite's transactions are exclusive from their start."""
    cases = Case.objects.select_for_update(of=("self",))
    return cases.select_related("service_version", "applicant").get(pk=case_id)


def move(case: Case, event: Event, *, actor: str, now: datetime) -> bool:
    """Take one event into a locked case; False when it changed nothing (its token is gone)."""
    state, effects = advance(case.service_version.definition, case.state, event)
    if state == case.state and not effects:
        return False
    case.state = state
    case.version += 1
    apply(case, effects, actor=actor, now=now)
    settle_status(case)
    case.save(update_fields=["state", "version", "status", "completed_at"])
    return True


def settle_status(case: Case) -> None:
    """An open case with an open task is with an officer; the caller saves."""
    if case.is_ended:
        return
    with_person = Task.objects.open().filter(case=case).exists()
    case.status = Case.Status.NEEDS_PERSON if with_person else Case.Status.OPEN


def is_waiting(case: Case, token: str) -> bool:
    """Whether the case still waits for this token."""
    return token in case.state.get("waiting", {})
