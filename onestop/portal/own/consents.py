"""My consents: who may be told because I said so, and taking it back as long as nothing was sent."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from identity.access import citizen_required
from onestop.portal.apply.held import agency_name
from onestop.portal.citizens import citizen, own_case
from workflows.models import Consent
from workflows.policies import acts_as_applicant
from workflows.services import consents
from workflows.services.errors import NotPossible

SHOWN = 50
TOO_LATE = {
    "sent": _("It was sent before you withdrew it. Ask them to delete it; they must answer you."),
    "over": _("The case has ended without telling them, so there is nothing to withdraw."),
    "sending": _("It is being sent at this moment. Look again in a minute."),
}


@require_safe
@citizen_required()
def mine(request: HttpRequest) -> HttpResponse:
    """Those of my own cases."""
    found = Consent.objects.of(citizen(request))[:SHOWN]
    return render(request, "portal/own/consents.html", {"rows": [_row(one) for one in found], "case": None})


@require_safe
@citizen_required()
def of_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Those of one case, for its applicant or somebody who acts for them."""
    case = own_case(request, reference)
    found = case.consents.select_related("case__service_version").order_by("given_at", "pk")
    return render(request, "portal/own/consents.html", {"rows": [_row(one) for one in found], "case": case})


@require_POST
@citizen_required()
def withdraw(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take one back; that it is too late is said, not hidden."""
    chosen = Consent.objects.select_related("case__service_version", "case__applicant")
    consent = chosen.filter(public_id=public_id).first()
    if consent is None or not acts_as_applicant(citizen(request), consent.case):
        raise Http404
    own_case(request, consent.case.reference)
    try:
        consents.withdraw(consent=consent, actor=citizen(request), now=timezone.now())
    except NotPossible as refused:
        messages.warning(request, str(TOO_LATE[refused.why]))
    else:
        agency = agency_name(consent.connection)
        messages.success(request, gettext("Withdrawn: we do not tell %(agency)s.") % {"agency": agency})
    return redirect("portal:consents", reference=consent.case.reference)


def _row(one: Consent) -> dict[str, Any]:
    return {"consent": one, "agency": agency_name(one.connection), "state": consents.state_of(one)}
