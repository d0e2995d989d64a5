"""Finding the draft of an address: one's own and kept, or a reason why there is none."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from identity.access import citizen_required, require_level
from onestop.portal.citizens import citizen, principal
from workflows.models import Case, Draft
from workflows.policies import may_apply_for

DraftView = Callable[..., HttpResponse]


def with_draft(view: DraftView) -> DraftView:
    """Decorate a view of a draft: it gets the draft; a sent one leads to its case, an expired one says so."""

    @wraps(view)
    @citizen_required()
    def found(request: HttpRequest, public_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        user = principal(request)
        mine = Draft.objects.select_related("service_version", "applicant")
        draft = mine.filter(public_id=public_id, applicant=user).first()
        if draft is None:
            case = Case.objects.filter(draft_id=public_id, applicant=user).first()
            if case is None:
                raise Http404
            return redirect("portal:submitted", reference=case.reference)
        require_level(request, draft.service_version.level)
        if not may_apply_for(citizen(request), draft.applicant, draft.service_version.service):
            return render(request, "portal/own/not_covered.html", {"principal": user}, status=403)
        if draft.expires_at <= timezone.now():
            return render(request, "portal/apply/expired.html", {"draft": draft}, status=410)
        return view(request, draft, **kwargs)

    return found
