"""Acting for one's children: the population register says of whom a person has custody, for a day.

Nothing is kept of the answer but a mandate of origin `register` for each child. The register is asked again
when the person asks, and what it no longer says ends at once.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from adapters.errors import AdapterError
from adapters.exchange import perform
from adapters.ports import Accepted, Context, Rejected
from identity.models import Mandate, User
from identity.models.people import identifier_index
from identity.one_person import alone_with
from identity.record import entries
from identity.record.entries import Deed, Kind
from workflows.applicant import is_adult, person_of
from workflows.local_time import local_day

REGISTER, OPERATION = "npr", "get_custody"
HOLDS = timedelta(days=1)
PURPOSE = "Acting for your children"
LAW = "Population Registration Act 2019, section 20"
NAMES = {
    "given_name": "givenName",
    "family_name": "familyName",
    "birth_name": "birthName",
    "date_of_birth": "dateOfBirth",
    "place_of_birth": "placeOfBirth",
}


class RegisterSilent(Exception):
    """The register gave no answer; what it said before holds until its day is over. Retry later."""


def derive_custody(*, actor: User, now: datetime) -> list[Mandate]:
    """Ask the register, and return the mandates that follow from its answer. Raises RegisterSilent."""
    correlation = str(uuid.uuid4())
    asked = {"person": {"identifier": person_of(actor)["identifier"]}} if actor.identifier else None
    if asked is None:
        return []
    context = Context(correlation, "", actor=f"citizen:{actor.subject}", purpose=PURPOSE)
    try:
        result = perform(REGISTER, OPERATION, asked, context)
    except AdapterError as error:
        raise RegisterSilent(str(error)) from error
    match result:
        case Accepted(value, _):
            children = [child for child in value.get("child", []) if _is_minor(child, now)]
        case Rejected():
            children = []
        case _:
            raise RegisterSilent("no answer yet")
    return _replace(actor, children, correlation, now)


@transaction.atomic
def _replace(actor: User, children: list[dict[str, Any]], correlation: str, now: datetime) -> list[Mandate]:
    User.objects.select_for_update().get(pk=actor.pk)  # asked twice at once: the later answer stands alone
    held = Mandate.objects.filter(agent=actor, origin=Mandate.Origin.REGISTER, revoked_at=None)
    held.update(revoked_at=now)
    people = [_child(child) for child in sorted(children, key=_number)]  # in one order: no two wait crosswise
    deed = Deed(
        actor=f"citizen:{actor.subject}",
        organisation=REGISTER,
        what=OPERATION,
        purpose=PURPOSE,
        agreement=LAW,
        correlation_id=correlation,
    )
    concerned = [actor.identifier_index, *(child.identifier_index for child in people)]
    entries.add(Kind.ASKED, concerned, deed, now)
    made = []
    for child in people:
        mandate = Mandate(
            principal=child,
            agent=actor,
            origin=Mandate.Origin.REGISTER,
            valid_from=now,
            valid_until=now + HOLDS,
            granted_at=now,
        )
        mandate.agent_name = actor.get_full_name()
        mandate.save(force_insert=True)
        made.append(mandate)
    return made


def _child(child: dict[str, Any]) -> User:
    """The child as a person of the portal, who may never sign in here."""
    notation = _number(child)
    alone_with(identifier_index(notation))
    known = User.objects.by_identifier(notation)
    if known is not None:
        return known
    return User.objects.create_user(notation, **{name: child.get(key, "") for name, key in NAMES.items()})


def _number(child: dict[str, Any]) -> str:
    return str(child["identifier"]["notation"])


def _is_minor(child: dict[str, Any], now: datetime) -> bool:
    today = local_day(now)
    return not is_adult(child, today.year, today.month, today.day)
