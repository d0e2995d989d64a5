"""The list of clients, a new one, one with its keys and history, and changing it."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from identity.agencies import SCOPES
from identity.models import AgencyClient, ClientEvent, ClientRequest
from identity.onboarding import deciding, keys, registering, running
from identity.onboarding.errors import OnboardingRefused
from identity.policies import client_agencies
from onestop.agency.access import member
from onestop.agency.clients import acts, once
from onestop.agency.clients.access import found, keeper_required
from onestop.agency.clients.changes import changes
from onestop.agency.clients.forms import ChangeForm, ClientForm
from onestop.agency.clients.words import ENVIRONMENTS, EVENTS, REFUSALS, STATES

MOST, EVENTS_SHOWN = 200, 50


@require_safe
@keeper_required
def clients(request: HttpRequest) -> HttpResponse:
    """Every client of my agencies; first what waits for a decision of mine."""
    user, now = member(request), timezone.now()
    mine = client_agencies(user)
    rows = list(AgencyClient.objects.of_agencies(mine)[:MOST])
    waiting = ClientRequest.objects.filter(client__in=rows, outcome=ClientRequest.Outcome.OPEN)
    waiting = waiting.select_related("client__application", "asked_by").order_by("asked_at")
    page = {
        "rows": [_row(row, now) for row in rows],
        "waiting": [one for one in waiting if deciding.may_decide(user, one)],
    }
    return render(request, "agency/clients/list.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@keeper_required
def new(request: HttpRequest) -> HttpResponse:
    """Register a client: in test it works at once, in production it waits for a second person."""
    user = member(request)
    form = ClientForm(user, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            client, secret = registering.register_client(
                actor=user,
                agency=told["agency"],
                environment=told["environment"],
                asked=form.values(),
                now=timezone.now(),
            )
        except OnboardingRefused as refused:
            form.add_error(None, REFUSALS[refused.why])
        else:
            once.keep(request, client, secret)
            return redirect("agency:client", client.public_id)
    return render(request, "agency/clients/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeper_required
def client(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One client; POST does what the button says (:mod:`acts`)."""
    user, now = member(request), timezone.now()
    row = found(user, public_id)
    problem = ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                acts.carry_out(request, row, now)
        except OnboardingRefused as refused:
            problem = str(REFUSALS[refused.why])
            row = found(user, public_id)
        except keys.KeysRefused as refused:
            problem = _("These keys cannot be used: %(why)s") % {"why": refused.why}
        else:
            return redirect("agency:client", public_id)
    asked = row.open_request()
    page = {
        "row": row,
        "application": row.application,
        "state": STATES[row.state],
        "environment": ENVIRONMENTS[row.application.environment],
        "scopes": [(one, SCOPES.get(one, one)) for one in row.application.allowed_scopes.split()],
        "keys": keys.lines(row.application.client_jwks, now),
        "asked": asked,
        "changes": changes(asked) if asked else [],
        "may_decide": asked is not None and deciding.may_decide(user, asked),
        "may_resume": running.may_resume(user, row),
        "refusal": row.requests.filter(outcome=ClientRequest.Outcome.REFUSED).order_by("pk").last(),
        "events": [(EVENTS[one.kind], one) for one in _history(row)],
        "secret": "" if problem else once.take(request, row),
        "problem": problem,
    }
    return render(request, "agency/clients/client.html", page, status=409 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@keeper_required
def change(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Change a client, or in production ask for it."""
    user = member(request)
    row = found(user, public_id)
    is_production = row.application.environment == registering.PRODUCTION
    form = ChangeForm(row, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            registering.change_client(client=row, actor=user, asked=form.values(), now=timezone.now())
        except OnboardingRefused as refused:
            form.add_error(None, REFUSALS[refused.why])
        else:
            told = _("It is asked for, and waits for another person.") if is_production else _("Saved.")
            messages.success(request, told)
            return redirect("agency:client", public_id)
    page = {"form": form, "row": row, "is_production": is_production}
    return render(request, "agency/clients/change.html", page, status=422 if form.errors else 200)


def _row(row: AgencyClient, now: datetime) -> tuple[object, ...]:
    return row, STATES[row.state], ENVIRONMENTS[row.application.environment], _warning(row, now)


def _history(row: AgencyClient) -> list[ClientEvent]:
    return list(row.events.select_related("actor").order_by("-pk")[:EVENTS_SHOWN])


def _warning(row: AgencyClient, now: datetime) -> str:
    """What somebody should look at soon, in a word; "" for nothing."""
    held = keys.lines(row.application.client_jwks, now)
    if row.keys_problem:
        return _("Keys not read")
    if held and all(line.is_over for line in held):
        return _("Keys ended")
    return _("A key ends soon") if any(line.is_near or line.is_over for line in held) else ""
