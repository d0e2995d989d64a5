"""Events of agencies: which of those that came already belong to a wait that begins now."""

from typing import Any

from workflows.models import Case, Inbox, Request

JSON = dict[str, Any]


def carried(subject: str, event: JSON, by: str) -> str:
    """What an event carries at a place: its ``subject``, or ``data.`` and a path; "" where nothing is."""
    if by == "subject":
        return subject
    place: Any = event
    for part in by.split("."):
        place = place.get(part) if isinstance(place, dict) else None
    return "" if place is None else str(place)


def value_of(agency: str, subject: str, event: JSON) -> JSON:
    """An event as a step keeps it."""
    return {"agency": agency, "subject": subject, **{key: event.get(key) for key in ("type", "time", "data")}}


def events_before(request: Request, case: Case) -> list[JSON]:
    """Events that came after the case began and before this wait did, and that nothing has taken."""
    match, by = request.value["match"], request.by
    found = Inbox.objects.filter(
        agency=request.source, outcome=Inbox.Outcome.NO_SERVICE, received_at__gte=case.submitted_at
    )
    if by == "subject":
        found = found.filter(reference=match)
    values = []
    for message in found.select_for_update().order_by("pk"):
        event = message.message
        if event.get("type") == request.topic and carried(message.reference, event, by) == match:
            values.append(value_of(message.agency, message.reference, event))
            message.outcome = Inbox.Outcome.RECORDED
            message.save(update_fields=["outcome"])
            break
    return values
