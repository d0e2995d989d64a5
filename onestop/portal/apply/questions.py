"""One question page: show what is held, take the answers, keep them, go on."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from adapters import outages
from identity import typed
from onestop.portal.apply import address, uploading
from onestop.portal.apply.drafts import with_draft
from onestop.portal.apply.fields import QuestionForm, hint, question_form
from onestop.portal.apply.held import agency_name, held, silent, unknown
from onestop.portal.apply.steps import back, onward
from onestop.portal.citizens import citizen
from workflows.answers import AnswersInvalid
from workflows.household import may_move
from workflows.local_time import local_day
from workflows.models import Draft
from workflows.services import drafts

JSON = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def question(request: HttpRequest, draft: Draft, page: str) -> HttpResponse:
    """Show a page or take its answers; what does not fit is said at its field and nothing is lost."""
    try:
        spec = draft.service_version.definition.page(page)
    except KeyError as error:
        raise Http404 from error
    if spec["fields"][0]["kind"] == "address":
        return address.question(request, draft, spec)
    if spec["fields"][0]["kind"] == "upload":
        return uploading.question(request, draft, spec)
    if request.method != "POST":
        draft = _ask_again(draft, spec, request)
    known = held(draft, spec)
    own = draft.applicant.identifier
    today = local_day(timezone.now())
    movers = may_move(draft, today)
    kept = None if request.method == "POST" else typed.take(request)
    sent = request.POST if request.method == "POST" else kept
    form = question_form(spec, movers, today)(sent, initial=known.initial)
    is_own = citizen(request) == draft.applicant
    hints = {key: hint(mover, own, is_own) for key, mover in movers.items()}
    if not is_own:
        form.lock_contact(spec, draft.applicant)
    form.held = known.sources
    form.choice_hints = dict.fromkeys(known.initial, hints)
    if request.method == "POST" and form.is_valid():
        try:
            saved = drafts.save_page(
                draft=draft, page=page, answers=form.answers(), actor=citizen(request), now=timezone.now()
            )
        except AnswersInvalid as refused:
            form.blame(refused)
        else:
            return onward(request, saved, page)
    status = 422 if request.method == "POST" and form.errors else 200
    page_of = {**_context(draft, spec, form), "is_kept": kept is not None}
    return render(request, "portal/apply/question.html", page_of, status=status)


def _ask_again(draft: Draft, spec: JSON, request: HttpRequest) -> Draft:
    """A register that was silent may answer by now."""
    if not silent(draft, spec):
        return draft
    return drafts.prefill(draft=draft, actor=citizen(request), now=timezone.now())


def _context(draft: Draft, spec: JSON, form: QuestionForm) -> JSON:
    quiet = [(agency_name(key), outages.since(key) or asked) for key, asked in silent(draft, spec)]
    return {
        "draft": draft,
        "page": spec,
        "form": form,
        "silent": quiet,
        "unknown": unknown(draft, spec),
        "previous": back(draft, spec["id"]),
    }
