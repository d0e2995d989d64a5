"""Somebody without an account confirms something by a link: a landlord, a doctor, an employer.

Whoever has the link can answer, once. The secret stands in the address, so nothing of these pages is stored
or sent on: no cache keeps them and no other site learns where the reader came from.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as from_data  # a text that is data, not for collecting
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from identity.oauth.throttle import Throttle
from onestop.lib import remote
from onestop.portal.apply.fields import QuestionForm, question_form
from workflows.answers import AnswersInvalid
from workflows.local_time import local_day
from workflows.models import Request
from workflows.services.errors import NotPossible
from workflows.services.requests import answer_link, fields_for, link_asks, open_link
from workflows.texts import filled, in_language

JSON = dict[str, Any]
TRIES, MISSES = 120, 20  # a minute from one address: 256 bits are not guessed at that
tries = Throttle("link", TRIES, MISSES)
OUTCOMES = {"confirmed": _("Yes, I confirm this"), "denied": _("No, this is not right")}
OUTCOME = "outcome"
STATUS = {"unknown": 404, "expired": 410, "closed": 410}


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what is asked, and take the answer."""
    address = remote.network(request)
    if tries.admit(address):
        return _said(request, "wait", 429)
    try:
        return _page(request, secret, open_link(secret=secret, now=timezone.now()))
    except NotPossible as refused:
        if refused.why == "unknown":
            tries.failed(address)
        return _said(request, refused.why, STATUS.get(refused.why, 409))


def _page(request: HttpRequest, secret: str, asked: Request) -> HttpResponse:
    asks = link_asks(asked)
    chosen = request.POST.get(OUTCOME, "")
    posted = request.POST if request.method == "POST" else None
    form = _form(asks, chosen)(posted)
    if posted is not None and form.is_valid() and _answer(secret, form):
        return _said(request, "thanks", 200)
    page = {"form": form, "asked": asked, "role": asks["role"], "facts": _facts(asked, asks)}
    page |= {"said": _told(asked), "service": asked.case.service_version.title}
    page["needs"] = from_data(_label(asks, asks["outcomes"][0])) if asks["fields"] else ""
    return _private(render(request, "portal/asked/link.html", page, status=422 if form.errors else 200))


def _form(asks: JSON, chosen: str) -> type[QuestionForm]:
    """The outcomes as a choice, then the fields, needed with the first outcome alone."""
    fields = fields_for(asks, chosen)
    made = question_form({"fields": fields}, {}, local_day(timezone.now()))
    outcome = forms.ChoiceField(
        label=_("Your answer"),
        choices=[(one, from_data(_label(asks, one))) for one in asks["outcomes"]],
        widget=forms.RadioSelect,
    )
    return type("LinkForm", (QuestionForm,), {OUTCOME: outcome, **made.base_fields})


def _label(asks: JSON, outcome: str) -> str:
    return str(asks["labels"].get(outcome) or OUTCOMES.get(outcome, outcome))


def _answer(secret: str, form: QuestionForm) -> bool:
    answers = form.answers()
    try:
        answer_link(secret=secret, outcome=answers.pop(OUTCOME), answers=answers, now=timezone.now())
    except AnswersInvalid as refused:
        form.blame(refused)
        return False
    return True


def _facts(asked: Request, asks: JSON) -> list[tuple[str, str]]:
    """What of the case the person may see, where the definition says how it is called."""
    told = asked.value.get("show", {})
    return [(from_data(asks["labels"][name]), str(told[name])) for name in told if name in asks["labels"]]


def _told(asked: Request) -> JSON:
    said = in_language(asked.value["texts"], get_language() or "en")
    show = asked.value.get("show", {})
    return {"title": filled(said["title"], show), "text": filled(said.get("text", ""), show)}


def _said(request: HttpRequest, what: str, status: int) -> HttpResponse:
    return _private(render(request, "portal/asked/link_said.html", {"what": what}, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
