"""Taking in what an agency tells by itself: it ends waits of cases, begins cases, or is kept for later."""

import logging
import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from workflows.dispatch.claiming import INTERNAL_LANE
from workflows.dispatch.early import carried, value_of
from workflows.dispatch.inbox import keep_once
from workflows.dispatch.opening import event_key
from workflows.dispatch.queue import insert
from workflows.models import Case, Inbox, Job, Request, ServiceVersion
from workflows.services.people import known_person
from workflows.services.statuses import DUPLICATE
from workflows.services.submission import open_case

JSON = dict[str, Any]
log = logging.getLogger(__name__)
NAMES = uuid.UUID("7c1b7f0a-0a7f-5d35-9d4f-6f2a4ef53b55")  # of this module's ids: one case for what began it


def receive_event(*, agency: str, event_id: str, subject: str, event: JSON, now: datetime) -> str:
    """Keep an event, once; returns recorded, started, failed, no-service or duplicate.

    ``recorded``: cases waited for it. ``started``: cases began with it. ``failed``: a service begins with it
    and could not, which staff see (``onestop service events``). ``no-service``: it is kept, for a case that
    may wait for it soon.
    """
    message = Inbox(
        agency=agency,
        message_id=event_id,
        reference=subject,
        message=event,
        outcome=Inbox.Outcome.NO_SERVICE,
        received_at=now,
    )
    return take(message, now) if keep_once(message) else DUPLICATE


def take(message: Inbox, now: datetime) -> str:
    """Hand an event to the cases that wait for it, and begin those that begin with it."""
    with transaction.atomic():
        taken = _wake(message, now)
    try:
        with transaction.atomic():
            begun = _begin(message, now)
    except Exception as error:  # the edge of a definition: staff see what failed, and can have it taken again
        log.exception("no case could begin with event %s of %s", message.message_id, message.agency)
        message.message = {**message.message, "problem": f"{type(error).__name__}: {error}"}
        message.outcome = Inbox.Outcome.FAILED
    else:
        if begun:
            message.outcome = Inbox.Outcome.STARTED
        elif taken:
            message.outcome = Inbox.Outcome.RECORDED
    message.save(update_fields=["message", "outcome"])
    return str(message.outcome)


def _wake(message: Inbox, now: datetime) -> int:
    """Make a job for every case that waits for this event."""
    event = message.message
    waiting = Request.objects.waiting().filter(
        kind=Request.Kind.EVENT, source=message.agency, topic=event.get("type", "")
    )
    count = 0
    for by in waiting.values_list("by", flat=True).distinct():
        about = carried(message.reference, event, by)
        found = waiting.filter(by=by, key=event_key(about)) if about else waiting.none()
        for request in found.select_related("case"):
            value = value_of(message.agency, message.reference, event)
            insert([_answer(request, value, message.message_id, now)])
            count += 1
    return count


def _answer(request: Request, value: JSON, message_id: str, now: datetime) -> Job:
    return Job(
        case=request.case,
        kind=Job.Kind.ANSWER,
        lane=INTERNAL_LANE,
        token=request.token,
        payload={"outcome": "received", "value": value, "request": request.pk, "agency": value["agency"]},
        dedupe=f"{request.case.reference}:{request.token}:event.{message_id}"[:300],
        run_at=now,
        created_at=now,
    )


def _begin(message: Inbox, now: datetime) -> list[Case]:
    """Begin a case of every service that begins with this event."""
    event = {**value_of(message.agency, message.reference, message.message), "id": message.message_id}
    begun = []
    for version in beginning_with(message.agency, str(event["type"])):
        definition, start = version.definition, version.document["start"]
        scope = definition.scope({"event": event}, now)
        if "when" in start and definition.compiled(start["when"])(scope) is not True:
            continue
        about = definition.fill(start.get("once"), scope) or f"{message.agency}:{message.message_id}"
        once = uuid.uuid5(NAMES, f"{version.service}:{about}")
        if Case.objects.filter(draft_id=once).exists():
            continue
        applicant = known_person(definition.fill(start["applicant"], scope))
        begun.append(
            open_case(
                version=version,
                answers={},
                once=once,
                applicant=applicant,
                actor=applicant,
                now=now,
                more={"event": event},
                begun_by=f"agency:{message.agency}",
            )
        )
    return begun


def beginning_with(agency: str, kind: str) -> list[ServiceVersion]:
    """The newest version of each service, where it begins with such an event."""
    found = ServiceVersion.objects.filter(document__begins="event").values_list("service", flat=True)
    newest = [ServiceVersion.objects.current(service) for service in sorted(set(found))]
    return [version for version in newest if _begins_with(version.document, agency, kind)]


def _begins_with(document: JSON, agency: str, kind: str) -> bool:
    start = document.get("start") or {}
    return document.get("begins") == "event" and (start.get("from"), start.get("type")) == (agency, kind)
