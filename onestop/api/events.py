"""`POST /agencies/{agency}/events`: an agency tells what has happened, unasked (CloudEvents 1.0, signed).

The body is one event in structured JSON mode; the header ``X-JWS-Signature`` signs its bytes
(docs/callbacks.md). An event is taken once, however often it is sent.
"""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from ninja.errors import HttpError

from adapters import events
from adapters.authentication.callers import insist_on_event_signature
from adapters.errors import NotAuthentic
from adapters.exchange import record_inbound
from adapters.models import Exchange
from onestop.api.strict import StrictParser
from workflows.services.events import receive_event

router = Router()
TOLD = {
    "no-service": "{type}: received; no service begins with it yet",
    "recorded": "{type}: received; a case waited for it",
    "started": "{type}: received; a case begins with it",
    "failed": "{type}: received; no case could begin with it, which a person looks into",
    "duplicate": "{type}: received before",
}


class Received(Schema):
    """What became of an event; the sender need do nothing, whatever it was.

    ``duplicate``: it was taken before. ``no-service``: kept, and no service begins with it. ``recorded``: a
    case waited for it. ``started``: a case begins. ``failed``: none could, which a person looks into.
    """

    outcome: Literal["no-service", "duplicate", "recorded", "started", "failed"]


@router.post("/{agency}/events", response={202: Received}, auth=None, summary="Tell what has happened")
def post_event(request: HttpRequest, agency: str) -> Status[Received]:
    """Take in one event."""
    if request.content_type != events.MEDIA_TYPE:
        raise HttpError(415, f"send {events.MEDIA_TYPE}")
    try:
        spec = insist_on_event_signature(agency, request.headers, request.body)
    except NotAuthentic as error:
        raise HttpError(401, error.message) from error
    value: Any = StrictParser().parse_body(request)
    try:
        event = events.read(spec, value)
    except events.EventRefused as refused:
        detail = f"refused: {refused}"
        _log(agency, "event", request.body, detail, Exchange.State.NOT_UNDERSTOOD)
        raise HttpError(422, str(refused)) from refused
    kept = {"type": event.type, "time": event.time, "data": event.data}
    outcome = receive_event(
        agency=agency, event_id=event.id, subject=event.subject, event=kept, now=timezone.now()
    )
    _log(agency, "event", request.body, TOLD[outcome].format(type=event.type), Exchange.State.ACCEPTED)
    return Status(202, Received.model_validate({"outcome": outcome}))


def _log(agency: str, operation: str, body: bytes, detail: str, state: Exchange.State) -> None:
    record_inbound(agency, operation, "", "", body, detail, state, received_type=events.MEDIA_TYPE)
