"""The second person's page: what is asked beside what is, and the decision."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from identity import levels
from identity.access import require_level
from identity.onboarding import deciding
from identity.onboarding.errors import OnboardingRefused
from identity.policies import is_administrator
from onestop.agency.access import member
from onestop.agency.clients.access import found, keeper_required
from onestop.agency.clients.changes import changes
from onestop.agency.clients.forms import DecisionForm
from onestop.agency.clients.words import ENVIRONMENTS, REFUSALS


@require_http_methods(["GET", "HEAD", "POST"])
@keeper_required
def decide(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show a request to an administrator at the level high; POST approves or refuses it."""
    user = member(request)
    row = found(user, public_id)
    if not is_administrator(user):
        raise PermissionDenied
    require_level(request, levels.HIGH)
    asked = row.open_request()
    if asked is None:
        return redirect("agency:client", public_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now, told = timezone.now(), form.cleaned_data
        try:
            if told["decision"] == "approve":
                deciding.approve(request=asked, actor=user, now=now)
            else:
                deciding.refuse(request=asked, actor=user, reason=told["reason"], now=now)
        except OnboardingRefused as refused:
            form.add_error(None, REFUSALS[refused.why])
        else:
            return redirect("agency:client", public_id)
    page = {
        "row": row,
        "application": row.application,
        "environment": ENVIRONMENTS[row.application.environment],
        "asked": asked,
        "changes": changes(asked),
        "may_decide": deciding.may_decide(user, asked),
        "form": form,
    }
    return render(request, "agency/clients/decide.html", page, status=422 if form.errors else 200)
