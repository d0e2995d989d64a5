"""`POST /agencies/{agency}/status`: an agency tells its decision on something it was asked for."""

from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status

from adapters.callbacks import StatusMessage
from adapters.exchange import record_inbound
from adapters.models import Exchange
from onestop.api.callers import with_token
from workflows.models import CaseReference
from workflows.services.statuses import receive_status

router = Router()


class Taken(Schema):
    """What was made of it; all of them mean that it need not be sent again."""

    outcome: Literal["recorded", "duplicate", "unknown-reference", "late"]


@router.post("/{agency}/status", response={202: Taken}, auth=with_token, summary="Tell a decision")
def post_status(request: HttpRequest, agency: str, message: StatusMessage) -> Status[Taken]:
    """Take in a decision. Repeating a message is harmless; so is one that comes too early or too late."""
    now = timezone.now()
    outcome = receive_status(agency=agency, message_id=message.message_id, now=now, **message.told())
    _log(agency, message, request.body, outcome)
    return Status(202, Taken.model_validate({"outcome": outcome}))


def _log(agency: str, message: StatusMessage, body: bytes, outcome: str) -> None:
    found = CaseReference.objects.filter(connection=agency, reference=message.reference)
    case = getattr(found.select_related("case").first(), "case", None)
    reference, correlation = (case.reference, str(case.correlation_id)) if case else ("", "")
    record_inbound(agency, "status", reference, correlation, body, outcome, state=Exchange.State.ACCEPTED)
