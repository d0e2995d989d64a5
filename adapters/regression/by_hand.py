"""The workbench made again: an item that is queued, and what its unit has decided."""

import json
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from adapters import registry
from adapters.connection_spec import ConnectionSpec
from adapters.models import Exchange, Ruling, WorkbenchItem
from adapters.regression.recorded import KEY, Recorded, Sent, answer_of
from adapters.regression.wire import sorted_json

_NAMELESS = "@reference"  # its number is the next one in the queue, whatever that is
RULING = "ruling"  # of what is held: {"outcome", "reasons", "law", "decidedAt"}
QUEUED = "queued"  # of what is held: whether there is an item at all


def replay_item(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """The same with the item that would be queued today, or what is said of one.

    Needs a database, and leaves it as it was.
    """
    with transaction.atomic():
        try:
            return _asked(recorded, spec) if recorded.reference else _queued(recorded, spec)
        finally:
            transaction.set_rollback(True)


def _queued(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    answer = answer_of(registry.build(spec), recorded)
    item = WorkbenchItem.objects.filter(connection=spec.key, idempotency_key=KEY).first()
    if item is None:
        return replace(recorded, sent=[], answer=answer)
    told = {"value": item.value, "is_for_decision": item.is_for_decision}
    nameless = json.loads(json.dumps(answer).replace(item.reference, _NAMELESS))
    return replace(recorded, sent=[Sent(f"QUEUE {item.operation}", sorted_json(told))], answer=nameless)


def _asked(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """What is said of an item; it is put into the queue, and decided, as it was then."""
    adapter = registry.build(spec)
    if recorded.held.get(QUEUED):
        item = WorkbenchItem(
            connection=spec.key,
            operation=recorded.operation,
            idempotency_key=KEY,
            reference=_NAMELESS,
            is_for_decision=recorded.operation in adapter.decides,  # type: ignore[attr-defined]
            state=recorded.held[QUEUED],
        )
        item.value = recorded.value
        item.save(force_insert=True)
        _decide(item, recorded.held.get(RULING, {}))
    return replace(recorded, sent=[], answer=answer_of(adapter, recorded, _NAMELESS))


def _decide(item: WorkbenchItem, told: dict[str, str]) -> None:
    if not told:
        return
    ruling = Ruling(item=item, outcome=told["outcome"], digest="0" * 64)
    ruling.decided_at = datetime.fromisoformat(told["decidedAt"])
    ruling.told = {"reasons": told["reasons"], "law": told["law"], "decidedBy": "recorded"}
    ruling.document = b""
    ruling.save(force_insert=True)


def held(row: Exchange) -> dict[str, object]:
    """What a row of the log says of the item it asked after: its state, and the ruling."""
    if row.state == Exchange.State.REJECTED:
        return {}
    answer = row.answer_value or {}
    found: dict[str, object] = {QUEUED: row.status or str(WorkbenchItem.State.OPEN)}
    if "decidedAt" in answer:
        found[RULING] = {
            **{"outcome": answer["status"], "decidedAt": answer["decidedAt"]},
            **{"reasons": answer["reason"], "law": answer["reasonCode"]},
        }
    return found
