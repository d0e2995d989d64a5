"""What a step asks besides calls and tasks, as rows: a request, and its job or question."""

from collections.abc import Callable
from typing import Any

from identity.models.people import identifier_index
from onestop.lib.sealing import blind_index
from workflows import ports
from workflows.dispatch import manual
from workflows.dispatch.applying import Applying
from workflows.dispatch.early import events_before
from workflows.engine import effects
from workflows.models import Case, Job, Notification, Request

EVENT_PURPOSE = "request.event"
LANES = {"link": "mail", "document": "documents", "payment": "fees", "refund": "fees", "appointment": "times"}
ASKED_NOTICE = "questions-asked"
JSON = dict[str, Any]


def open_request(applying: Applying, effect: effects.Open) -> None:
    """Write the request of an :class:`Open` and begin what it needs."""
    request = Request(
        case=applying.case,
        token=effect.token,
        kind=effect.kind,
        value=effect.value,
        due_at=effect.due_at,
        created_at=applying.now,
    )
    _OPENERS[Request.Kind(effect.kind)](applying, request)


def close_request(applying: Applying, effect: effects.Close) -> None:
    """Take a request back that nobody need answer any more."""
    waiting = Request.objects.waiting().filter(case=applying.case, token=effect.token)
    if waiting.update(state=Request.State.CLOSED):
        manual.close(applying, effect.token)


def event_key(match: str) -> str:
    """What a waited-for event is found by, unreadable."""
    return blind_index(match, purpose=EVENT_PURPOSE)


def _outside(applying: Applying, request: Request) -> None:
    """Something is to be done outside the transaction: a job does it."""
    request.save(force_insert=True)
    payload = {"kind": request.kind, "request": request.pk}
    lane = request.source or LANES[request.kind]
    applying.add_job(Job.Kind.OPEN, request.token, payload, mark=":open", lane=lane)


def _event(applying: Applying, request: Request) -> None:
    told = request.value
    request.source, request.topic, request.by = told["from"], told["type"], told["by"]
    request.key = event_key(told["match"])
    request.save(force_insert=True)
    for number, value in enumerate(events_before(request, applying.case)):
        answer = {"outcome": "received", "value": value, "request": request.pk}
        applying.add_job(Job.Kind.ANSWER, request.token, answer, mark=f":early.{number}")
        return


def _questions(applying: Applying, request: Request) -> None:
    who = request.value.get("who") or applying.case.applicant.identifier
    request.key = identifier_index(str(who)) if who else ""
    request.save(force_insert=True)
    from identity.models import User

    person = User.objects.by_identifier(str(who)) or applying.case.applicant
    Notification.objects.create(
        user=person,
        case=applying.case,
        token=request.token,
        kind=ASKED_NOTICE,
        data={"dueAt": request.due_at.isoformat() if request.due_at else ""},
        texts=request.value.get("texts", {}),
        created_at=applying.now,
    )


def _payment(applying: Applying, request: Request) -> None:
    request.source = ports.name_of("payment", request.value["provider"])
    _provided(applying, request)


def _appointment(applying: Applying, request: Request) -> None:
    request.source = ports.name_of("appointment", request.value["provider"])
    _provided(applying, request)


def _refund(applying: Applying, request: Request) -> None:
    paid = Request.objects.get(case=applying.case, token=request.value["of"])
    request.source = paid.source
    request.value = {**paid.value, "of": paid.token, "reference": paid.reference}
    _provided(applying, request)


def _provided(applying: Applying, request: Request) -> None:
    """By its provider, or by a person where there is none."""
    if request.source or request.value.get("provider"):
        _outside(applying, request)
        return
    request.save(force_insert=True)
    manual.ask(applying, request)


def _service(applying: Applying, request: Request) -> None:
    """The other case begins in this transaction: both are there, or neither."""
    from workflows.services.subservices import begin

    request.save(force_insert=True)
    child: Case = begin(request, now=applying.now)
    request.reference = child.reference
    waits = request.token in applying.case.state.get("waiting", {})
    request.state = Request.State.WAITING if waits else Request.State.ANSWERED
    request.save(update_fields=["reference", "state"])


_OPENERS: dict[Request.Kind, Callable[[Applying, Request], None]] = {
    Request.Kind.LINK: _outside,
    Request.Kind.EVENT: _event,
    Request.Kind.QUESTIONS: _questions,
    Request.Kind.PAYMENT: _payment,
    Request.Kind.REFUND: _refund,
    Request.Kind.APPOINTMENT: _appointment,
    Request.Kind.SERVICE: _service,
    Request.Kind.DOCUMENT: _outside,
}
