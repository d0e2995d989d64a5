"""My data: what the portal holds about me, a copy of it, and its erasure."""

import json

from django import forms
from django.contrib.auth import logout
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import citizen_required
from identity.models import FederatedIdentity, RecordEntry
from identity.record import persons
from onestop.lib.forms import GovukForm
from onestop.portal.citizens import citizen
from workflows.models import Case, Consent, Draft
from workflows.services.erasure import erasable, erase
from workflows.services.errors import NotPossible
from workflows.services.export import export

WHY_NOT = {
    "open-cases": _("First withdraw your open cases, or wait until they end"),
    "is-staff": _("You work here: ask an administrator to end your role first"),
}


@require_safe
@citizen_required()
def show(request: HttpRequest) -> HttpResponse:
    """What is held, where it came from, and what can be done with it."""
    user = citizen(request)
    held = {
        "person": user,
        "identities": FederatedIdentity.objects.filter(user=user).order_by("created_at"),
        "case_count": Case.objects.filter(applicant=user).count(),
        "consent_count": Consent.objects.of(user).count(),
        "draft_count": Draft.objects.filter(applicant=user).count(),
        "entry_count": RecordEntry.objects.about(*persons.indexes_of(user)).count(),
    }
    return render(request, "portal/own/my_data.html", held)


@require_POST
@citizen_required()
def download(request: HttpRequest) -> HttpResponse:
    """Everything as one JSON file."""
    now = timezone.now()
    told = export(actor=citizen(request), now=now)
    text = json.dumps(told, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder)
    name = f"my-data-{timezone.localdate(now).isoformat()}.json"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)


class SureForm(GovukForm):
    """The last question before everything goes."""

    sure = forms.ChoiceField(
        label=_("Are you sure? This cannot be undone."),
        choices=[("yes", _("Yes, erase my data")), ("no", _("No, keep it"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you are sure")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required()
def erase_all(request: HttpRequest) -> HttpResponse:
    """Say what would go and what a law keeps; a POST that is sure does it and signs the person out."""
    user = citizen(request)
    found, problem = erasable(user), ""
    form = SureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["sure"] == "no":
            return redirect("portal:my-data")
        try:
            erase(actor=user, now=timezone.now())
        except NotPossible as error:
            problem = str(WHY_NOT[error.why])
        else:
            logout(request)
            return redirect("portal:erased")
    page = {"found": found, "problem": problem, "form": form}
    return render(request, "portal/own/erase.html", page, status=422 if problem or form.errors else 200)


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """Said after everything is gone; nobody is signed in."""
    return render(request, "portal/own/erased.html")
