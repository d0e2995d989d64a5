"""Appealing a refusal: the grounds on one page, until the last day."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from identity.access import citizen_required
from onestop.portal.apply.fields import QuestionForm, question_form
from onestop.portal.citizens import citizen, own_case
from workflows.answers import AnswersInvalid
from workflows.local_time import local_day
from workflows.models import Case, ServiceVersion
from workflows.policies import appeal_until, can_appeal
from workflows.services import appeals
from workflows.services.errors import NotPossible


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required()
def appeal(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the decision and take the grounds; that it is too late is said, not hidden."""
    case, user = own_case(request, reference), citizen(request)
    form = _form(case)(request.POST if request.method == "POST" else None)
    too_late = not can_appeal(user, case, timezone.now())
    if request.method == "POST" and form.is_valid():
        try:
            made = appeals.appeal(case=case, actor=user, answers=form.answers(), now=timezone.now())
        except AnswersInvalid as refused:
            form.blame(refused)
        except NotPossible:
            too_late = True
        else:
            return redirect("portal:case", reference=made.reference)
    page = {
        "case": case,
        "title": case.service_version.title,
        "reason": str(case.state.get("data", {}).get("decision", {}).get("reason") or ""),
        "until": appeal_until(case),
        "earlier": case.appeals.first(),
        "too_late": too_late,
        "form": form,
    }
    status = 409 if too_late and request.method == "POST" else 422 if form.errors else 200
    return render(request, "portal/follow/appeal.html", page, status=status)


def _form(case: Case) -> type[QuestionForm]:
    """The questions of the service that an appeal of this case begins; raises Http404 where it names none."""
    terms = case.service_version.document.get("appeal")
    if terms is None:
        raise Http404
    page = ServiceVersion.objects.current(terms["service"]).document["pages"][0]
    return question_form(page, {}, local_day(timezone.now()))
