"""A decision of ours that a court has overturned: why, the signed decision, and what is decided now."""

import uuid

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from adapters.models import Connection, Ruling, WorkbenchItem
from identity.models import User
from onestop.agency.access import items, member, staff_required
from onestop.agency.facts import facts
from onestop.lib.fields import TextField
from onestop.lib.forms import GovukForm
from workflows import progress
from workflows.models import Case
from workflows.policies import can_decide_again
from workflows.services import overturned
from workflows.services.errors import NotPossible
from workflows.services.reading import record_read


class AgainForm(GovukForm):
    """What is decided now."""

    decision = TextField(
        label=_("What have you decided now, and why?"),
        help_text=_("The citizen reads this word for word. Say what happens next, and what they must do."),
        max_length=overturned.LONGEST,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def decide(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show what a court has overturned; POST keeps the new decision and tells the citizen."""
    user = member(request)
    item, case = _found(user, public_id)
    form = AgainForm(request.POST if request.method == "POST" else None)
    too_late = False
    if request.method == "POST" and form.is_valid():
        decision = form.cleaned_data["decision"]
        try:
            overturned.decide_again(item=item, actor=user, decision=decision, now=timezone.now())
        except NotPossible:
            item.refresh_from_db()
            too_late = True
        else:
            return redirect("agency:overturned", public_id=public_id)
    elif request.method == "GET":
        what = f"court decision {item.reference}"
        record_read(case=case, actor=user, what=what, now=timezone.now(), unit=item.connection)
    told = item.value
    names = dict(Connection.objects.values_list("key", "name"))
    page = {
        "item": item,
        "case": case,
        "told": told,
        "court": names.get(told["court"], told["court"]),
        "agency": names.get(item.connection, item.connection),
        "asked_for": facts(case.answers),
        "entries": progress.timeline(case),
        "has_document": _ruling(item) is not None,
        "form": form,
        "too_late": too_late,
    }
    status = 409 if too_late else 422 if form.errors else 200
    return render(request, "agency/overturned.html", page, status=status)


@require_safe
@staff_required
def document(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The court's signed decision."""
    user = member(request)
    item, case = _found(user, public_id)
    ruling = _ruling(item)
    if ruling is None:
        raise Http404
    what = f"decision {ruling.item.reference}"
    record_read(case=case, actor=user, what=what, now=timezone.now(), unit=item.connection)
    name = f'attachment; filename="{ruling.item.reference}.pdf"'
    return HttpResponse(
        ruling.document, content_type="application/pdf", headers={"Content-Disposition": name}
    )


def _found(user: User, public_id: uuid.UUID) -> tuple[WorkbenchItem, Case]:
    """An item of mine and its case; raises Http404, and PermissionDenied for one's own case."""
    item = items(user).filter(public_id=public_id).first()
    cases = Case.objects.select_related("applicant", "service_version")
    case = cases.filter(reference=item.case_reference).first() if item else None
    if item is None or case is None or item.operation != WorkbenchItem.COURT_DECISION:
        raise Http404
    if not can_decide_again(user, item, case):
        raise PermissionDenied
    return item, case


def _ruling(item: WorkbenchItem) -> Ruling | None:
    """The ruling that an item is about; it goes with the appeal's case when that is deleted."""
    return Ruling.objects.select_related("item").filter(item__public_id=item.value["of"]).first()
