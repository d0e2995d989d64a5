"""The page of one case: how far it is, a line for each agency, and everything that happened."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from identity.access import citizen_required, require_level
from onestop.lib.fragments import render_block
from onestop.portal.asked import finding
from onestop.portal.citizens import citizen
from onestop.portal.follow import court
from onestop.portal.follow.cards import overturned_tag, status_line, status_tag
from onestop.portal.follow.words import newest_first, sentences
from workflows import progress
from workflows.models import Case, CoSignRequest
from workflows.policies import (
    acts_as_applicant,
    appeal_until,
    can_appeal,
    can_see_case,
    can_withdraw,
    is_applicant,
)
from workflows.services import overturned
from workflows.services.reading import record_look

TEMPLATE = "portal/follow/case.html"
NO_COURT: dict[str, object] = {
    "appeal_until": None,
    "appeals": [],
    "about": None,
    "inquiry": None,
    "decided": None,
}


@dataclass(frozen=True, slots=True)
class CoSigning:
    """How many adults have not answered yet, and until when they can."""

    count: int
    due_at: datetime


@require_safe
@citizen_required()
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """The page; for htmx the part that changes, or 204 where the reader has seen the newest already."""
    case = _seen_case(request, reference)
    page = _page(request, case)
    changing = ("lines", "asked_first", "co_signing", "turns", "inquiry", "decided")
    shown = tuple(page[name] for name in changing)
    seen = page["seen"] = sha256(repr((case.version, case.status, shown)).encode()).hexdigest()[:16]
    if not request.htmx:  # type: ignore[attr-defined]
        if request.method == "GET" and not is_applicant(request.user, case):
            record_look(case=case, actor=citizen(request), now=timezone.now())
        return render(request, TEMPLATE, {**page, "is_fragment": False})
    if request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    return render_block(request, TEMPLATE, "follow", {**page, "is_fragment": True})


def _seen_case(request: HttpRequest, reference: str) -> Case:
    case = (
        Case.objects.select_related("service_version", "applicant", "submitted_by")
        .filter(reference=reference)
        .first()
    )
    if case is None or not can_see_case(request.user, case):
        raise Http404
    require_level(request, case.service_version.level)
    return case


def _page(request: HttpRequest, case: Case) -> dict[str, object]:
    lines = progress.lines(case)
    mine = acts_as_applicant(request.user, case)
    decision = case.state.get("data", {}).get("decision", {})
    anew = overturned.anew(case) if case.status == Case.Status.REFUSED else None
    return {
        "case": case,
        "title": case.service_version.title,
        "is_mine": mine,
        "filed_by": case.submitted_by.get_full_name() if case.submitted_by else "",
        "tag": overturned_tag(anew) if anew else status_tag(case),
        "summary": status_line(case),
        "done": sum(line.state == "done" for line in lines),
        "lines": [line for line in lines if line.is_told],
        "counted": sum(line.is_told and line.state != "withdrawn" for line in lines),
        "consents": case.consents.count() if mine else 0,
        "asked_first": [line for line in lines if not line.is_told],
        "entries": newest_first(sentences(progress.timeline(case), lines, mine), case),
        "reason": str(decision.get("reason") or "") if case.status == Case.Status.REFUSED else "",
        "co_signing": _co_signing(case),
        "asked": CoSignRequest.objects.for_person(citizen(request)).filter(case=case).waiting().first(),
        "turns": finding.waiting_in(case, case.applicant if mine else citizen(request)),
        "can_withdraw": can_withdraw(request.user, case),
        "anew": anew if mine else None,
        **(_court(request, case) if mine else NO_COURT),
    }


def _court(request: HttpRequest, case: Case) -> dict[str, object]:
    """What the applicant can appeal, has appealed, is asked by a court and was told by it."""
    return {
        "appeal_until": appeal_until(case) if can_appeal(request.user, case, timezone.now()) else None,
        "appeals": [(appeal, court.decided(appeal)) for appeal in case.appeals.all()],
        "about": case.about,
        "inquiry": court.asked(case),
        "decided": court.decided(case),
    }


def _co_signing(case: Case) -> CoSigning | None:
    """What a case waits for while other adults have not answered."""
    for token, wait in case.state.get("waiting", {}).items():
        if wait["kind"] == "cosign":
            due_at = datetime.fromisoformat(case.state["steps"][token]["dueAt"])
            return CoSigning(len(wait["asked"]) - len(wait["agreed"]) - len(wait["declined"]), due_at)
    return None
