"""Reading somebody else's data: every read is in the record, and those by staff in the case too."""

from datetime import datetime

from django.db import transaction

from adapters.models import Exchange
from identity.models import User
from identity.policies import roles
from identity.record.entries import Deed
from workflows import record
from workflows.models import Case, CaseEvent
from workflows.policies import acts_as_applicant

KIND = "read"


@transaction.atomic
def record_read(
    *, case: Case, actor: User, what: str, now: datetime, unit: str = "", purpose: str = ""
) -> None:
    """Note who read what of a case, and when, in the case and in the record of those it is about.

    ``what`` names the thing read, not what it says; ``unit`` is the agency for which it was read; ``purpose``
    is the reason of somebody who does not work on the case.
    """
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    CaseEvent.objects.create(
        case=locked,
        seq=locked.next_seq(),
        kind=KIND,
        actor=f"staff:{actor.subject}",
        data={"what": what, "name": actor.get_full_name()},
        created_at=now,
    )
    role, where = _role(actor, unit)
    record.opened(locked, actor, what, now, role=role, organisation=where, purpose=purpose)


@transaction.atomic
def record_message(*, row: Exchange, case: Case | None, actor: User, purpose: str, now: datetime) -> None:
    """Note who of the staff read an exchange; one without a case is noted for those it tells of."""
    what = f"exchange {row.connection}.{row.operation} {row.public_id}"
    if case is not None:
        record_read(case=case, actor=actor, what=what, now=now, unit=row.connection, purpose=purpose)
        return
    role, where = _role(actor, row.connection)
    deed = Deed(
        actor=f"staff:{actor.subject}",
        role=role,
        organisation=where,
        what=what,
        purpose=purpose,
        correlation_id=row.correlation_id,
    )
    record.message_opened(row, deed, now)


def _role(actor: User, unit: str) -> tuple[str, str]:
    """As what the actor reads: a caseworker of the unit, else whatever they are, and where."""
    held = roles(actor)
    if ("caseworker", unit) in held:
        return "caseworker", unit
    return min(held, default=("", ""))


def record_look(*, case: Case, actor: User, now: datetime) -> None:
    """Note that a representative, somebody asked to co-sign, or a caseworker opened a case on its page."""
    is_asked = (
        bool(actor.identifier_index)
        and case.cosign_requests.filter(identifier_index=actor.identifier_index).exists()
    )
    if acts_as_applicant(actor, case):
        role, unit = "representative", ""
    else:
        role, unit = ("co-signer", "") if is_asked else _role(actor, "")
    record.opened(case, actor, "case", now, role=role, organisation=unit)
