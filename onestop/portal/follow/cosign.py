"""Agreeing, or not, to be part of somebody else's application."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from identity.access import citizen_required, require_level
from onestop.portal.citizens import citizen
from onestop.portal.follow.cards import name_of
from workflows.models import CoSignRequest
from workflows.policies import can_cosign
from workflows.services.cosigning import cosign
from workflows.services.errors import NotPossible

CHOICES = {"agree": True, "decline": False}


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required()
def answer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show what is asked, and take the answer; one that comes twice or too late finds the page saying so."""
    user = citizen(request)
    asked = CoSignRequest.objects.for_person(user).filter(public_id=public_id).first()
    if asked is None:
        raise Http404
    require_level(request, asked.case.service_version.level)
    choice = CHOICES.get(request.POST.get("answer", ""))
    if request.method == "POST" and choice is not None:
        try:
            cosign(request=asked, actor=user, agrees=choice, now=timezone.now())
        except NotPossible:
            asked.refresh_from_db()
            return render(request, "portal/follow/cosign.html", _page(request, asked), status=409)
        return redirect("portal:cosign", public_id=public_id)
    return render(request, "portal/follow/cosign.html", _page(request, asked))


def _page(request: HttpRequest, asked: CoSignRequest) -> dict[str, Any]:
    case, answers = asked.case, asked.case.answers
    return {
        "asked": asked,
        "title": case.service_version.title,
        "name": name_of(case.applicant),
        "movers": [f"{mover['givenName']} {mover['familyName']}" for mover in answers["movers"]],
        "move_date": answers["moveDate"],
        "address": address_lines(answers["address"]),
        "can_answer": can_cosign(citizen(request), asked),
    }


def address_lines(address: dict[str, Any]) -> list[str]:
    """A canonical address as it is written on a letter."""
    street = [address.get("thoroughfare"), address.get("locatorDesignator"), address.get("locatorName")]
    town = [address.get("postCode"), address.get("postName") or address.get("adminUnitL2")]
    lines = (" ".join(str(part) for part in parts if part) for parts in (street, town))
    return [line for line in lines if line]
