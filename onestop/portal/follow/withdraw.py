"""Taking an application back: a question first, then the answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from identity.access import citizen_required
from onestop.portal.citizens import citizen, own_case
from workflows.policies import can_withdraw
from workflows.services import withdrawal
from workflows.services.errors import NotPossible


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required()
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask once more, then withdraw; that it is too late is said, not hidden."""
    case = own_case(request, reference)
    page: dict[str, object] = {
        "case": case,
        "title": case.service_version.title,
        "can_withdraw": can_withdraw(request.user, case),
    }
    if request.method != "POST":
        return render(request, "portal/follow/withdraw.html", page)
    try:
        withdrawal.withdraw(case=case, actor=citizen(request), now=timezone.now())
    except NotPossible:
        return render(request, "portal/follow/withdraw.html", {**page, "can_withdraw": False}, status=409)
    return redirect("portal:case", reference=case.reference)
