"""`POST /agencies/{agency}/soap`: an agency answers a SOAP request of ours later, to the address in ReplyTo.

The adapter authenticates the message and holds it against the contract; here it is matched, kept once, and
handed to its case in the way of any status.
"""

import re

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from adapters import registry
from adapters.errors import AdapterError, Misconfigured, NotAuthentic, NotUnderstood
from adapters.exchange import record_inbound
from adapters.models import Exchange
from adapters.ports import JSON, Inbound, InboundAnswer, Receiver, Rejected, Retry
from workflows.models import CaseReference
from workflows.services.statuses import receive_status

LARGEST = 16 * 1024 * 1024  # bytes, attachments included
WORD = re.compile(r"[a-z-]{1,40}")
STATUSES = {"Accepted": "accepted", "Rejected": "refused", "Pending": "received", "Retry": "received"}
router = Router()


@router.post("/{agency}/soap", auth=None, summary="Answer a SOAP request later", include_in_schema=False)
def post_answer(request: HttpRequest, agency: str) -> HttpResponse:
    """Take in an answer: 202, or a SOAP fault that says why not. Repeating a message is harmless."""
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return HttpResponse("The message is too large.\n", "text/plain", status=413)
    receiver = _receiver(agency)
    if receiver is None:
        return HttpResponse("No agency answers here.\n", "text/plain", status=404)
    try:
        inbound = receiver.receive(request.headers, body)
    except AdapterError as error:
        _keep(agency, error)
        return _written(receiver.refuse(request.headers, error))
    outcome = _hand_over(agency, inbound)
    _log(agency, inbound, body, request.headers.get("Content-Type", ""), outcome)
    return HttpResponse(status=202)


def _receiver(agency: str) -> Receiver | None:
    """The adapter of a connection whose agency answers later, None where there is none such."""
    try:
        found = registry.adapter(agency)
    except Misconfigured:
        return None
    return found if isinstance(found, Receiver) and found.is_answered_later else None


def _hand_over(agency: str, inbound: Inbound) -> str:
    value, now = _told(inbound), timezone.now()
    return receive_status(
        agency=agency,
        message_id=inbound.message_id,
        reference=inbound.relates_to,
        status=value["status"],
        reason=value["reason"],
        reason_code=value["code"],
        decided_at=value["decidedAt"] or now.isoformat(),
        now=now,
    )


def _told(inbound: Inbound) -> dict[str, str]:
    """An answer as a status: what its mapping calls ``status``, else what kind of result it is."""
    result = inbound.result
    value: JSON = {} if isinstance(result, Retry) else result.value
    status = str(value.get("status", ""))
    told = {"reason": str(value.get("reason", "")), "code": str(value.get("reasonCode", ""))}
    if isinstance(result, Rejected):
        told = {"reason": result.reason, "code": result.code}
    told["status"] = status if WORD.fullmatch(status) else STATUSES[type(result).__name__]
    return {**told, "decidedAt": str(value.get("decidedAt", ""))}


def _keep(agency: str, error: AdapterError) -> None:
    """Log what an agency sent and we could not read; of what is not proved to be the agency's, nothing."""
    if isinstance(error, NotUnderstood) and not isinstance(error, NotAuthentic):
        record_inbound(
            agency,
            "answer",
            "",
            "",
            error.wire.received,
            error.message,
            state=Exchange.State.NOT_UNDERSTOOD,
            received_type=error.wire.received_type,
        )


def _log(agency: str, inbound: Inbound, body: bytes, content_type: str, outcome: str) -> None:
    found = CaseReference.objects.filter(connection=agency, reference=inbound.relates_to)
    case = getattr(found.select_related("case").first(), "case", None)
    reference, correlation = (case.reference, str(case.correlation_id)) if case else ("", "")
    result = inbound.result
    record_inbound(
        agency,
        inbound.operation,
        reference,
        correlation,
        body,
        outcome,
        received_type=content_type,
        answer=None if isinstance(result, Retry) else result.value,
    )


def _written(answer: InboundAnswer) -> HttpResponse:
    return HttpResponse(answer.body, answer.content_type, status=answer.status)
