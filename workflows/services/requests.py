"""Answering what a case asked outside of calls, tasks and co-signatures. Every request is answered once."""

from datetime import datetime
from typing import Any

from django.db import transaction

from identity.models import User
from workflows import ports
from workflows.answers import Asked, clean_page, place
from workflows.dispatch.moving import locked, move
from workflows.dispatch.performing import secret_hash
from workflows.engine import Answered
from workflows.local_time import local_day
from workflows.models import Request, Task
from workflows.policies import can_answer_request
from workflows.services.errors import NotAllowed, NotPossible

JSON = dict[str, Any]


def open_link(*, secret: str, now: datetime) -> Request:
    """What the link of a secret asks; reading it uses nothing up.

    Raises NotPossible("unknown", "closed" or "expired").
    """
    found = Request.objects.filter(kind=Request.Kind.LINK, key=secret_hash(secret))
    request = found.select_related("case__service_version", "case__applicant").first()
    if request is None or not secret:
        raise NotPossible("unknown")
    if request.state != Request.State.WAITING:
        raise NotPossible("closed")
    if request.due_at is not None and now >= request.due_at:
        raise NotPossible("expired")
    return request


@transaction.atomic
def answer_link(*, secret: str, outcome: str, answers: JSON, now: datetime) -> Request:
    """Answer by a link, once.

    Raises as :func:`open_link`, NotPossible("unknown-outcome" or "paused") and AnswersInvalid.
    """
    found = open_link(secret=secret, now=now)
    locked(found.case_id)
    request = open_link(secret=secret, now=now)
    asks = link_asks(request)
    if outcome not in asks["outcomes"]:
        raise NotPossible("unknown-outcome")
    page = {"fields": fields_for(asks, outcome)}
    value = place({}, page, clean_page(page, answers, Asked(local_day(now))))
    return _answer(request, outcome, {**value, "answeredAt": now.isoformat()}, f"link:{asks['role']}", now)


def link_asks(request: Request) -> JSON:
    """What the step of a link asks: ``role``, ``outcomes`` and ``fields``, and ``labels`` by name."""
    block = request.case.service_version.definition.block_of(request.token)
    plain: JSON = {"outcomes": ["confirmed", "denied"], "fields": [], "labels": {}}
    return {**plain, **block}


def fields_for(asks: JSON, outcome: str) -> list[JSON]:
    """The fields of a link; only the first outcome, which is the one hoped for, needs those required."""
    fields: list[JSON] = asks["fields"]
    if outcome == asks["outcomes"][0]:
        return fields
    return [{**one, "required": False} for one in fields]


@transaction.atomic
def answer_questions(*, request: Request, actor: User, answers: JSON, now: datetime) -> Request:
    """Answer the further questions of a case; raises NotAllowed, NotPossible("closed") and AnswersInvalid."""
    locked(request.case_id)
    current = Request.objects.select_related("case__service_version", "case__applicant").get(pk=request.pk)
    if not can_answer_request(actor, current):
        raise NotAllowed(f"request {request.pk}")
    if current.state != Request.State.WAITING:
        raise NotPossible("closed")
    given: JSON = {}
    for page in current.case.service_version.definition.block_of(current.token)["pages"]:
        given = place(given, page, clean_page(page, answers, Asked(local_day(now))))
    return _answer(current, "answered", given, f"citizen:{actor.subject}", now)


@transaction.atomic
def settle(*, source: str, reference: str, outcome: str, value: JSON, now: datetime) -> Request:
    """What a provider says in the end; the same said twice changes nothing.

    Raises NotPossible("unknown" or "unknown-outcome"), and "contradicts" where it said something else before.
    """
    found = Request.objects.filter(source=source, reference=reference).exclude(reference="").first()
    if found is None:
        raise NotPossible("unknown")
    locked(found.case_id)
    request = Request.objects.select_related("case").get(pk=found.pk)
    if outcome not in ports.OUTCOMES.get(request.kind, ()):
        raise NotPossible("unknown-outcome")
    if request.state != Request.State.WAITING:
        if request.state == Request.State.ANSWERED and request.outcome != outcome:
            raise NotPossible("contradicts")
        return request
    return _answer(request, outcome, {**value, "reference": reference}, f"provider:{source}", now)


def settle_by_hand(*, task: Task, officer: str, value: JSON, now: datetime) -> None:
    """A person says what a provider would have said; call it with the case locked."""
    request = Request.objects.get(pk=task.value["request"])
    if request.state != Request.State.WAITING:
        raise NotPossible("already-decided")
    told = {key: request.value[key] for key in ("amount", "currency") if key in request.value}
    _answer(
        request, task.decision, {**told, **value, "reason": task.reason, "officer": officer}, officer, now
    )


def _answer(request: Request, outcome: str, value: JSON, who: str, now: datetime) -> Request:
    case = locked(request.case_id)
    if case.paused_at is not None:
        raise NotPossible("paused")
    request.state, request.outcome, request.answer = Request.State.ANSWERED, outcome, value
    request.answered_at, request.answered_by = now, who
    request.save(update_fields=["state", "outcome", "answer", "answered_at", "answered_by"])
    if not move(case, Answered(now, request.token, outcome, value), actor=who, now=now):
        raise NotPossible("closed")
    return request
