"""Agreeing, or not, to be part of somebody else's case."""

from datetime import datetime

from django.db import transaction

from identity.models import User
from workflows.dispatch.moving import locked, move
from workflows.engine import CoSigned
from workflows.models import CoSignRequest
from workflows.policies import can_cosign
from workflows.services.errors import NotAllowed, NotPossible


@transaction.atomic
def cosign(*, request: CoSignRequest, actor: User, agrees: bool, now: datetime) -> CoSignRequest:
    """Answer a request; raises NotAllowed, and NotPossible("closed") when it no longer waits."""
    case = locked(request.case_id)
    if case.paused_at is not None:
        raise NotPossible("paused")
    current = CoSignRequest.objects.get(pk=request.pk)
    if current.identifier_index != actor.identifier_index or not actor.identifier_index:
        raise NotAllowed(f"co-sign request {request.pk}")
    if not can_cosign(actor, current):
        raise NotPossible("closed")
    state = CoSignRequest.State
    current.state = state.AGREED if agrees else state.DECLINED
    current.answered_at = now
    current.save(update_fields=["state", "answered_at"])
    event = CoSigned(now, current.token, actor.identifier, agrees)
    if not move(case, event, actor="co-signer", now=now):
        raise NotPossible("closed")
    return current
