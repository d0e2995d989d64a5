"""Questions that a case asks later, answered page by page: each page is kept, and all are sent at once."""

from datetime import datetime
from typing import Any

from django.db import transaction

from identity.models import User
from workflows.answers import AnswersInvalid, Asked, clean_page
from workflows.dispatch.moving import locked
from workflows.local_time import local_day
from workflows.models import Request
from workflows.policies import can_answer_request
from workflows.services.errors import NotAllowed, NotPossible
from workflows.services.requests import answer_questions

JSON = dict[str, Any]


def pages_of(request: Request) -> list[JSON]:
    """The pages of a step of kind `questions`, in order, as the case's version of the definition has them."""
    pages: list[JSON] = request.case.service_version.definition.block_of(request.token)["pages"]
    return pages


def kept_pages(request: Request) -> dict[str, JSON]:
    """What was answered so far: by page, the values by field. Nothing once the whole was sent."""
    kept: dict[str, JSON] = request.answer.get("kept", {}) if request.state == Request.State.WAITING else {}
    return kept


def open_page(request: Request, now: datetime) -> str:
    """The first page that has no answer, or one that does not fit any more; "" where all are there."""
    kept = kept_pages(request)
    for page in pages_of(request):
        if page["id"] not in kept:
            return str(page["id"])
        try:
            clean_page(page, kept[page["id"]], Asked(local_day(now)))
        except AnswersInvalid:
            return str(page["id"])
    return ""


@transaction.atomic
def keep_page(*, request: Request, actor: User, page: str, answers: JSON, now: datetime) -> Request:
    """Keep the answers of one page until all are sent.

    Raises NotAllowed, NotPossible("closed" or "unknown-page") and AnswersInvalid with every problem.
    """
    locked(request.case_id)
    current = Request.objects.select_related("case__service_version", "case__applicant").get(pk=request.pk)
    if not can_answer_request(actor, current):
        raise NotAllowed(f"request {request.pk}")
    if current.state != Request.State.WAITING:
        raise NotPossible("closed")
    spec = next((one for one in pages_of(current) if one["id"] == page), None)
    if spec is None:
        raise NotPossible("unknown-page")
    cleaned = clean_page(spec, answers, Asked(local_day(now)))
    current.answer = {"kept": {**kept_pages(current), page: cleaned}}
    current.save(update_fields=["answer"])
    return current


def send_pages(*, request: Request, actor: User, now: datetime) -> Request:
    """Send all pages kept as the answer; raises as :func:`workflows.services.requests.answer_questions`."""
    given: JSON = {}
    for page in kept_pages(request).values():
        given |= page
    return answer_questions(request=request, actor=actor, answers=given, now=now)
