"""What a test keeps of a row of the exchange log, with stand-ins, before it is made again at first."""

import re
from typing import Any

from adapters.batches import BatchFile, BatchRecord
from adapters.connection_spec import ConnectionSpec
from adapters.contracts import layout
from adapters.contracts.violation import Violation
from adapters.models import Exchange
from adapters.regression import by_batch, by_files, by_hand, letters, messages
from adapters.regression.pseudonyms import Pseudonyms
from adapters.regression.recorded import RELATED, Recorded

_STATUS = re.compile(r"\b([1-5]\d\d)\b")
_RELATES_TO = re.compile(r"(RelatesTo(?:\s[^>]*)?>)[^<]*(<)")
_OF_OUR_MAKING = {"records", "workbench"}


def recording(row: Exchange, names: Pseudonyms, spec: ConnectionSpec) -> Recorded:
    """The recording of a row; raises Violation where a stand-in does not fit a record layout."""
    _learn(row, names)
    canonical = messages.value(names, row.canonical_value)
    if spec.kind in _OF_OUR_MAKING and row.operation.endswith(".check"):
        canonical = row.canonical_value  # a file's name, a record's or an item's number: ours, and nobody's
        names.told.update(map(str, canonical.values()))
    operation, _, is_check = row.operation.partition(".")
    status = _STATUS.search(row.status)
    received, media_type = _received(row, names, spec)
    return Recorded(
        connection=row.connection,
        operation=operation,
        value=canonical,
        reference=str(canonical.get("reference", "")) if is_check == "check" else "",
        status=int(status[1]) if status else 200,
        media_type=media_type,
        received=received,
        direction=row.direction,
        held=_held(row, names, spec) if is_check == "check" else {},
    )


def _learn(row: Exchange, names: Pseudonyms) -> None:
    """What is known from one part of the exchange is found inside of every other."""
    for value in (row.canonical_value, row.answer_value):
        messages.learn(names, value)
    messages.learn_body(names, row.received_bytes, row.received_type)
    messages.learn_body(names, row.sent_bytes, row.sent_type)


def _received(row: Exchange, names: Pseudonyms, spec: ConnectionSpec) -> tuple[str, str]:
    """The answer's text and its media type."""
    content, kind = row.received_bytes, row.received_type or messages.XML
    if not content:
        return "", kind
    if kind == letters.MAIL:
        return letters.pseudonymised(names, content), kind
    if spec.kind == "workbench":
        return "", kind  # our own queue's answer is made anew
    if spec.kind == "records" and row.direction == Exchange.Direction.OUT:
        return by_files.pseudonymised(names, content, layout.read(spec.contract)["acknowledgement"]), kind
    text, kind = messages.body(names, content, kind)
    if row.direction == Exchange.Direction.OUT:
        text = _RELATES_TO.sub(rf"\g<1>{RELATED}\g<2>", text)
    return text, kind


def _held(row: Exchange, names: Pseudonyms, spec: ConnectionSpec) -> dict[str, Any]:
    """What the portal had to go by when it asked."""
    if spec.kind == "workbench":
        held: dict[str, Any] = messages.value(names, by_hand.held(row))
        return held
    if not spec.option("batch", {}):
        return {}
    return _record(row, names, spec)


def _record(row: Exchange, names: Pseudonyms, spec: ConnectionSpec) -> dict[str, Any]:
    """A record in its file, and the verdict on it; {} where there is none of that number."""
    number = str(row.canonical_value.get("reference", "")).partition("/")[2]
    found = BatchRecord.objects.filter(connection=row.connection)
    record = found.filter(pk=int(number)).select_related("file").first() if number.isdecimal() else None
    if record is None:
        return {}
    forms = layout.read(spec.contract)
    operation = spec.mapping()["operations"][record.operation]
    fields = by_files.fields(names, forms["file"].records[operation["call"]], record.values)
    held: dict[str, Any] = {by_batch.RECORD: fields, by_batch.STATE: _place(row)}
    try:
        answer = forms["acknowledgement"]
        code, values = by_batch.one_record(answer, row.received_bytes)
    except Violation:
        return held
    return {
        **held,
        by_batch.VERDICT: {"code": code, "values": by_files.fields(names, answer.records[code], values)},
    }


def _place(row: Exchange) -> str:
    """Where the file was when it was asked after, by the row's status."""
    word = row.status.partition(" ")[0].partition(";")[0]
    return word if word in BatchFile.State.values else str(BatchFile.State.SENT)
