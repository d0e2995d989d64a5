"""Exchanges that no server answers, made again: an item for the workbench, an event that an agency sent."""

import json
from dataclasses import asdict, replace

from django.db import transaction

from adapters import events, registry
from adapters.connection_spec import ConnectionSpec
from adapters.models import Exchange, WorkbenchItem
from adapters.regression.recorded import Recorded, Sent, answer_of, settled


def replay_item(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """The same with the item that would be queued today. Needs a database, and leaves it as it was."""
    with transaction.atomic():
        answer = answer_of(registry.build(spec), recorded)
        item = WorkbenchItem.objects.filter(connection=spec.key, idempotency_key="recorded").first()
        if item is not None:  # its number is the next one in the queue, whatever that is
            answer = json.loads(json.dumps(answer).replace(item.reference, "@reference"))
        sent = (
            [Sent(f"QUEUE {item.operation}", json.dumps(item.value, ensure_ascii=False, sort_keys=True))]
            if item
            else []
        )
        transaction.set_rollback(True)
    return replace(recorded, sent=sent, answer=answer)


def replay_event(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """The same with what the event is understood as today."""
    try:
        found = events.read(spec, json.loads(recorded.received))
    except (events.EventRefused, ValueError) as error:
        return replace(recorded, answer={"state": str(Exchange.State.NOT_UNDERSTOOD), "reason": str(error)})
    told = json.loads(settled(json.dumps(asdict(found))))
    return replace(recorded, answer={"state": str(Exchange.State.ACCEPTED), "value": told})
