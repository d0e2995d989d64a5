"""What staff do with a case as a whole: hold it, let it go on, end it, have a step done again, move it.

Each needs a reason; actor, reason and time stand in the case's timeline. ``actor`` is a label: ``staff:…`` of
a member of staff, ``operator:…`` of the command line. Who may is for the front door to ask
(:func:`workflows.policies.can_steer`).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction

from workflows.dispatch import queue
from workflows.dispatch.moving import locked, move, take_over
from workflows.engine import Cancelled, Repeated, migration
from workflows.engine.migration import Plan
from workflows.engine.repeating import CannotRepeat, RepeatPlan
from workflows.engine.repeating import plan as plan_repeat
from workflows.models import Case, CaseEvent, ServiceVersion
from workflows.services.errors import NotPossible
from workflows.services.withdrawal import end_unstarted


@transaction.atomic
def pause(*, case: Case, actor: str, reason: str, now: datetime) -> Case:
    """Hold a case: nothing of it runs, and nobody answers, until it goes on. What is under way is kept."""
    current = _open(case, reason)
    if current.paused_at is not None:
        raise NotPossible("paused")
    current.paused_at = now
    current.save(update_fields=["paused_at"])
    _note(current, "paused", "The case is on hold", actor, reason, now)
    return current


@transaction.atomic
def resume(*, case: Case, actor: str, reason: str, now: datetime) -> Case:
    """Let a held case go on; timers that were due meanwhile fire at once."""
    current = _open(case, reason)
    if current.paused_at is None:
        raise NotPossible("not-paused")
    _release(current)
    _note(current, "resumed", "The case goes on", actor, reason, now)
    return current


@transaction.atomic
def cancel(*, case: Case, actor: str, reason: str, now: datetime, compensate: bool = True) -> Case:
    """End a case; with ``compensate`` what agencies were told is taken back first, where they know how."""
    current = _open(case, reason)
    if current.paused_at is not None:
        _release(current)
    if "frames" in current.state:
        move(current, Cancelled(now, reason, compensate), actor=actor, now=now)
    else:
        end_unstarted(current, actor, now)
    return current


@transaction.atomic
def repeat(
    *,
    case: Case,
    step: str,
    actor: str,
    reason: str,
    now: datetime,
    version: ServiceVersion | None = None,
    instead: Mapping[str, str] | None = None,
) -> Case:
    """Go on from a step that was reached before, on the same version or a corrected one.

    Raises CannotRepeat and CannotMove, which say why and what to do instead.
    """
    current = _open(case, reason)
    if version is not None and version.pk != current.service_version_id:
        _migrate(current, version, actor, reason, now, instead)
    if "frames" not in current.state:
        raise CannotRepeat(step, "the case has not begun")
    move(current, Repeated(now, step, reason), actor=actor, now=now)
    return current


def preview_repeat(case: Case, step: str) -> RepeatPlan:
    """What going on from a step would do; raises CannotRepeat."""
    return plan_repeat(case.service_version.definition, case.state, step)


@transaction.atomic
def migrate(
    *,
    case: Case,
    version: ServiceVersion,
    actor: str,
    reason: str,
    now: datetime,
    instead: Mapping[str, str] | None = None,
) -> Case:
    """Move an open case to another version of its service; raises CannotMove."""
    current = _open(case, reason)
    _migrate(current, version, actor, reason, now, instead)
    return current


def preview(version: ServiceVersion, instead: Mapping[str, str] | None = None) -> Iterator[tuple[Case, Plan]]:
    """What moving to a version would mean for each open case of its service on another version."""
    found = Case.objects.under_way().filter(service_version__service=version.service)
    for case in found.exclude(service_version=version).select_related("service_version").order_by("pk"):
        yield case, migration.plan(case.service_version.definition, version.definition, case.state, instead)


def _open(case: Case, reason: str) -> Case:
    if not reason.strip():
        raise NotPossible("reason-missing")
    current = locked(case.pk)
    if current.is_ended:
        raise NotPossible("ended")
    return current


def _migrate(
    case: Case,
    version: ServiceVersion,
    actor: str,
    reason: str,
    now: datetime,
    instead: Mapping[str, str] | None,
) -> None:
    if version.service != case.service_version.service:
        raise NotPossible("other-service")
    old = case.service_version.definition
    state, effects = migration.migrate(
        old, version.definition, case.state, now, instead=instead, reason=reason
    )
    case.service_version = version
    case.save(update_fields=["service_version"])
    take_over(case, state, effects, actor=actor, now=now)


def _release(case: Case) -> None:
    case.paused_at = None
    case.save(update_fields=["paused_at"])
    queue.release(case.pk)


def _note(case: Case, kind: str, text: str, actor: str, reason: str, now: datetime) -> None:
    CaseEvent.objects.create(
        case=case,
        seq=case.next_seq(),
        kind=kind,
        actor=actor,
        text=text,
        data={"reason": reason},
        created_at=now,
    )
