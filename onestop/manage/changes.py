"""What staff set up and changed, from the record: who, when, what."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity.models import RecordEntry, User
from identity.record import entries, persons
from identity.record.entries import Deed
from onestop.lib.paging import page
from onestop.manage.access import administrator_required

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One change. ``who`` is a name, or the subject of somebody whose name is not known any more."""

    at: datetime
    who: str
    deed: Deed


@require_safe
@administrator_required
def show(request: HttpRequest) -> HttpResponse:
    """The list, the newest first."""
    rows = RecordEntry.objects.about(persons.administration()).select_related("person")
    found = page(request, rows, by="at", name="changes", size=PER_PAGE)
    read = [(entry.at, entries.read(entry)) for entry in found.rows]
    names = _names({deed.actor.partition(":")[2] for _, deed in read} - {""})
    lines = [Line(at, names.get(deed.actor.partition(":")[2], deed.actor), deed) for at, deed in read]
    context = {"lines": lines, "newer": found.newer or "", "older": found.older or ""}
    return render(request, "manage/changes.html", context)


def _names(subjects: set[str]) -> dict[str, str]:
    return {str(one.subject): str(one) for one in User.objects.filter(subject__in=subjects)}
