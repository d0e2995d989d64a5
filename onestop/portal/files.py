"""Serving files that people sent, to those who may see them, as attachments that no browser opens."""

import uuid
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from identity.access import citizen_required
from onestop.portal.citizens import citizen
from workflows.models import Upload
from workflows.policies import can_see_upload, is_applicant
from workflows.services.reading import record_look, record_read

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@require_safe
@citizen_required()
def serve(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The file; one that is held back says so (409), one that was refused is gone (404)."""
    upload = Upload.objects.select_related("case__applicant", "owner").filter(public_id=public_id).first()
    if upload is None or not can_see_upload(request.user, upload) or upload.state == Upload.State.INFECTED:
        raise Http404
    if not upload.is_servable:
        return render(request, "portal/apply/held_back.html", {"upload": upload}, status=409)
    _note(request, upload)
    return HttpResponse(
        upload.content.opened(),
        content_type=upload.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(upload.name, safe='')}",
            "Content-Security-Policy": SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _note(request: HttpRequest, upload: Upload) -> None:
    """Whoever reads somebody else's file is in the record."""
    reader, case = citizen(request), upload.case
    if case is None or request.method != "GET" or is_applicant(reader, case):
        return
    if reader.identifier_index:
        record_look(case=case, actor=reader, now=timezone.now())
    else:
        record_read(case=case, actor=reader, what=f"file {upload.public_id}", now=timezone.now())
