"""Beginning and ceasing to act for somebody else."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from identity.access import citizen_required
from identity.mandates import acting


@require_POST
@citizen_required()
def begin(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Act under a mandate of one's own that holds; from now on every page says for whom."""
    mandate = acting.choose(request, public_id)
    if mandate is None:
        raise Http404
    if len(mandate.services) == 1:
        return redirect("catalogue:service", slug=mandate.services[0])
    return redirect("portal:my")


@require_POST
@citizen_required()
def stop(request: HttpRequest) -> HttpResponse:
    """Act for oneself again."""
    acting.stop(request)
    return redirect("portal:my")
