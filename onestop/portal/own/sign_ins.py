"""Where I am signed in: every browser with its age, and a button that ends each of them at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity import sign_ins
from identity.access import citizen_required
from onestop.portal.citizens import citizen


@require_http_methods(["GET", "POST"])
@citizen_required()
def show(request: HttpRequest) -> HttpResponse:
    """List the sign-ins; POST ends the one named by ``end``, or with ``end=others`` all but this one."""
    user, now = citizen(request), timezone.now()
    rows = sign_ins.listed(user, request, now)
    if request.method == "POST":
        wanted = request.POST.get("end", "")
        others = [row.sign_in for row in rows if not row.is_this]
        chosen = [one for one in others if wanted in {"others", str(one.public_id)}]
        sign_ins.end(chosen, now)
        messages.success(request, _("Signed out there.") if chosen else _("That session had ended already."))
        return redirect("portal:sign-ins")
    return render(request, "portal/own/sign_ins.html", {"rows": rows, "others": len(rows) > 1})
