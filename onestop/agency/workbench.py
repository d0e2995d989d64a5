"""One item of a unit's workbench: what was told, and that it has been dealt with."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from adapters.models import WorkbenchItem
from onestop.agency.access import items, member, staff_required
from onestop.agency.facts import facts
from workflows.models import Case
from workflows.services.reading import record_read


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def item(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show an item of my unit; POST marks it as dealt with."""
    user = member(request)
    found = items(user).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    if found.is_for_decision:
        return redirect("agency:hearing", public_id=public_id)
    if found.operation == WorkbenchItem.COURT_DECISION:
        return redirect("agency:overturned", public_id=public_id)
    if request.method == "POST":
        if found.state == WorkbenchItem.State.OPEN:
            found.close(actor=f"staff:{user.subject}", now=timezone.now())
        return redirect("agency:item", public_id=public_id)
    case = Case.objects.filter(reference=found.case_reference).first()
    if case is not None:
        what = f"item {found.reference}"
        record_read(case=case, actor=user, what=what, now=timezone.now(), unit=found.connection)
    return render(request, "agency/item.html", {"item": found, "facts": facts(found.value)})
