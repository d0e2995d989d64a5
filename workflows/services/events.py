"""Taking in what an agency tells by itself, without having been asked."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from workflows.models import Inbox
from workflows.services.statuses import DUPLICATE


def receive_event(*, agency: str, event_id: str, subject: str, event: dict[str, Any], now: datetime) -> str:
    """Keep an event, once; returns no-service or duplicate.

    ``no-service`` says that no service of this portal begins with it: it is kept, and nothing is done.
    """
    message = Inbox(
        agency=agency,
        message_id=event_id,
        reference=subject,
        message=event,
        outcome=Inbox.Outcome.NO_SERVICE,
        received_at=now,
    )
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        if Inbox.objects.filter(agency=agency, message_id=event_id).exists():
            return DUPLICATE
        raise
    return str(message.outcome)
