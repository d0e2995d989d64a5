"""Checking the answers, and sending them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext as from_data  # a text that is data, not for collecting
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from onestop.portal.apply.address import line
from onestop.portal.apply.drafts import with_draft
from onestop.portal.apply.fields import full_name
from onestop.portal.apply.held import agency_name, at
from onestop.portal.citizens import citizen
from workflows.models import Draft
from workflows.services.errors import DraftIncomplete, NotPossible
from workflows.services.submission import submit_case

JSON = dict[str, Any]
# What each agency is told; the definition's lines in their order.
TOLD = {
    "npr": _("Your name, who moves, the new address, the date, and whether you rent"),
    "tax": _("Your name, the new address and the date"),
    "sia": _("The names of all who move, the new address and the date"),
    "vdr": _("The new address of each vehicle's keeper"),
    "old-municipality": _("Who moves out, and when"),
    "new-municipality": _("Who moves in, to which address, and when"),
}
OLD, NEW = _("The municipality you leave"), _("The municipality you come to")


@dataclass(frozen=True, slots=True)
class Row:
    """One answer on the page."""

    page: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who is told with consent only: ``value`` is the step that tells them."""

    value: str
    agency: str
    purpose: str
    tells: str


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show every answer and who will be told what; POST sends, once however often it is clicked."""
    if draft.next_page:
        return redirect("portal:page", public_id=draft.public_id, page=draft.next_page)
    if request.method == "POST":
        agreed = request.POST.getlist("consent")
        try:
            case = submit_case(draft=draft, actor=citizen(request), now=timezone.now(), consents=agreed)
        except NotPossible:  # a box that this service does not have
            return HttpResponseBadRequest()
        except DraftIncomplete as incomplete:
            return redirect("portal:page", public_id=draft.public_id, page=incomplete.pages[0])
        return redirect("portal:submitted", reference=case.reference)
    document = draft.service_version.document
    rows = [_row(draft, page["id"], spec) for page in document["pages"] for spec in page["fields"]]
    page = {
        **{"draft": draft, "title": document["title"], "rows": rows, "agencies": _agencies(draft)},
        **{"optional": _optional(draft), "legal_basis": draft.service_version.legal_basis},
    }
    return render(request, "portal/apply/check.html", page)


def _row(draft: Draft, page: str, spec: JSON) -> Row:
    return Row(
        page,
        from_data(spec["label"]),
        _text(spec["kind"], at(draft.answers, str(spec.get("path", spec["name"])))),
    )


def _text(kind: str, value: Any) -> str:
    if value is None:
        return gettext("Not given")
    if kind == "household":
        return ", ".join(full_name(mover) for mover in value)
    if kind == "upload":
        return ", ".join(one["title"] for one in value)
    if kind == "date":
        day = parse_date(value)
        return date_format(day, "j F Y") if day else value
    if kind == "yes-no":
        return gettext("Yes") if value else gettext("No")
    return line(value) if kind == "address" else str(value)


def _agencies(draft: Draft) -> list[tuple[str, str]]:
    """Those that a law wants told, each with what it is told."""
    shown, optional = [], draft.service_version.definition.optional
    for one in draft.service_version.document["lines"]:
        if one["steps"][0] in optional:
            continue
        fixed = {"old-municipality": gettext(OLD), "new-municipality": gettext(NEW)}
        name = fixed.get(one["id"]) or agency_name(one["connection"])
        shown.append((name, from_data(TOLD[one["id"]]) if one["id"] in TOLD else ""))
    return shown


def _optional(draft: Draft) -> list[Choice]:
    """Those who are told with consent only; the boxes are empty until the citizen ticks them."""
    scope = {"answers": draft.answers}
    shown = []
    for step, block in draft.service_version.definition.optional.items():
        key = str(block["connection"])
        if key.startswith("="):
            key = str(draft.service_version.definition.compiled(key[1:])(scope) or "")
        asked = block["optional"]
        shown.append(Choice(step, agency_name(key), from_data(asked["purpose"]), from_data(asked["tells"])))
    return shown
