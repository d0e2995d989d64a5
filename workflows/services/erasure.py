"""Erasing what is held about a person, as far as no law keeps it (GDPR, Art. 17)."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from identity import erasure
from identity.models import User
from identity.policies import is_staff
from workflows.models import Case, Draft
from workflows.retention import cases_of, delete_cases, delete_drafts, kept_until, must_keep
from workflows.services.errors import NotPossible


@dataclass(frozen=True, slots=True)
class Erasable:
    """What erasure would do now: cases that stop it, cases that go, cases that a law keeps."""

    open: list[Case] = field(default_factory=list)
    going: list[Case] = field(default_factory=list)
    kept: list[tuple[Case, str, datetime | None]] = field(default_factory=list)  # the law, until when


def erasable(user: User) -> Erasable:
    """Sort a person's cases by what erasure does to them."""
    found = Erasable()
    for case in cases_of(user):
        law = must_keep(case)
        if not case.is_ended:
            found.open.append(case)
        elif law:
            found.kept.append((case, law, kept_until(case)))
        else:
            found.going.append(case)
    return found


@transaction.atomic
def erase(*, actor: User, now: datetime) -> Erasable:
    """Erase what may be erased of the actor's data; return what was sorted how.

    Where no law keeps a case, nothing is left that says who this was. Raises NotPossible("open-cases" or
    "is-staff").
    """
    drafts = list(Draft.objects.select_for_update(of=("self",)).filter(applicant=actor))
    found = erasable(actor)  # after the lock: what was being sent is a case by now
    if found.open:
        raise NotPossible("open-cases")
    if is_staff(actor):
        raise NotPossible("is-staff")
    delete_drafts(drafts)
    delete_cases(found.going, now, "at the person's wish")
    if found.kept:
        erasure.erase_contact(actor, now)
    else:
        erasure.erase_person(actor, now)
    return found
