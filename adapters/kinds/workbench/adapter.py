"""The workbench behind the port: an item written once per idempotency key, answered with its reference.

An operation with ``decides = true`` in ``mapping.toml`` is answered later, by the unit's ruling.
"""

import json

from django.db import IntegrityError, transaction
from django.utils import timezone

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured, Refused
from adapters.mapping.paths import getter
from adapters.models import Ruling, WorkbenchItem
from adapters.ports import Accepted, Pending, Rejected, Reply, Request, Result, Wire


class WorkbenchAdapter:
    """One unit's queue. Writes to this portal's own database, so it is called in the caller's thread."""

    local = True

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        self.prefix = str(spec.option("reference_prefix"))
        operations = spec.mapping().get("operations", {})
        self.required = {
            name: [(path, getter(path)) for path in table.get("requires", [])]
            for name, table in operations.items()
        }
        self.decides = {name for name, table in operations.items() if table.get("decides")}

    def send(self, request: Request) -> Reply:
        """Put an item into the queue, or find the one that this key put there; raises Refused."""
        if request.operation not in self.required:
            raise Misconfigured(self.key, f"mapping.toml has no operation {request.operation!r}")
        if not request.context.idempotency_key:
            raise Refused(self.key, "an item needs an idempotency key")
        for path, get in self.required[request.operation]:
            if get(request.value) is None:
                raise Refused(self.key, "is required by the unit", field=path)
        item = self._known(request) or self._new(request)
        return Reply(_result(item), _wire(request, item))

    def check(self, request: Request, reference: str) -> Reply:
        """What the unit has decided, Pending until then; of an item that nobody decides, that it is known."""
        item = WorkbenchItem.objects.filter(connection=self.key, reference=reference).first()
        if item is None:
            return Reply(Rejected("not-found", f"there is no item {reference}"), Wire())
        return Reply(_result(item), Wire(status=item.state))

    def _known(self, request: Request) -> WorkbenchItem | None:
        key = request.context.idempotency_key
        return WorkbenchItem.objects.filter(connection=self.key, idempotency_key=key).first()

    def _new(self, request: Request) -> WorkbenchItem:
        item = WorkbenchItem(
            connection=self.key,
            operation=request.operation,
            idempotency_key=request.context.idempotency_key,
            case_reference=request.context.case,
            is_for_decision=request.operation in self.decides,
        )
        item.reference = f"new-{item.public_id}"  # until the row has its number
        item.value = request.value
        try:
            with transaction.atomic():
                item.save(force_insert=True)
                item.reference = f"{self.prefix}-{timezone.localdate().year}-{item.pk:06d}"
                item.save(update_fields=["reference"])
        except IntegrityError as error:  # the same key came in at the same moment: that item stands
            known = self._known(request)
            if known is None:
                raise Misconfigured(self.key, f"the item could not be written: {error}") from error
            return known
        return item


def _result(item: WorkbenchItem) -> Result:
    if not item.is_for_decision:
        return Accepted({"state": item.state}, item.reference)
    ruling = Ruling.objects.filter(item=item).first()
    if ruling is None:
        return Pending(item.reference)
    decided = {"reason": ruling.told["reasons"], "reasonCode": ruling.told["law"]}
    decided |= {"status": ruling.outcome, "decidedAt": ruling.decided_at.isoformat()}
    return Accepted(decided, item.reference)


def _wire(request: Request, item: WorkbenchItem) -> Wire:
    sent = json.dumps(request.value, ensure_ascii=False).encode()
    received = json.dumps({"reference": item.reference}).encode()
    return Wire(sent, received, "application/json", "application/json", "queued")


def build(spec: ConnectionSpec) -> WorkbenchAdapter:
    """Build the adapter of a connection; raises Misconfigured."""
    return WorkbenchAdapter(spec)
