"""One question: why it is here, the facts, and the decision with its reason."""

import uuid

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from adapters.models import Exchange
from onestop.agency.access import member, staff_required, units
from onestop.agency.facts import facts
from onestop.agency.words import CODES, OUTCOMES, QUESTIONS
from onestop.lib.fields import TextField
from onestop.lib.forms import GovukForm
from workflows.models import Task
from workflows.policies import can_decide_task
from workflows.services.errors import NotPossible
from workflows.services.reading import record_read
from workflows.services.tasks import decide


class DecisionForm(GovukForm):
    """The outcome and why."""

    outcome = forms.ChoiceField(label=_("What do you decide?"), widget=forms.RadioSelect)
    reason = TextField(
        label=_("Why?"),
        help_text=_("The citizen can read this. Name the rule or the fact that decides."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, outcomes: list[str], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one, OUTCOMES.get(one, one)) for one in outcomes]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def task(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show a question of my units and take the decision; one decided meanwhile says by whom."""
    user = member(request)
    found = Task.objects.select_related("case__service_version", "case__applicant", "decided_by")
    asked = found.filter(public_id=public_id, unit__in=units(user)).first()
    if asked is None:
        raise Http404
    form = DecisionForm(asked.outcomes, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decide(task=asked, actor=user, now=timezone.now(), **form.cleaned_data)
        except NotPossible:
            asked.refresh_from_db()
        else:
            return redirect("agency:task", public_id=public_id)
    elif request.method == "GET":
        record_read(case=asked.case, actor=user, what=f"task {asked.kind}", now=timezone.now())
    said = Exchange.objects.filter(case_reference=asked.case.reference, connection=asked.unit)
    page = {
        "task": asked,
        "title": QUESTIONS.get(asked.kind, asked.kind),
        "why": CODES.get(asked.value.get("reasonCode", ""), ""),
        "facts": facts(asked.value),
        "form": form,
        "can_decide": can_decide_task(user, asked),
        "decision": OUTCOMES.get(asked.decision, asked.decision),
        "exchanges": said.recent()[:5],
    }
    return render(request, "agency/task.html", page, status=422 if form.errors else 200)
