"""Record files behind the port, one file a call, named by the idempotency key: same key, same file.

A connection with a ``[batch]`` collects the records of many calls in one file: see
:mod:`adapters.kinds.records.batching`.
"""

from datetime import timedelta
from io import BytesIO
from pathlib import PurePosixPath

from django.utils import timezone

from adapters.connection_spec import ConnectionSpec
from adapters.contracts.violation import Violation
from adapters.errors import Misconfigured, NotUnderstood, Refused
from adapters.kinds.records import batch
from adapters.kinds.records.batch import Stamp
from adapters.kinds.records.batching import BatchingAdapter
from adapters.kinds.records.operation import Compiled, compile_contract
from adapters.kinds.records.sftp import SftpDoor
from adapters.kinds.records.whereabouts import LISTING, UNFINISHED, Whereabouts
from adapters.mapping.load import compiled
from adapters.mapping.plan import source
from adapters.ports import Pending, Rejected, Reply, Request, Wire


class RecordsAdapter:
    """One connection by files. Compiled once; safe to call from several threads."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        self.door = SftpDoor(spec)
        self.poll = timedelta(seconds=spec.option("poll_seconds"))
        contract = compiled(spec, lambda: compile_contract(spec))
        self.file, self.acknowledgement = contract.file, contract.acknowledgement
        self.operations = contract.operations
        self.whereabouts = Whereabouts.of_connection(spec, self.door, self.file, self.acknowledgement)

    def send(self, request: Request) -> Reply:
        """Put the file, unless it is there already; raises a child of AdapterError."""
        if request.operation == LISTING:
            return self._listed(request)
        operation = self.operations.find(request)
        if not request.context.idempotency_key:
            raise Refused(self.key, "a file needs an idempotency key")
        stamp = Stamp(batch.digest_of(request.context.idempotency_key), timezone.localtime(), count=1)
        values = operation.values(self.file, source(request.value, request.context))
        try:
            content = b"".join(batch.write(self.file, stamp, [(operation.record, values)]))
        except Violation as error:
            message = f"the file's own records cannot be written: {error.path} {error.message}; "
            raise Misconfigured(self.key, f"{message}a sequence number needs a [batch]") from error
        name = stamp.named(self.file)
        wire = Wire(content, b"", f"text/plain; charset={self.file.encoding}", "", "written")
        path = PurePosixPath(self.file.folder) / name
        with self.door.session(request.timeout, wire) as client:
            place = self.whereabouts.of(client, stamp)
            if place is None:
                self.door.put(client, path, self.file, BytesIO(content))
            elif (there := self.door.read(client, path)) and not self.file.same_records(there, content):
                raise Refused(self.key, f"{name} was written before with other records", wire=wire)
            if place == UNFINISHED:
                self.door.finish(client, path, self.file)
        return Reply(Pending(f"{name}/1", self.poll), wire)

    def _listed(self, request: Request) -> Reply:
        """Whether this call's file is anywhere at the agency: what is asked before sending again."""
        stamp = Stamp(batch.digest_of(request.context.idempotency_key), timezone.localtime(), count=1)
        name = stamp.named(self.file)
        asked = Wire(f"LIST {name}".encode(), b"", "text/plain")
        with self.door.session(request.timeout, asked) as client:
            place = self.whereabouts.of(client, stamp)
        wire = Wire(asked.sent, (place or "nowhere").encode(), "text/plain", "text/plain", "listed")
        if place in (None, UNFINISHED):
            return Reply(Rejected("not-found", f"no file {name} is there"), wire)
        return Reply(Pending(f"{name}/1", self.poll), wire)

    def probe(self) -> None:
        """Log in and out again; raises a child of AdapterError."""
        with self.door.session(None, Wire()):
            pass

    def check(self, request: Request, reference: str) -> Reply:
        """Read the acknowledgement of ``file name/record number``; Pending while there is none."""
        operation = self.operations.find(request)
        name, _, number = reference.rpartition("/")
        before, _, after = self.file.name.partition("{digest}")
        stamp = Stamp(name.removeprefix(before).removesuffix(after), timezone.localtime(), count=1)
        if not number.isdecimal() or stamp.named(self.file) != name:
            return Reply(Rejected("not-found", f"{reference!r} is not a record of ours"), Wire())
        path = self._answer_path(stamp)
        asked = Wire(f"GET {path}".encode(), b"", "text/plain")
        with self.door.session(request.timeout, asked) as client:
            content = None
            if self.door.is_complete(client, path, self.acknowledgement):
                content = self.door.read(client, path)
        if content is None:
            waiting = Wire(asked.sent, b"", "text/plain", "", "not there yet")
            return Reply(Pending(reference, self.poll), waiting)
        kind = f"text/plain; charset={self.acknowledgement.encoding}"
        wire = Wire(asked.sent, content, "text/plain", kind, "read")
        return self._concluded(operation, content, stamp, int(number), wire)

    def unmapped(self) -> dict[str, list[str]]:
        """Required fields that no rule fills, by operation; empty where the mapping is complete."""
        return self.operations.unmapped()

    def _answer_path(self, stamp: Stamp) -> PurePosixPath:
        return PurePosixPath(self.acknowledgement.folder) / stamp.named(self.acknowledgement)

    def _concluded(self, operation: Compiled, content: bytes, stamp: Stamp, number: int, wire: Wire) -> Reply:
        try:
            found = batch.find(self.acknowledgement, BytesIO(content), stamp, number)
        except Violation as error:
            raise NotUnderstood(self.key, error.message, line=error.line, wire=wire) from error
        return Reply(operation.conclude(found, wire), wire)


def build(spec: ConnectionSpec) -> RecordsAdapter | BatchingAdapter:
    """Build the adapter of a connection; raises Misconfigured."""
    return BatchingAdapter(spec) if spec.option("batch", {}) else RecordsAdapter(spec)
