"""A case in a few words, for lists."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from identity.models import User
from workflows import progress
from workflows.models import Case
from workflows.services.overturned import Anew

KINDS = {
    Case.Status.OPEN: "wait",
    Case.Status.NEEDS_PERSON: "wait",
    Case.Status.COMPLETED: "done",
    Case.Status.REFUSED: "bad",
    Case.Status.CANCELLED: "",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A case as a list shows it; ``tag`` is its state in words and the kind of its colour."""

    title: str
    reference: str
    tag: tuple[str, str]
    text: str
    at: datetime


def status_tag(case: Case) -> tuple[str, str]:
    """A case's state in words, and the kind of its colour."""
    words = {
        Case.Status.OPEN: _("In progress"),
        Case.Status.NEEDS_PERSON: _("With an officer"),
        Case.Status.COMPLETED: _("Completed"),
        Case.Status.REFUSED: _("Refused"),
        Case.Status.CANCELLED: _("Withdrawn"),
    }
    status = Case.Status(case.status)
    return words[status], KINDS[status]


def overturned_tag(anew: Anew) -> tuple[str, str]:
    """The state of a refused case after a court has overturned the refusal."""
    return (_("Decided again"), "") if anew.decision else (_("To be decided again"), "wait")


def status_line(case: Case) -> str:
    """How many agencies are done, "5 of 6 done"; nothing for a case that ended before that mattered."""
    if case.status in (Case.Status.REFUSED, Case.Status.CANCELLED):
        return ""
    done, total = progress.summary(case)
    return _("%(done)s of %(total)s done") % {"done": done, "total": total} if total else ""


def card(case: Case, viewer: User) -> Card:
    """A case as its applicant, or somebody else who may see it, finds it in a list."""
    text = status_line(case)
    if case.applicant_id != viewer.pk:
        whose = _("Submitted by %(name)s") % {"name": name_of(case.applicant)}
        text = f"{whose} · {text}" if text else whose
    return Card(case.service_version.title, case.reference, status_tag(case), text, case.submitted_at)


def name_of(user: User) -> str:
    """A person's full name."""
    return f"{user.given_name} {user.family_name}".strip()
