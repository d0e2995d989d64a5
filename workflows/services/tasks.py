"""Deciding what was put before a caseworker."""

from datetime import datetime
from typing import Any

from django.db import transaction

from identity.models import User
from workflows.dispatch import dead, manual, queue
from workflows.dispatch.moving import locked, move, settle_status
from workflows.engine import CallSettled, TaskDecided
from workflows.models import Case, Job, Task
from workflows.models.people import RESEND
from workflows.policies import can_decide_task
from workflows.services.errors import NotAllowed, NotPossible
from workflows.services.requests import settle_by_hand

JSON = dict[str, Any]


@transaction.atomic
def decide(
    *, task: Task, actor: User, outcome: str, reason: str, now: datetime, value: JSON | None = None
) -> Task:
    """Decide an open task with one of its ``outcomes``, a reason and, where more was found out, a value.

    Raises NotAllowed; NotPossible("already-decided", "unknown-outcome", "reason-missing", or "too-early" for
    sending again what might still be on its way).
    """
    case = locked(task.case_id)
    current = Task.objects.select_related("case").get(pk=task.pk)
    if case.paused_at is not None:
        raise NotPossible("paused")
    if current.state != Task.State.OPEN:
        raise NotPossible("already-decided")
    if not can_decide_task(actor, current):
        raise NotAllowed(f"task {task.pk}")
    if outcome not in current.outcomes:
        raise NotPossible("unknown-outcome")
    if outcome == RESEND and now < dead.sendable_at(current):
        raise NotPossible("too-early")
    if not reason.strip():
        raise NotPossible("reason-missing")
    current.state, current.decision, current.reason = Task.State.DECIDED, outcome, reason.strip()
    current.decided_by, current.decided_at = actor, now
    current.save(update_fields=["state", "decision", "reason", "decided_by", "decided_at"])
    _go_on(case, current, actor, now, value or {})
    return current


def _go_on(case: Case, task: Task, actor: User, now: datetime, value: JSON) -> None:
    officer = f"staff:{actor.subject}"
    if task.kind in dead.KINDS:
        _revive(case, task, officer, now)
        return
    if manual.is_manual(task):
        settle_by_hand(task=task, officer=officer, value=value, now=now)
        return
    event = TaskDecided(now, task.token, task.decision, task.reason, {**value, "officer": officer})
    if not move(case, event, actor=officer, now=now):
        raise NotPossible("already-decided")


def _revive(case: Case, task: Task, officer: str, now: datetime) -> None:
    """Send a delivery that was given up again, or take it as settled or given up for good."""
    job = Job.objects.select_related("case").get(pk=task.value["job"])
    if task.decision == RESEND:
        dead.resend(job, officer, now)
    else:
        queue.close(job, now)
        move(case, CallSettled(now, job.token, task.decision, task.reason), actor=officer, now=now)
    settle_status(case)
    case.save(update_fields=["status"])
