"""Who has seen my data: every entry of the record about me, the newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity.access import citizen_required
from identity.models import RecordEntry
from identity.record import persons
from identity.record.entries import Kind
from onestop.lib.paging import page
from onestop.portal.citizens import citizen
from onestop.portal.own.words import agency_names, e_id_names, seen
from workflows.models import Case

PER_PAGE = 20
CHOICES = ("", Kind.READ.value, Kind.ASKED.value, Kind.TOLD.value)


@require_safe
@citizen_required()
def show(request: HttpRequest) -> HttpResponse:
    """The list; ``?what=read|asked|told`` shows one kind only."""
    user = citizen(request)
    chosen = request.GET.get("what", "")
    rows = RecordEntry.objects.about(*persons.indexes_of(user)).select_related("person")
    if chosen in CHOICES[1:]:
        rows = rows.filter(kind=chosen)
    found = page(request, rows, by="at", name="seen", size=PER_PAGE)
    own = set(Case.objects.filter(applicant=user).values_list("reference", flat=True))
    names = agency_names() | e_id_names(found.rows) if found.rows else {}
    kept = f"&what={chosen}" if chosen in CHOICES[1:] else ""
    context = {
        "entries": [seen(entry, names, own) for entry in found.rows],
        "chosen": chosen if kept else "",
        "newer": f"{found.newer}{kept}" if found.newer else "",
        "older": f"{found.older}{kept}" if found.older else "",
    }
    return render(request, "portal/own/seen.html", context)
