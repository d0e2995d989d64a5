"""Where a page leads: onward after it is saved, and back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from workflows.models import Draft


def onward(request: HttpRequest, draft: Draft, page: str) -> HttpResponse:
    """Where a saved page leads: my cases, back to checking, or the next page."""
    if "later" in request.POST:
        return redirect("portal:draft", public_id=draft.public_id)
    pages = [one["id"] for one in draft.service_version.document["pages"]]
    after = pages[pages.index(page) + 1 :]
    if not draft.next_page:
        return redirect("portal:check", public_id=draft.public_id)
    following = next((one for one in after if one not in draft.pages_done), draft.next_page)
    return redirect("portal:page", public_id=draft.public_id, page=following)


def back(draft: Draft, page: str) -> str:
    """The page before this one, or "" for the first."""
    pages = [one["id"] for one in draft.service_version.document["pages"]]
    place = pages.index(page)
    return pages[place - 1] if place else ""
