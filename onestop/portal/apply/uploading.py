"""A page that takes files: one is sent at a time, each can be taken away again, then on to the next page."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onestop.portal.apply.steps import back, onward
from onestop.portal.apply.words import PROBLEMS
from onestop.portal.citizens import citizen
from workflows.answers import AnswersInvalid
from workflows.models import Draft, Upload
from workflows.services import drafts
from workflows.uploads.keeping import delete_upload, keep_upload
from workflows.uploads.refused import UploadRefused

JSON = dict[str, Any]
ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"
REFUSALS = {
    "empty": _("The file is empty. Choose another one"),
    "too-large": _("The file is larger than 10 MB. Make it smaller, or take a photograph of each page"),
    "too-many": _("These are too many files. Remove some first"),
    "no-room": _("Your files take up all the room there is. Delete applications that you do not need"),
    "not-a-kind": _("Only PDF files and pictures (JPEG, PNG) can be sent"),
    "not-what-it-says": _("This file holds something besides a document. Print it to PDF anew and send that"),
    "active": _("This PDF holds scripts or other files. Print it to PDF anew and send that"),
    "broken": _("This file cannot be opened. Save it again, without a password, and send that"),
    "too-many-pixels": _("The picture is too large. Take it with fewer megapixels"),
    "virus": _("A virus was found in this file, so it was not kept. Check your device"),
    "gone": _("This application has been sent or deleted in the meantime, so the file was not kept"),
    "none": _("Choose a file first"),
}


def question(request: HttpRequest, draft: Draft, page: JSON) -> HttpResponse:
    """Take a file, take one away, or go on."""
    spec = page["fields"][0]
    problem: object = ""
    if request.method == "POST":
        if "remove" in request.POST:
            _remove(request, draft, request.POST["remove"])
            return redirect("portal:page", public_id=draft.public_id, page=page["id"])
        given = request.FILES.get("file")
        if given is not None or "add" in request.POST:
            problem = _take(request, draft, spec, given)
            if not problem and "add" in request.POST:
                return redirect("portal:page", public_id=draft.public_id, page=page["id"])
        if not problem:
            problem, saved = _save(request, draft, page, spec)
            if saved is not None:
                return onward(request, saved, page["id"])
    files = Upload.objects.of_draft(draft.public_id).filter(field=spec["name"])
    shown = {
        "draft": draft,
        "page": page,
        "spec": spec,
        "files": files,
        "accept": ACCEPT,
        "problem": problem,
        "is_full": len(files) >= spec.get("most", 5),
        "previous": back(draft, page["id"]),
    }
    return render(request, "portal/apply/upload.html", shown, status=422 if problem else 200)


def _take(request: HttpRequest, draft: Draft, spec: JSON, given: Any) -> object:
    """Keep one file; the reason where it is not taken."""
    if given is None:
        return REFUSALS["none"]
    if Upload.objects.of_draft(draft.public_id).filter(field=spec["name"]).count() >= spec.get("most", 5):
        return REFUSALS["too-many"]
    try:
        keep_upload(
            draft=draft,
            field=spec["name"],
            name=given.name or "",
            content=given.read(),
            actor=citizen(request),
            now=timezone.now(),
        )
    except UploadRefused as refused:
        return REFUSALS[refused.why]
    return ""


def _remove(request: HttpRequest, draft: Draft, wanted: str) -> None:
    try:
        public_id = uuid.UUID(wanted)
    except ValueError:
        return
    delete_upload(draft=draft, public_id=public_id, actor=citizen(request))


def _save(request: HttpRequest, draft: Draft, page: JSON, spec: JSON) -> tuple[object, Draft | None]:
    sent = Upload.objects.of_draft(draft.public_id).filter(field=spec["name"])
    answers = {spec["name"]: [str(one.public_id) for one in sent.exclude(state=Upload.State.INFECTED)]}
    try:
        return "", drafts.save_page(
            draft=draft, page=page["id"], answers=answers, actor=citizen(request), now=timezone.now()
        )
    except AnswersInvalid as refused:
        return PROBLEMS[refused.problems[spec["name"]]], None
