"""Record files behind the port. A file's name is made from the idempotency key: same key, same file."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import PurePosixPath

from django.utils import timezone

from adapters.connection_spec import ConnectionSpec
from adapters.contracts import layout
from adapters.contracts.layout import FileLayout, Record
from adapters.contracts.violation import Violation
from adapters.errors import NotUnderstood, Refused
from adapters.kinds.records import batch
from adapters.kinds.records.batch import Stamp
from adapters.kinds.records.sftp import SftpDoor
from adapters.mapping import report
from adapters.mapping.load import compiled, mapping
from adapters.mapping.operations import Operations
from adapters.mapping.plain import PlainReader, PlainWriter
from adapters.mapping.plan import Plan, locate, source
from adapters.mapping.rules import MappingWrong, RuleBook
from adapters.mapping.unfit import Unfit
from adapters.ports import JSON, Pending, Rejected, Reply, Request, Wire


@dataclass(slots=True)
class Compiled:
    """One operation ready to use."""

    plan: Plan
    book: RuleBook
    record: Record
    writer: PlainWriter
    readers: dict[str, tuple[PlainReader, Plan]]  # code of the acknowledging record -> how it reads

    def unmapped(self) -> list[str]:
        """Required fields of the record that no rule fills."""
        required = [field.name for field in self.record.fields if field.required]
        return report.unmapped(self.book, self.plan.request, required)

    def canonical_path(self, field: str) -> str:
        """The canonical path behind a field of the record."""
        return locate(self.book, self.plan.request, field)


class RecordsAdapter:
    """One connection by files. Compiled once; safe to call from several threads."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.key = spec.key
        self.door = SftpDoor(spec)
        self.poll = timedelta(seconds=spec.option("poll_seconds"))
        self.operations: Operations[Compiled] = Operations(spec.key)
        self.file: FileLayout
        self.acknowledgement: FileLayout
        compiled(spec, lambda: self._compile(spec))

    def _compile(self, spec: ConnectionSpec) -> None:
        book, plans, _ = mapping(spec)
        layouts = layout.read(spec.contract)
        self.file, self.acknowledgement = layouts["file"], layouts["acknowledgement"]
        for name, plan in plans.items():
            record = self.file.records.get(plan.call)
            if record is None:
                raise MappingWrong(f"{name}: the layout has no record {plan.call!r}")
            known = {field.name for field in record.fields}
            strangers = [rule.agency for rule in plan.request if rule.agency not in known]
            if strangers:
                raise MappingWrong(f"{name}: the record {plan.call} has no {', '.join(strangers)}")
            readers = {
                code: (PlainReader(book, answer.reply), answer)
                for code, answer in plan.answers(book, "acknowledged").items()
            }
            self.operations[name] = Compiled(plan, book, record, PlainWriter(book, plan.request), readers)

    def send(self, request: Request) -> Reply:
        """Put the file, unless it is there already; raises a child of AdapterError."""
        operation = self.operations.find(request)
        if not request.context.idempotency_key:
            raise Refused(self.key, "a file needs an idempotency key")
        digest = batch.digest_of(request.context.idempotency_key)
        stamp = Stamp(digest, timezone.localtime())
        content = self._write(operation, stamp, source(request.value, request.context))
        name = stamp.named(self.file)
        kind = f"text/plain; charset={self.file.encoding}"
        wire = Wire(content, b"", kind, "", "written")
        with self.door.session(request.timeout, wire) as client:
            if self.door.read(client, self._answer_path(digest)) is None:
                path = PurePosixPath(self.file.folder) / name
                there = self.door.read(client, path)
                if there is None:
                    self.door.put(client, path, self.file.temporary_suffix, content)
                elif not self.file.same_records(there, content):
                    raise Refused(self.key, f"{name} was written before with other records", wire=wire)
        return Reply(Pending(f"{name}/1", self.poll), wire)

    def check(self, request: Request, reference: str) -> Reply:
        """Read the acknowledgement of ``file name/record number``; Pending while there is none."""
        operation = self.operations.find(request)
        name, _, number = reference.rpartition("/")
        before, _, after = self.file.name.partition("{digest}")
        digest = name.removeprefix(before).removesuffix(after)
        if not number.isdecimal() or self.file.name.format(digest=digest) != name:
            return Reply(Rejected("not-found", f"{reference!r} is not a record of ours"), Wire())
        path = self._answer_path(digest)
        asked = Wire(f"GET {path}".encode(), b"", "text/plain")
        with self.door.session(request.timeout, asked) as client:
            content = self.door.read(client, path)
        if content is None:
            return Reply(
                Pending(reference, self.poll), Wire(asked.sent, b"", "text/plain", "", "not there yet")
            )
        wire = Wire(asked.sent, content, "text/plain", f"text/plain; charset={self.file.encoding}", "read")
        return self._concluded(operation, content, digest, int(number), wire)

    def unmapped(self) -> dict[str, list[str]]:
        """Required fields that no rule fills, by operation; empty where the mapping is complete."""
        return self.operations.unmapped()

    def _answer_path(self, digest: str) -> PurePosixPath:
        form = self.acknowledgement
        return PurePosixPath(form.folder) / form.name.format(digest=digest)

    def _write(self, operation: Compiled, stamp: Stamp, value: JSON) -> bytes:
        try:
            values = operation.writer.build(value)
            return b"".join(batch.write(self.file, stamp, [(operation.record, values)]))
        except Unfit as error:
            raise Refused(self.key, error.message, field=error.path) from error
        except Violation as error:
            raise Refused(self.key, error.message, field=operation.canonical_path(error.path)) from error

    def _concluded(self, operation: Compiled, content: bytes, digest: str, number: int, wire: Wire) -> Reply:
        try:
            stamp = Stamp(digest, timezone.localtime())
            found = batch.find(self.acknowledgement, BytesIO(content), stamp, number)
            reader, plan = operation.readers[found.code]
            result = plan.conclude(reader.read(dict(found.values)))
        except Violation as error:
            raise NotUnderstood(self.key, error.message, line=error.line, wire=wire) from error
        except (Unfit, MappingWrong, KeyError) as error:
            raise NotUnderstood(self.key, str(error), wire=wire) from error
        if isinstance(result, Rejected) and result.value.get("field"):
            field = operation.canonical_path(str(result.value["field"]))
            result = Rejected(result.code, result.reason, field, result.value)
        return Reply(result, wire)


def build(spec: ConnectionSpec) -> RecordsAdapter:
    """Build the adapter of a connection; raises Misconfigured."""
    return RecordsAdapter(spec)
