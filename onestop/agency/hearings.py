"""One matter before a unit that decides by a signed ruling: what is asked, the evidence, and the decision."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from adapters.errors import Misconfigured
from adapters.models import Ruling, WorkbenchItem
from identity.models import User
from onestop.agency.access import member, staff_required, units
from onestop.agency.facts import facts
from onestop.agency.words import RULINGS
from onestop.lib.fields import TextField
from onestop.lib.forms import GovukForm
from workflows import progress
from workflows.models import Case
from workflows.policies import can_hear, can_rule
from workflows.services import hearings
from workflows.services.errors import NotPossible
from workflows.services.reading import record_read

MORE = "more"
LONGEST = 4000
JSON = dict[str, Any]


class RulingForm(GovukForm):
    """The outcome, why, and by which law; or what is asked before it can be decided."""

    outcome = forms.ChoiceField(
        label=_("What do you decide?"), widget=forms.RadioSelect, choices=list(RULINGS.items())
    )
    reasons = TextField(
        label=_("Reasons, or what you ask"),
        help_text=_("The appellant reads this word for word. Say which facts decide, and why."),
        max_length=LONGEST,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    law = TextField(
        label=_("Legal reference"),
        help_text=_("For example, Population Registration Act, section 6. Not needed to ask for more."),
        required=False,
    )

    def clean(self) -> JSON:
        """A decision names its law."""
        given = super().clean() or {}
        if given.get("outcome") not in (None, MORE) and not given.get("law"):
            self.add_error("law", _("Enter the law that the decision rests on"))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def hearing(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show a matter of my unit with its evidence; POST decides it or asks for more."""
    user = member(request)
    item, case = _found(user, public_id)
    form = RulingForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            _carry_out(item, user, form.cleaned_data)
        except NotPossible as error:
            problem = error.why
            item.refresh_from_db()
        except Misconfigured as error:
            problem = error.message
        else:
            return redirect("agency:hearing", public_id=public_id)
    elif request.method == "GET":
        for one in filter(None, [case, case.about]):
            what = f"matter {item.reference}"
            record_read(case=one, actor=user, what=what, now=timezone.now(), unit=item.connection)
    page = {**_page(user, item, case), "form": form, "problem": problem}
    return render(
        request, "agency/hearing.html", page, status=409 if problem else 422 if form.errors else 200
    )


@require_safe
@staff_required
def document(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The signed decision, to those who hear the matter."""
    user = member(request)
    item, case = _found(user, public_id)
    ruling = Ruling.objects.filter(item=item).first()
    if ruling is None:
        raise Http404
    what = f"decision {item.reference}"
    record_read(case=case, actor=user, what=what, now=timezone.now(), unit=item.connection)
    return HttpResponse(
        ruling.document,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{item.reference}.pdf"'},
    )


def _found(user: User, public_id: uuid.UUID) -> tuple[WorkbenchItem, Case]:
    """A matter of my units and its case; raises Http404, and PermissionDenied for one's own case."""
    items = WorkbenchItem.objects.filter(connection__in=units(user), is_for_decision=True)
    item = items.filter(public_id=public_id).first()
    cases = Case.objects.select_related("applicant", "service_version", "about__service_version")
    case = cases.filter(reference=item.case_reference).first() if item else None
    if item is None or case is None:
        raise Http404
    if not can_hear(user, item, case):
        raise PermissionDenied
    return item, case


def _carry_out(item: WorkbenchItem, user: User, given: JSON) -> None:
    now = timezone.now()
    if given["outcome"] == MORE:
        hearings.ask(item=item, actor=user, question=given["reasons"], now=now)
    else:
        hearings.rule(item=item, actor=user, now=now, **given)


def _page(user: User, item: WorkbenchItem, case: Case) -> JSON:
    told = dict(item.value)
    appealed = told.pop("appealed", {})
    ruling = Ruling.objects.filter(item=item).first()
    return {
        "item": item,
        "case": case,
        "facts": facts(told),
        "appealed": appealed,
        "why": str(appealed.get("decision", {}).get("reason") or ""),
        "asked_for": facts(appealed.get("answers", {})),
        "entries": progress.timeline(case.about) if case.about else [],
        "inquiries": [(one, one.said) for one in item.inquiries.all()],
        "ruling": ruling,
        "outcome": RULINGS.get(ruling.outcome, ruling.outcome) if ruling else "",
        "told": ruling.told if ruling else {},
        "can_rule": can_rule(user, item, case),
    }
