"""Records that go with others in one file: entered, sent in a file of their own, and answered.

The file is put to a real SFTP folder and its acknowledgement fetched from there, so that header, order and
totals of both count. Needs a database, and leaves it as it was.
"""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from django.db import transaction

from adapters import registry
from adapters.batches import BatchFile, BatchRecord
from adapters.connection_spec import ConnectionSpec
from adapters.contracts.layout import FileLayout
from adapters.contracts.violation import Violation
from adapters.kinds.records import batch
from adapters.kinds.records.batch import Stamp
from adapters.kinds.records.operation import compile_contract
from adapters.models import Exchange
from adapters.regression import by_files
from adapters.regression.recorded import KEY, Recorded, answer_of

RECORD = "record"  # of what is held: the fields of a record that was sent
STATE = "state"  # … and where its file was
VERDICT = "verdict"  # of what is held: {"code", "values"} of the acknowledging record
_FILE = uuid.UUID(int=0x0B57)  # names the replay's file
_WRITTEN = datetime(2000, 1, 1, 12, tzinfo=UTC)
State = BatchFile.State


def replay(recorded: Recorded, spec: ConnectionSpec) -> Recorded:
    """The same with the record and the file that would go today, or with what a verdict means today."""
    spec = replace(spec, key=KEY)  # apart from the records that wait here for the same agency
    with transaction.atomic(), by_files.folder() as agency:
        try:
            adapter = registry.build(by_files.reaching(spec, agency))
            answer = (
                _asked(adapter, recorded, spec, agency) if recorded.reference else _entered(adapter, recorded)
            )
            sent = [] if recorded.reference else by_files.written(agency, compile_contract(spec).file)
            return replace(recorded, sent=sent, answer=answer)
        finally:
            transaction.set_rollback(True)


def _entered(adapter: Any, recorded: Recorded) -> dict[str, Any]:
    """The record is taken; then its file is due, and goes."""
    answer = answer_of(adapter, recorded)
    record = BatchRecord.objects.filter(connection=adapter.key, idempotency_key=KEY).first()
    if record is None:
        return answer
    BatchFile.objects.filter(pk=record.file_id).update(
        due_at=_WRITTEN, public_id=_FILE, sequence=1, state=State.CLOSED, written_at=_WRITTEN
    )
    reference = f"record/{record.pk}"
    asked = answer_of(adapter, replace(recorded, reference=reference))
    told = json.dumps({"taken": answer, "asked": asked}).replace(reference, "@reference")
    found: dict[str, Any] = json.loads(told)
    return {**found["taken"], "asked": found["asked"]}


def _asked(
    adapter: Any, recorded: Recorded, spec: ConnectionSpec, agency: by_files.RecordedFolder
) -> dict[str, Any]:
    """What is said of a record whose file is where it was then."""
    held = recorded.held
    if not held:
        return answer_of(adapter, recorded)
    state = State(held[STATE])
    file = BatchFile.objects.create(
        connection=spec.key, sequence=1, count=1, public_id=_FILE, written_at=_WRITTEN,
        due_at=_later() if state == State.COLLECTING else _WRITTEN,
        state=State.SENT if state == State.ANSWERED else state,
    )  # fmt: skip
    record = BatchRecord(
        file=file, number=1, connection=spec.key, idempotency_key=KEY, operation=recorded.operation
    )
    record.values = held[RECORD]
    record.save(force_insert=True)
    if state == State.ANSWERED or recorded.received:
        try:
            _acknowledge(recorded, spec, agency, file)
        except Violation as error:
            why = f"the layout has no place for the recorded answer: {error.path} {error.message}"
            return {"state": str(Exchange.State.NOT_UNDERSTOOD), "reason": why}
    reference = f"record/{record.pk}"
    answer = answer_of(adapter, recorded, reference)
    found: dict[str, Any] = json.loads(json.dumps(answer).replace(reference, "@reference"))
    return found


def _acknowledge(
    recorded: Recorded, spec: ConnectionSpec, agency: by_files.RecordedFolder, file: BatchFile
) -> None:
    """Put an acknowledgement with the recorded verdict, or the one that was not understood."""
    form = compile_contract(spec).acknowledgement
    stamp = Stamp(batch.digest_of(str(file.public_id)), _WRITTEN, file.sequence, file.count)
    content = recorded.received.encode(form.encoding, "replace")
    if recorded.held.get(VERDICT):
        told = recorded.held[VERDICT]
        content = b"".join(_framed(form, stamp, form.records[told["code"]], told["values"]))
    name = stamp.named(form)
    (agency.root / "out" / name).write_bytes(content)
    if form.marker_suffix:
        (agency.root / "out" / f"{name}{form.marker_suffix}").write_bytes(b"")


def _framed(form: FileLayout, stamp: Stamp, record: Any, values: dict[str, str]) -> Any:
    """Header, verdict and trailer; what the frame says of counts is right."""
    own = {**stamp.values(), "receivedCount": str(stamp.count), "processedDate": f"{_WRITTEN:%Y%m%d}"}
    numbered = {**values, **({"recordNo": "1"} if "recordNo" in values else {})}
    rows = [(form.head, own), (record, numbered), (form.tail, own)]
    return form.write((one, fields) for one, fields in rows if one is not None)


def _later() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


def one_record(form: FileLayout, content: bytes) -> tuple[str, dict[str, str]]:
    """The code and the fields of a record by itself, outside of any file; raises Violation."""
    for record, values, _ in form.alone(BytesIO(content)):
        return record.code, values
    raise Violation("there is no record")
