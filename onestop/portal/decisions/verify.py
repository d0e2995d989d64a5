"""Is this document a decision of ours, and unchanged? The file is read, answered, and forgotten."""

from __future__ import annotations  # some types are there for checking only

from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from adapters.pdf.signing import LARGEST, Cause, NotSound
from workflows import rulings

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MISSING = _("Choose the PDF file of a decision")
WORDS = {
    Cause.NO_PDF: _("This is not a PDF file that can be read. Choose the file as you received it."),
    Cause.TOO_LARGE: _("The file is larger than 5 MB, so it is no decision of ours."),
    Cause.UNSIGNED: _("The document is not signed. Anybody can have written it: do not rely on it."),
    Cause.ALTERED: _("The document was changed after it was signed. Do not rely on it."),
    Cause.STRANGER: _("The document is signed, but not by an agency that is known here. Do not rely on it."),
    Cause.ENDED: _("The certificate of the signature has ended, so it proves nothing today. Ask the agency."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Take a file and say who signed it and when, or why it cannot be relied on."""
    if request.method != "POST":
        return _page(request)
    given = request.FILES.get("document")
    if given is None:
        return _page(request, error=MISSING)
    name = given.name or ""
    try:
        return _page(request, name=name, found=rulings.checked(_content(given)))
    except NotSound as error:
        return _page(request, name=name, refused=WORDS[error.cause])


def _page(
    request: HttpRequest,
    *,
    name: str = "",
    found: rulings.Checked | None = None,
    refused: StrOrPromise = "",
    error: StrOrPromise = "",
) -> HttpResponse:
    """The form, and above it what was found, why the file is refused, or what is missing."""
    page = {"name": name, "found": found, "refused": refused, "error": error}
    return render(request, "portal/decisions/verify.html", page, status=422 if refused or error else 200)


def _content(given: UploadedFile[bytes]) -> bytes:
    if (given.size or 0) > LARGEST:
        raise NotSound(Cause.TOO_LARGE)
    content: bytes = given.read()
    return content
