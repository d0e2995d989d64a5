"""The counter: a clerk files for a person who stands there, with the code that the person tells."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from identity.mandates import acting, granting
from identity.policies import is_clerk
from onestop.agency.access import member, staff_required
from onestop.lib.fields import TextField
from onestop.lib.forms import GovukForm

WRONG = _("No open code of this person is like this. Ask for a new one; after five wrong tries a code ends")


class CodeForm(GovukForm):
    """Whose code, and the code."""

    number = TextField(label=_("The person's number"), max_length=20)
    code = TextField(label=_("The code they tell you"), help_text=_("For example, K7QP-3XWM"), max_length=12)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def counter(request: HttpRequest) -> HttpResponse:
    """Take a code; then the clerk acts for the person, in that service alone, for an hour."""
    if not is_clerk(request.user):
        raise PermissionDenied
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        number = "".join(told["number"].split()).replace("-", "").upper()
        try:
            mandate = granting.take_code(
                clerk=member(request), number=number, code=told["code"], now=timezone.now()
            )
        except granting.MandateRefused:
            form.add_error("code", WRONG)
        else:
            acting.choose(request, mandate.public_id)
            return redirect("catalogue:service", slug=mandate.services[0])
    return render(request, "agency/counter.html", {"form": form}, status=422 if form.errors else 200)
