"""My cases: what waits for me first, then what is under way, then what has ended."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from identity.access import citizen_required
from identity.models import Mandate, User
from onestop.lib.paging import page
from onestop.portal.asked import finding
from onestop.portal.citizens import citizen, mandate_of, principal
from onestop.portal.follow.cards import Card, card
from workflows.models import Case, CoSignRequest, Draft, Notification

MOST_ASKED = 20


@require_safe
@citizen_required()
def my(request: HttpRequest) -> HttpResponse:
    """List what a person has to do, and their cases."""
    user, now = principal(request), timezone.now()
    mandate = mandate_of(request)
    cases = Case.objects.for_person(user).select_related("applicant")
    drafts = Draft.objects.for_person(user).kept(now)
    if mandate is not None:  # a representative sees what the mandate is for, and nothing asked of the person
        cases = cases.filter(applicant=user)
        if mandate.services:
            cases = cases.filter(service_version__service__in=mandate.services)
            drafts = drafts.filter(service_version__service__in=mandate.services)
    current = page(request, cases.under_way(), by="submitted_at", name="open")
    ended = page(request, cases.ended(), by="submitted_at", name="ended")
    shown = {
        "asked": [] if mandate else list(CoSignRequest.objects.for_person(user).waiting()[:MOST_ASKED]),
        "turns": finding.waiting(user, mandate),
        "drafts": list(drafts[:MOST_ASKED]),
        "is_acting": mandate is not None,
        "acts_for": Mandate.objects.living(now).to(citizen(request)).count(),
        "unread": Notification.objects.filter(user=user, read_at=None).count(),
        "open_cards": _cards(current.rows, user),
        "open_page": current,
        "ended_cards": _cards(ended.rows, user),
        "ended_page": ended,
    }
    return render(request, "portal/follow/my.html", shown)


def _cards(cases: list[Case], user: User) -> list[Card]:
    return [card(case, user) for case in cases]
