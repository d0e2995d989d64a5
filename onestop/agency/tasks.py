"""One question: why it is here, the facts, and the decision with its reason."""

import uuid

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from adapters.models import Exchange
from identity.models import User
from onestop.agency.access import member, staff_required
from onestop.agency.facts import facts
from onestop.agency.words import CODES, EXCHANGE_TAGS, FATES, QUESTIONS, outcomes
from onestop.lib.fields import TextField
from onestop.lib.forms import GovukForm
from workflows.dispatch import dead
from workflows.dispatch.dead import fate, sendable_at
from workflows.models import Job, Task
from workflows.policies import can_decide_task, works_on
from workflows.services.errors import NotAllowed, NotPossible
from workflows.services.reading import record_read
from workflows.services.tasks import decide


class DecisionForm(GovukForm):
    """The outcome and why."""

    outcome = forms.ChoiceField(label=_("What do you decide?"), widget=forms.RadioSelect)
    reason = TextField(
        label=_("Why?"),
        help_text=_("The citizen can read this. Name the rule or the fact that decides."),
        max_length=500,  # as much as the population register takes
        lines=True,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, asked: Task, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        words = outcomes(asked.kind)
        choices = [(one, words.get(one, one)) for one in asked.outcomes]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]


def _untold(asked: Task, user: User) -> list[tuple[str, str]]:
    """What an agency was to be told by a delivery that stopped, for those who work on the case (A102)."""
    if asked.kind not in dead.KINDS or not works_on(user, asked.case):
        return []
    job = Job.objects.filter(pk=asked.value.get("job")).first()
    value = (job.payload or {}).get("value") if job is not None else None
    return facts(value) if isinstance(value, dict) else []


def _too_early(asked: Task) -> str:
    at = timezone.localtime(sendable_at(asked)).strftime("%H:%M:%S")
    return gettext("It may still be on its way. Look once more, and send it again after %(at)s") % {"at": at}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def task(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show a question of my units and take the decision; one decided meanwhile says by whom."""
    user = member(request)
    found = Task.objects.for_member(user).select_related("decided_by")
    asked = found.filter(public_id=public_id).first()
    if asked is None:
        raise Http404
    form = DecisionForm(asked, request.POST if request.method == "POST" else None)
    too_late = False
    if request.method == "POST" and form.is_valid():
        try:
            decide(task=asked, actor=user, now=timezone.now(), **form.cleaned_data)
        except NotAllowed as error:
            raise PermissionDenied from error
        except NotPossible as error:
            asked.refresh_from_db()
            too_late = error.why != "too-early"
            if not too_late:
                form.add_error("outcome", _too_early(asked))
        else:
            return redirect("agency:task", public_id=public_id)
    elif request.method == "GET":
        record_read(
            case=asked.case, actor=user, what=f"task {asked.kind}", now=timezone.now(), unit=asked.unit
        )
    said = Exchange.objects.filter(case_reference=asked.case.reference, connection=asked.unit)
    page = {
        "task": asked,
        "title": QUESTIONS.get(asked.kind, asked.kind),
        "why": CODES.get(asked.value.get("reasonCode", ""), ""),
        "facts": facts(asked.value),
        "untold": _untold(asked, user),
        "is_refused": asked.value.get("error") == "Refused",
        "form": form,
        "too_late": too_late,
        "can_decide": can_decide_task(user, asked),
        "decision": outcomes(asked.kind).get(asked.decision, asked.decision),
        "fate": FATES.get(fate(asked) or "", "") if asked.state != Task.State.OPEN else "",
        "exchanges": [(row, EXCHANGE_TAGS[row.state]) for row in said.order_by("-started_at", "-id")[:5]],
    }
    return render(request, "agency/task.html", page, status=409 if too_late else 422 if form.errors else 200)
