"""Answering further questions of a case, one page at a time; nothing is sent before the last look."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as from_data  # a text that is data, not for collecting
from django.views.decorators.http import require_http_methods

from identity.access import citizen_required, require_level
from onestop.portal.apply.fields import QuestionForm, question_form
from onestop.portal.asked.finding import heading
from onestop.portal.asked.words import shown
from onestop.portal.citizens import citizen
from workflows.answers import AnswersInvalid
from workflows.local_time import local_day
from workflows.models import Request
from workflows.policies import can_answer_request, can_see_case
from workflows.services import asking
from workflows.services.errors import NotPossible

JSON = dict[str, Any]
METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(["GET", "HEAD"])
@citizen_required()
def begin(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Go on where the person stopped; questions that are closed say so."""
    asked = _asked(request, public_id)
    if asked.state != Request.State.WAITING:
        return _closed(request, asked)
    page = asking.open_page(asked, timezone.now())
    if page:
        return redirect("portal:question", public_id, page)
    return redirect("portal:questions-send", public_id)


@require_http_methods(METHODS)
@citizen_required()
def question(request: HttpRequest, public_id: uuid.UUID, page: str) -> HttpResponse:
    """Show one page or keep its answers."""
    asked = _asked(request, public_id)
    spec = next((one for one in asking.pages_of(asked) if one["id"] == page), None)
    if spec is None:
        raise Http404
    if asked.state != Request.State.WAITING:
        return _closed(request, asked)
    now = timezone.now()
    kept = asking.kept_pages(asked).get(page, {})
    posted = request.POST if request.method == "POST" else None
    form = question_form(spec, {}, local_day(now))(posted, initial=kept)
    if posted is not None and form.is_valid() and _keep(request, asked, page, form):
        return redirect("portal:questions", public_id)
    if form.is_bound and not form.errors:  # it was closed between the page and its answer
        asked.refresh_from_db()
        return _closed(request, asked)
    page_of = {**_context(asked), "page": spec, "form": form, "previous": _previous(asked, page)}
    page_of["is_stale"] = bool(kept) and posted is None and asking.open_page(asked, now) == page
    return render(request, "portal/asked/question.html", page_of, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@citizen_required()
def send(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show all answers for a last look, and send them."""
    asked = _asked(request, public_id)
    if asked.state != Request.State.WAITING:
        return _closed(request, asked)
    now = timezone.now()
    if page := asking.open_page(asked, now):
        return redirect("portal:question", public_id, page)
    if request.method != "POST":
        page_of = {**_context(asked), "rows": _rows(asked)}
        return render(request, "portal/asked/check.html", page_of)
    try:
        asking.send_pages(request=asked, actor=citizen(request), now=now)
    except NotPossible as refused:
        asked.refresh_from_db()
        return _closed(request, asked, why=refused.why)
    return redirect("portal:questions", public_id)


def _keep(request: HttpRequest, asked: Request, page: str, form: QuestionForm) -> bool:
    """Keep a page; what does not fit is said at its field."""
    try:
        asking.keep_page(
            request=asked, actor=citizen(request), page=page, answers=form.answers(), now=timezone.now()
        )
    except AnswersInvalid as refused:
        form.blame(refused)
        return False
    except NotPossible:
        return False
    return True


def _asked(request: HttpRequest, public_id: uuid.UUID) -> Request:
    """The questions, for whoever was asked; a stranger learns not even that they exist."""
    rows = Request.objects.select_related("case__service_version", "case__applicant")
    asked = rows.filter(kind=Request.Kind.QUESTIONS, public_id=public_id).first()
    if asked is None or not can_answer_request(request.user, asked):
        raise Http404
    require_level(request, asked.case.service_version.level)
    return asked


def _closed(request: HttpRequest, asked: Request, why: str = "") -> HttpResponse:
    page = {**_context(asked), "sees_case": can_see_case(request.user, asked.case), "why": why}
    is_answered = asked.state == Request.State.ANSWERED and not why
    return render(request, "portal/asked/closed.html", page, status=200 if is_answered else 409)


def _context(asked: Request) -> JSON:
    return {"asked": asked, "case": asked.case, "heading": heading(asked)}


def _previous(asked: Request, page: str) -> str:
    ids = [one["id"] for one in asking.pages_of(asked)]
    at = ids.index(page)
    return str(ids[at - 1]) if at else ""


def _rows(asked: Request) -> list[JSON]:
    kept, rows = asking.kept_pages(asked), []
    for page in asking.pages_of(asked):
        for spec in page["fields"]:
            text = shown(spec, kept[page["id"]][spec["name"]])
            rows.append({"page": page["id"], "label": from_data(spec["label"]), "text": text})
    return rows
