"""Taking records into the file that collects, and closing it by count or by the clock."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from adapters.batches import BatchFile, BatchRecord
from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured, Refused
from adapters.ports import Request

State = BatchFile.State


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a file is closed: so long after its first record or at a time of day, and when it is full."""

    every: timedelta | None
    at: tuple[time, ...]  # local times
    most: int

    @classmethod
    def of(cls, spec: ConnectionSpec) -> "Schedule":
        """From the table ``[batch]``; raises Misconfigured."""
        table = spec.option("batch")
        try:
            at = tuple(sorted(time.fromisoformat(text) for text in table.get("at", ())))
            every = timedelta(seconds=table["every_seconds"]) if "every_seconds" in table else None
            most = int(table.get("records", 10_000))
        except (TypeError, ValueError) as error:
            raise Misconfigured(spec.key, f"[batch] cannot be read: {error}") from error
        if not at and every is None:
            raise Misconfigured(spec.key, "[batch] says neither at nor every_seconds")
        return cls(every, at, most)

    def due(self, now: datetime) -> datetime:
        """When a file opened now is closed."""
        candidates = [now + self.every] if self.every is not None else []
        here = timezone.localtime(now)
        for days in (0, 1):
            day = here.date() + timedelta(days=days)
            moments = (timezone.make_aware(datetime.combine(day, at)) for at in self.at)
            candidates += [moment for moment in moments if moment > now]
        return min(candidates)


def take(
    key: str, request: Request, values: dict[str, str], schedule: Schedule, now: datetime
) -> BatchRecord:
    """Enter a record, or find the one of this key; raises Refused where that one says something else."""
    known = _known(key, request)
    if known is None:
        try:
            with transaction.atomic():
                return _entered(key, request, values, schedule, now)
        except IntegrityError:  # the same key, or the first record of a file, came in at the same moment
            known = _known(key, request) or take(key, request, values, schedule, now)
    if known.values != values or known.operation != request.operation:
        raise Refused(key, "this key was used before for another record")
    return known


def close(file: BatchFile, now: datetime) -> None:
    """Take no more records; of several that close at once, one counts."""
    collecting = BatchFile.objects.filter(pk=file.pk, state=State.COLLECTING)
    collecting.update(state=State.CLOSED, written_at=now)
    file.refresh_from_db()


def _known(key: str, request: Request) -> BatchRecord | None:
    return BatchRecord.objects.filter(connection=key, idempotency_key=request.context.idempotency_key).first()


def _entered(
    key: str, request: Request, values: dict[str, str], schedule: Schedule, now: datetime
) -> BatchRecord:
    collecting = BatchFile.objects.select_for_update().filter(connection=key, state=State.COLLECTING)
    file = collecting.first() or _opened(key, schedule, now)
    file.count += 1
    if file.count >= schedule.most:
        file.state, file.written_at = State.CLOSED, now
    file.save(update_fields=["count", "state", "written_at"])
    record = BatchRecord(
        file=file,
        number=file.count,
        connection=key,
        idempotency_key=request.context.idempotency_key,
        operation=request.operation,
        case_reference=request.context.case,
    )
    record.values = values
    record.save(force_insert=True)
    return record


def _opened(key: str, schedule: Schedule, now: datetime) -> BatchFile:
    last = BatchFile.objects.filter(connection=key).aggregate(last=Max("sequence"))["last"] or 0
    return BatchFile.objects.create(
        connection=key, sequence=last + 1, due_at=schedule.due(now), leased_until=now
    )
