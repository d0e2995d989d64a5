"""Why somebody who does not work on a case looks into it: asked first, kept for a quarter of an hour.

The reason goes into the record with every page that is then opened, where the people concerned read it.
"""

import time

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from onestop.lib.fields import TextField
from onestop.lib.forms import GovukForm

KEPT_SECONDS = 15 * 60
_REASONS = "reasons"


class ReasonForm(GovukForm):
    """The reason, in words that the person concerned can follow."""

    reason = TextField(
        label=_("Why do you need to see it?"),
        help_text=_("For example, the ticket of the fault that you look into"),
        min_length=10,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"min_length": _("Say in at least %(limit_value)s characters why you need to see it")},
    )


def given(request: HttpRequest, matter: str) -> str:
    """Return the reason given for a matter (a case's reference, or what stands for it), or ""."""
    reason, until = request.session.get(_REASONS, {}).get(matter, ("", 0.0))
    return str(reason) if time.time() < until else ""


def ask(request: HttpRequest, matter: str, name: str) -> HttpResponse:
    """Ask for the reason on the page itself and open it again once there is one; ``name`` is shown."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        kept = {key: one for key, one in request.session.get(_REASONS, {}).items() if one[1] > time.time()}
        kept[matter] = (form.cleaned_data["reason"], time.time() + KEPT_SECONDS)
        request.session[_REASONS] = kept
        return redirect(request.path)
    page = {"form": form, "name": name, "minutes": KEPT_SECONDS // 60}
    return render(request, "agency/reason.html", page, status=422 if form.errors else 200)
