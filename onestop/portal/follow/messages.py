"""Messages: what the portal told a person about cases, newest first. Opening the page reads them."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from identity.access import citizen_required
from identity.models import User
from onestop.lib.paging import page
from onestop.portal.citizens import citizen
from onestop.portal.follow.cards import name_of
from workflows.models import Case, CoSignRequest, Notification, Request
from workflows.services.notifications import mark_read
from workflows.texts import filled, in_language

COURT = {
    "court-asks": (
        gettext_noop("The court asks you something"),
        gettext_noop("Answer it on the page of your case; the court decides when it has your answer."),
    ),
    "appeal-granted": (
        gettext_noop("Your appeal was granted"),
        gettext_noop("The signed decision is on the page of your case."),
    ),
    "appeal-refused": (
        gettext_noop("Your appeal was refused"),
        gettext_noop("The signed decision, with its reasons, is on the page of your case."),
    ),
    "decided-again": (
        gettext_noop("Your case was decided again"),
        gettext_noop("A court had overturned the refusal. The new decision is on the page of your case."),
    ),
}


@dataclass(frozen=True, slots=True)
class Message:
    """A notification in words, and the page it leads to."""

    title: str
    text: str
    case: Case
    address: str
    at: datetime
    is_new: bool


@require_safe
@citizen_required()
def messages(request: HttpRequest) -> HttpResponse:
    """List the messages; those shown are read from now on."""
    user = citizen(request)
    rows = Notification.objects.filter(user=user).select_related("case__service_version", "case__applicant")
    found = page(request, rows, by="created_at", name="told")
    asked = _asked(user, {row.case_id for row in found.rows})
    shown = [_message(row, asked.get((row.case_id, row.token), "")) for row in found.rows]
    mark_read(notifications=found.rows, now=timezone.now())
    return render(request, "portal/follow/messages.html", {"told": shown, "page": found})


def _asked(user: User, cases: set[int]) -> dict[tuple[int, str], str]:
    """Where a person answers what these cases ask them, by case and token."""
    agree = CoSignRequest.objects.for_person(user).filter(case__in=cases)
    questions = Request.objects.for_person(user).filter(case__in=cases)
    found = {(one.case_id, one.token): reverse("portal:cosign", args=[one.public_id]) for one in agree}
    for one in questions:
        found[one.case_id, one.token] = reverse("portal:questions", args=[one.public_id])
    return found


def _message(row: Notification, asked: str) -> Message:
    title, text = _words(row)
    address = asked or reverse("portal:case", args=[row.case.reference])
    return Message(title, text, row.case, address, row.created_at, row.read_at is None)


def _words(row: Notification) -> tuple[str, str]:
    """The heading and the text of each kind of notification."""
    if row.kind == "cosign-asked":
        return _("%(name)s asks you to agree") % {"name": name_of(row.case.applicant)}, _(
            "You are one of the people who move. Read what it is about, then agree or decline."
        )
    if row.kind == "move-registered":
        return _("Your move is registered"), _("We are now telling the other agencies for you.")
    if row.kind == "move-refused":
        reason = str(row.data.get("reason") or "")
        return _("Your move was refused"), _("Reason: %(reason)s") % {"reason": reason} if reason else ""
    if row.kind == "move-complete":
        return _("Your move is complete"), _("Every agency has its answer in. You need do nothing more.")
    if row.kind in COURT:
        title, text = COURT[row.kind]
        return _(title), _(text)
    if row.texts:
        told = in_language(row.texts, get_language() or "en")
        return filled(told["title"], row.data), filled(told.get("text", ""), row.data)
    if row.kind == "reminder":
        return _("We still need your answer"), _("Open your case: it says what we wait for, and until when.")
    if row.kind == "questions-asked":
        return _("We need to know more from you"), _("Open it to read and answer the questions.")
    return _("Something changed in your case"), ""
