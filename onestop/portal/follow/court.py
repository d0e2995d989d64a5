"""What a court asks and decides in a citizen's case: answering, and the signed decision."""

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from adapters.models import Inquiry, Ruling
from identity.access import citizen_required
from onestop.lib.fields import TextField
from onestop.lib.forms import GovukForm
from onestop.portal.citizens import citizen, own_case
from workflows.models import Case
from workflows.services import hearings
from workflows.services.errors import NotPossible

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Decided:
    """A ruling as its appellant reads it."""

    is_granted: bool
    reasons: str
    law: str
    ruling: Ruling


class AnswerForm(GovukForm):
    """What the court wants to know."""

    answer = TextField(
        label=_("Your answer"), max_length=LONGEST, lines=True, widget=forms.Textarea(attrs={"rows": 8})
    )


def decided(case: Case) -> Decided | None:
    """What was decided in a case, None where nothing was."""
    ruling = Ruling.objects.select_related("item").filter(item__case_reference=case.reference).first()
    if ruling is None:
        return None
    told = ruling.told
    return Decided(ruling.outcome == Ruling.Outcome.GRANTED, told["reasons"], told["law"], ruling)


def asked(case: Case) -> Inquiry | None:
    """What waits for the citizen's answer in a case."""
    waiting = Inquiry.objects.filter(item__case_reference=case.reference, answered_at=None)
    return waiting.filter(item__state="open").first()


@require_safe
@citizen_required()
def document(request: HttpRequest, reference: str) -> HttpResponse:
    """The signed decision, to its appellant alone."""
    found = decided(own_case(request, reference))
    if found is None:
        raise Http404
    name = found.ruling.item.reference
    return HttpResponse(
        found.ruling.document,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required()
def answer(request: HttpRequest, reference: str, public_id: uuid.UUID) -> HttpResponse:
    """Show what the court asks, and take the answer; one that comes too late finds the page saying so."""
    case = own_case(request, reference)
    mine = Inquiry.objects.select_related("item").filter(item__case_reference=case.reference)
    inquiry = mine.filter(public_id=public_id).first()
    if inquiry is None:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    too_late = False
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["answer"]
        try:
            hearings.answer(inquiry=inquiry, actor=citizen(request), text=text, now=timezone.now())
        except NotPossible:
            inquiry.refresh_from_db()
            too_late = True
        else:
            return redirect("portal:case", reference=case.reference)
    page: dict[str, Any] = {"case": case, "title": case.service_version.title, "form": form}
    page |= {"said": inquiry.said, "is_open": inquiry.answered_at is None and inquiry.item.state == "open"}
    status = 409 if too_late else 422 if form.errors else 200
    return render(request, "portal/follow/answer.html", page, status=status)
