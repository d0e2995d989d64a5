"""My mandates: who may act for me, for whom I may act, and a code for the clerk at a counter."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import citizen_required
from identity.mandates import granting
from identity.models import Mandate
from onestop.catalogue.models import PublicService
from onestop.lib import personal_number
from onestop.lib.fields import DateField, TextField
from onestop.lib.forms import GovukForm
from onestop.portal.citizens import citizen
from workflows.local_time import local_day
from workflows.models import ServiceVersion
from workflows.services.custody import RegisterSilent, derive_custody

SHOWN = 50
USUAL = dt.timedelta(days=365)
REFUSALS = {
    "to-oneself": (
        "number",
        _("This is your own number. Enter that of the person who may act for you"),
    ),
    "over-before-it-begins": ("until", _("The last day must be later than today and than the first day")),
    "too-long": ("until", _("A mandate lasts five years at most. Choose an earlier day")),
}


class MandateForm(GovukForm):
    """Who, for what, and how long."""

    number = TextField(
        label=_("Personal number of the person who may act for you"),
        help_text=_("8 digits, the letter T and 4 digits"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
        error_messages={"required": _("Enter the number of the person who may act for you")},
    )
    name = TextField(label=_("Their name"), help_text=_("For your own list; they see yours"), max_length=100)
    services = forms.MultipleChoiceField(
        label=_("What may they do for you?"),
        required=True,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that they may do")},
    )
    until = DateField(
        label=_("Until which day?"),
        help_text=_("Five years from now at most"),
    )

    def __init__(self, services: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = services  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        """The number, without blanks."""
        try:
            return personal_number.parse(self.cleaned_data["number"]).text
        except personal_number.PersonalNumberError as error:
            raise forms.ValidationError(gettext("Enter a personal number, such as 19850312T4240")) from error


@require_safe
@citizen_required()
def show(request: HttpRequest) -> HttpResponse:
    """Both lists."""
    user, now = citizen(request), timezone.now()
    titles = dict(_services())
    page = {
        "held": [_line(one, titles, now) for one in Mandate.objects.living(now).to(user)[:SHOWN]],
        "given": [_line(one, titles, now) for one in Mandate.objects.of(user)[:SHOWN]],
        "services": _services(),
    }
    return render(request, "portal/own/mandates.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required()
def new(request: HttpRequest) -> HttpResponse:
    """Give a mandate."""
    now = timezone.now()
    initial = {"until": local_day(now) + USUAL}
    form = MandateForm(_services(), request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        end = dt.datetime.combine(
            told["until"] + dt.timedelta(days=1), dt.time(), timezone.get_current_timezone()
        )
        try:
            granting.grant(
                actor=citizen(request),
                agent_number=told["number"],
                agent_name=told["name"],
                services=told["services"],
                valid_from=now,
                valid_until=end,
                now=now,
            )
        except granting.MandateRefused as refused:
            form.add_error(*REFUSALS[refused.why])
        else:
            messages.success(request, gettext("%(name)s may act for you now.") % {"name": told["name"]})
            return redirect("portal:mandates")
    return render(request, "portal/own/new_mandate.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@citizen_required()
def end(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a mandate back, or lay one down; it ends at once."""
    mandate = Mandate.objects.filter(public_id=public_id).first()
    if mandate is None or not granting.may_end(citizen(request), mandate):
        raise Http404
    granting.revoke(mandate=mandate, actor=citizen(request), now=timezone.now())
    messages.success(request, gettext("The mandate has ended."))
    return redirect("portal:mandates")


@require_POST
@citizen_required()
def children(request: HttpRequest) -> HttpResponse:
    """Ask the population register for whom the person has custody; a silent register is said."""
    try:
        found = derive_custody(actor=citizen(request), now=timezone.now())
    except RegisterSilent:
        messages.warning(request, gettext("The population register does not answer. Try again later."))
    else:
        if not found:
            messages.info(request, gettext("The population register knows no child in your custody."))
    return redirect("portal:mandates")


@require_POST
@citizen_required()
def counter(request: HttpRequest) -> HttpResponse:
    """Show a code to tell the clerk at the counter; it is shown once."""
    service = request.POST.get("service", "")
    titles = dict(_services())
    if service not in titles:
        raise Http404
    code = granting.make_code(actor=citizen(request), service=service, now=timezone.now())
    page = {"code": f"{code[:4]}-{code[4:]}", "service": titles[service]}
    return render(request, "portal/own/counter_code.html", page)


def _services() -> list[tuple[str, str]]:
    """Every service that people begin by themselves, by its newest version's title."""
    offered = PublicService.objects.values_list("slug", flat=True)
    versions = ServiceVersion.objects.filter(service__in=offered).order_by("service", "version")
    titles = {one.service: one.title for one in versions}
    return [(service, gettext(title)) for service, title in titles.items()]


def _line(one: Mandate, titles: dict[str, str], now: dt.datetime) -> dict[str, Any]:
    names = [titles.get(service, service) for service in one.services]
    return {
        "mandate": one,
        "services": ", ".join(names) or gettext("Everything"),
        "holds": one.holds(now),
        "last_day": one.valid_until - dt.timedelta(seconds=1),
        "from_register": one.origin == Mandate.Origin.REGISTER,
        "at_counter": one.origin == Mandate.Origin.CONSENT,
    }
