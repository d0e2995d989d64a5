"""Many calls in one file: collected, sent by schedule or count, and every call given its own answer.

The file is driven by whoever asks after a record: there is no clock of its own to fail. An acknowledgement
is read to its end, totals and all, before any of it is believed; then each verdict is kept with its record.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from django.db import transaction
from django.utils import timezone
from paramiko import SFTPClient

from adapters.batches import BatchFile, BatchRecord
from adapters.connection_spec import ConnectionSpec
from adapters.contracts.layout import Record
from adapters.contracts.violation import Violation
from adapters.errors import AdapterError, NotUnderstood, Refused
from adapters.kinds.records import batch
from adapters.kinds.records.batch import Acknowledged, Stamp, Values
from adapters.kinds.records.collecting import Schedule, close, take
from adapters.kinds.records.operation import compile_contract
from adapters.kinds.records.sftp import SftpDoor
from adapters.kinds.records.whereabouts import UNFINISHED, Whereabouts
from adapters.mapping.load import compiled
from adapters.mapping.plan import source
from adapters.ports import Accepted, Pending, Rejected, Reply, Request, Result, Wire

IN_MEMORY = 1_000_000  # bytes of a file that are kept there; more goes to disk
AT_ONCE = 500  # records
SOON = timedelta(seconds=1)
State = BatchFile.State


class BatchingAdapter:
    """One connection by batch files. Works on this portal's own database, so in the caller's thread."""

    local = True

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        self.door = SftpDoor(spec)
        self.poll = timedelta(seconds=spec.option("poll_seconds"))
        self.schedule = Schedule.of(spec)
        self.unmentioned_is_accepted = spec.option("batch").get("unmentioned", "") == "accepted"
        contract = compiled(spec, lambda: compile_contract(spec))
        self.file, self.acknowledgement = contract.file, contract.acknowledgement
        self.operations = contract.operations
        self.whereabouts = Whereabouts.of_connection(spec, self.door, self.file, self.acknowledgement)

    def send(self, request: Request) -> Reply:
        """Enter the record; a file that is full goes off at once. Raises Refused."""
        operation = self.operations.find(request)
        if not request.context.idempotency_key:
            raise Refused(self.key, "a record needs an idempotency key")
        values = operation.values(self.file, source(request.value, request.context))
        now = timezone.now()
        record = take(self.key, request, values, self.schedule, now)
        wire = self._wire(record, operation.record, "collected")
        if record.file.state == State.CLOSED:
            try:
                self._carry(record.file, request.timeout)
            except AdapterError:
                wire = self._wire(record, operation.record, "collected; not sent yet")  # asked after: again
        wait = max(record.file.due_at - now, SOON) if record.file.state == State.COLLECTING else self.poll
        return Reply(Pending(f"record/{record.pk}", wait), wire)

    def check(self, request: Request, reference: str) -> Reply:
        """What became of a record; moves its file on where that is due. Raises a child of AdapterError."""
        operation = self.operations.find(request)
        kind, _, number = reference.partition("/")
        records = BatchRecord.objects.select_related("file").filter(connection=self.key)
        record = records.filter(pk=int(number)).first() if kind == "record" and number.isdecimal() else None
        if record is None:
            return Reply(Rejected("not-found", f"{reference!r} is not a record of ours"), Wire())
        now = timezone.now()
        file = record.file
        if file.state == State.COLLECTING and file.due_at > now:
            return Reply(Pending(reference, max(file.due_at - now, SOON)), Wire(status="collecting"))
        if file.state == State.COLLECTING:
            close(file, now)
        if file.state != State.ANSWERED:
            self._carry(file, request.timeout)
            record.refresh_from_db()
        if file.state != State.ANSWERED:
            return Reply(Pending(reference, self.poll), self._wire(record, operation.record, file.state))
        return self._answered(operation.record, record, request)

    def unmapped(self) -> dict[str, list[str]]:
        """Required fields that no rule fills, by operation; empty where the mapping is complete."""
        return self.operations.unmapped()

    # --- one record ---

    def _answered(self, form: Record, record: BatchRecord, request: Request) -> Reply:
        stored = record.verdict or record.file.verdict
        wire = self._wire(record, form, "answered")
        if not stored:
            if not self.unmentioned_is_accepted:
                message = f"the acknowledgement says nothing of record {record.number}"
                raise NotUnderstood(self.key, message, wire=wire)
            return Reply(Accepted({}, f"{self._stamp(record.file).named(self.file)}/{record.number}"), wire)
        found = Acknowledged(stored["code"], stored["values"])
        answer = self.acknowledgement.records[found.code]
        line = self.acknowledgement.line(answer, {**found.values})
        kind = f"text/plain; charset={self.acknowledgement.encoding}"
        wire = Wire(wire.sent, line, wire.sent_type, kind, f"answered in file {record.file.sequence}")
        result: Result = self.operations.find(request).conclude(found, wire)
        return Reply(result, wire)

    def _wire(self, record: BatchRecord, form: Record, status: str) -> Wire:
        line = self.file.line(form, self._numbered(record))
        return Wire(line, b"", f"text/plain; charset={self.file.encoding}", "", status)

    def _numbered(self, record: BatchRecord) -> Values:
        return {**self._stamp(record.file).values(), **record.values, "recordNo": str(record.number)}

    # --- the file ---

    def _carry(self, file: BatchFile, timeout: float | None) -> None:
        """Send a closed file, fetch the answer to a sent one; does nothing while another worker does."""
        if not file.lease(timezone.now()):
            return
        try:
            file.refresh_from_db()
            if file.state == State.CLOSED:
                self._send(file, timeout)
            if file.state == State.SENT:
                self._fetch(file, timeout)
        finally:
            file.release(timezone.now())

    def _send(self, file: BatchFile, timeout: float | None) -> None:
        stamp = self._stamp(file)
        path = PurePosixPath(self.file.folder) / stamp.named(self.file)
        with _spooled() as content, self.door.session(timeout, Wire(f"PUT {path}".encode())) as client:
            for piece in batch.write(self.file, stamp, self._details(file)):
                content.write(piece)
            place = self.whereabouts.of(client, stamp)
            if place is None:
                content.seek(0)
                self.door.put(client, path, self.file, content)
            elif place in (self.file.folder, UNFINISHED) and not self._is_same(client, path, content):
                raise Refused(self.key, f"{path.name} was written before with other records")
            if place == UNFINISHED:
                self.door.finish(client, path, self.file)
        file.state = State.SENT
        file.save(update_fields=["state"])

    def _is_same(self, client: SFTPClient, path: PurePosixPath, content: BinaryIO) -> bool:
        """Whether the agency holds this very file: its time of writing is stored, so every byte is known."""
        with _spooled() as there:
            self.door.fetch(client, path, there)
            content.seek(0)
            while piece := content.read(IN_MEMORY):
                if there.read(len(piece)) != piece:
                    return False
            return not there.read(1)

    def _fetch(self, file: BatchFile, timeout: float | None) -> None:
        stamp = self._stamp(file)
        path = self._answer_path(stamp)
        with _spooled() as content:
            with self.door.session(timeout, Wire(f"GET {path}".encode())) as client:
                if not self.door.is_complete(client, path, self.acknowledgement):
                    return
                self.door.fetch(client, path, content)
            try:
                for _ in batch.verdicts(self.acknowledgement, content, stamp):
                    pass  # nothing is believed before the end: totals and order are known there
                content.seek(0)
                with transaction.atomic():
                    self._keep(file, batch.verdicts(self.acknowledgement, content, stamp))
            except Violation as error:
                content.seek(0)
                wire = Wire(
                    f"GET {path}".encode(), content.read(IN_MEMORY), "text/plain", "text/plain", "read"
                )
                raise NotUnderstood(self.key, error.message, line=error.line, wire=wire) from error
        file.refresh_from_db()

    def _keep(self, file: BatchFile, verdicts: Iterator[tuple[int, Acknowledged]]) -> None:
        """Each verdict to its record; raises Violation for one on a record that was never sent."""
        while some := dict(islice(verdicts, AT_ONCE)):
            whole = some.pop(0, None)
            if whole is not None:
                file.verdict = asdict(whole)
                file.save(update_fields=["verdict_sealed"])
            records = list(BatchRecord.objects.filter(file=file, number__in=list(some)))
            if len(records) != len(some):
                stranger = min(set(some) - {record.number for record in records})
                raise Violation(f"an answer to record {stranger}, which was not sent", path="recordNo")
            for record in records:
                record.verdict = asdict(some[record.number])
            BatchRecord.objects.bulk_update(records, ["verdict_sealed"])
        BatchFile.objects.filter(pk=file.pk).update(state=State.ANSWERED)

    def _details(self, file: BatchFile) -> Iterator[tuple[Record, Values]]:
        records = BatchRecord.objects.filter(file=file).order_by("number")
        for record in records.iterator(chunk_size=AT_ONCE):
            yield self.operations[record.operation].record, record.values

    def _stamp(self, file: BatchFile) -> Stamp:
        written = timezone.localtime(file.written_at or file.due_at)
        return Stamp(batch.digest_of(str(file.public_id)), written, file.sequence, file.count)

    def _answer_path(self, stamp: Stamp) -> PurePosixPath:
        return PurePosixPath(self.acknowledgement.folder) / stamp.named(self.acknowledgement)


@contextmanager
def _spooled() -> Iterator[BinaryIO]:
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        yield cast(BinaryIO, file)
