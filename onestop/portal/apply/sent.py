"""After sending: the confirmation, and the signed receipt."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity.access import citizen_required
from onestop.portal.citizens import own_case
from workflows import receipts


@require_safe
@citizen_required()
def submitted(request: HttpRequest, reference: str) -> HttpResponse:
    """The number, and what happens next."""
    case = own_case(request, reference)
    others = [
        mover
        for mover in case.answers["movers"]
        if mover["adult"] and mover["notation"] != case.applicant.identifier
    ]
    page = {"case": case, "title": case.service_version.document["title"], "others": others}
    return render(request, "portal/apply/submitted.html", page)


@require_safe
@citizen_required()
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt to print: what was signed, the signature, and whether it still holds."""
    case = own_case(request, reference)
    page = {
        "case": case,
        "title": case.service_version.document["title"],
        "receipt": case.receipt,
        "holds": receipts.verify(case.receipt)
        and case.receipt["answersSHA256"] == receipts.digest(case.answers),
        "document": json.dumps(case.receipt, indent=1, ensure_ascii=False, sort_keys=True),
    }
    return render(request, "portal/apply/receipt.html", page)
