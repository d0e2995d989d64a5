"""Taking a case back, as long as no agency has been told anything."""

from datetime import datetime

from django.db import transaction

from identity.models import User
from workflows.dispatch.moving import locked, move
from workflows.engine import Cancelled
from workflows.models import Case, CaseEvent, Job
from workflows.policies import acts_as_applicant, can_withdraw
from workflows.services.errors import NotAllowed, NotPossible


@transaction.atomic
def withdraw(*, case: Case, actor: User, now: datetime, reason: str = "") -> Case:
    """End a case at the applicant's wish; raises NotAllowed, and NotPossible("too-late")."""
    current = locked(case.pk)
    if not acts_as_applicant(actor, current):
        raise NotAllowed(f"case {case.reference}")
    if not can_withdraw(actor, current):
        raise NotPossible("too-late")
    who = "applicant" if actor.pk == current.applicant_id else f"representative:{actor.subject}"
    if "frames" in current.state:
        move(current, Cancelled(now, reason), actor=who, now=now)
    else:
        end_unstarted(current, who, now)
    return current


def end_unstarted(case: Case, who: str, now: datetime) -> None:
    """The worker has not begun: the case ends without ever having run."""
    Job.objects.filter(case=case).exclude(state=Job.State.DONE).update(state=Job.State.DONE, finished_at=now)
    CaseEvent.objects.create(
        case=case, seq=case.next_seq(), kind="cancelled", actor=who, text="Withdrawn", created_at=now
    )
    case.state = {**case.state, "frames": {}, "waiting": {}, "steps": {}, "status": "cancelled"}
    case.version += 1
    case.status, case.completed_at = Case.Status.CANCELLED, now
    case.save(update_fields=["state", "version", "status", "completed_at"])
