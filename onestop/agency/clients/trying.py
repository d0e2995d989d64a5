"""Trying a client: an example that works as it stands, one call of the integrator's, and what arrived."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity.models import AgencyClient, ClientCall
from identity.oauth import addresses
from identity.onboarding import keys, running
from identity.onboarding.errors import OnboardingRefused
from onestop.agency.access import member
from onestop.agency.clients.access import found, keeper_required
from onestop.agency.clients.words import REFUSALS, arrived


@require_http_methods(["GET", "HEAD", "POST"])
@keeper_required
def test(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the example and the last calls; POST begins a test, which the next call completes."""
    user = member(request)
    row = found(user, public_id)
    problem = ""
    if request.method == "POST":
        try:
            running.begin_test(client=row, actor=user, now=timezone.now())
        except OnboardingRefused as refused:
            problem = str(REFUSALS[refused.why])
        else:
            return redirect("agency:test-client", public_id)
    calls = list(ClientCall.objects.filter(application=row.application).order_by("-pk"))
    since = row.test_begun_at
    of_test = [one for one in calls if since is not None and one.at >= since]
    last = of_test[0] if of_test else None
    page = {
        "row": row,
        "application": row.application,
        "panes": _examples(row),
        "is_test": row.application.environment == "test",
        "since": since,
        "last": last,
        "told": arrived(last) if last else "",
        "calls": [(one, arrived(one)) for one in calls],
        "problem": problem,
    }
    return render(request, "agency/clients/test.html", page, status=409 if problem else 200)


def _examples(row: AgencyClient) -> list[tuple[str, str, str]]:
    """Panes with the example for a client of its kind, and the call that the token is for."""
    application = row.application
    held = keys.lines(application.client_jwks, timezone.now())
    room = "test/agencies" if application.environment == "test" else "agencies"
    known = {
        "client_id": application.client_id,
        "kid": held[0].kid if held else "",
        "algorithm": {"RSA": "RS256", "Ed25519": "EdDSA"}.get(held[0].kind, "ES256") if held else "",
        "issuer": addresses.issuer(),
        "token_endpoint": addresses.at("token"),
        "scope": application.allowed_scopes or "case.status",
        "api": f"{addresses.issuer()}/api/v1/{room}/{application.agency}/status",
    }
    kind = "Python" if application.signs_assertions else "curl"
    shown = [(_("Get a token"), kind, f"example_{kind.lower()}.txt"), (_("Use it"), "curl", "use_token.txt")]
    return [
        (title, kind, render_to_string(f"agency/clients/{name}", known).strip())
        for title, kind, name in shown
    ]
