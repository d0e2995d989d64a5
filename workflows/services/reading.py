"""Reading somebody's data as staff: every read leaves an event in the case."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from identity.models import User
from workflows.models import Case, CaseEvent

KIND = "read"


@transaction.atomic
def record_read(*, case: Case, actor: User, what: str, now: datetime) -> None:
    """Note who read what of a case, and when. ``what`` names the thing read, not what it says."""
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    last = CaseEvent.objects.filter(case=locked).aggregate(last=Max("seq"))["last"] or 0
    CaseEvent.objects.create(
        case=locked,
        seq=last + 1,
        kind=KIND,
        actor=f"staff:{actor.subject}",
        data={"what": what, "name": actor.get_full_name()},
        created_at=now,
    )
