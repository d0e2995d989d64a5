"""A batch file around records: header, numbering, totals; and its acknowledgement taken apart."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from adapters.contracts.layout import FileLayout, Record
from adapters.contracts.layout_files import Row
from adapters.contracts.violation import Violation

Values = dict[str, str]


def digest_of(idempotency_key: str) -> str:
    """What the file's name carries: 32 hexadecimal digits of SHA-256 over the key, in upper case."""
    return hashlib.sha256(idempotency_key.encode()).hexdigest()[:32].upper()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What names one file. ``sequence`` 0 is a file that is not numbered."""

    digest: str
    written_at: datetime
    sequence: int = 0
    count: int = 0  # how many records were sent, 0 where that is not known

    def values(self) -> Values:
        """What header and trailer may say of the file."""
        return {
            "writtenDate": f"{self.written_at:%Y%m%d}",
            "writtenTime": f"{self.written_at:%H%M%S}",
            "batchDigest": self.digest,
            "sequenceNo": str(self.sequence) if self.sequence else "",
        }

    def named(self, form: FileLayout) -> str:
        """The file's name."""
        return form.name.format(digest=self.digest, sequence=self.sequence, date=f"{self.written_at:%Y%m%d}")


def write(form: FileLayout, stamp: Stamp, details: Iterable[tuple[Record, Values]]) -> Iterator[bytes]:
    """A file record by record: header, numbered details, trailer with totals; raises Violation."""
    return form.write(_rows(form, stamp, details))


def _rows(form: FileLayout, stamp: Stamp, details: Iterable[tuple[Record, Values]]) -> Iterator[Row]:
    if form.head is not None:
        yield form.head, stamp.values()
    for number, (record, values) in enumerate(details, start=1):
        yield record, {**stamp.values(), **values, "recordNo": str(number)}
    if form.tail is not None:
        yield form.tail, stamp.values()


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the agency says of one record: the code of its own record, and the fields."""

    code: str
    values: Values


def verdicts(form: FileLayout, stream: BinaryIO, stamp: Stamp) -> Iterator[tuple[int, Acknowledged]]:
    """The verdict on each record by its number, 0 for one on the whole file; raises Violation.

    Nothing is to be believed before the last one: totals and order stand at the end.
    """
    seen: set[int] = set()
    for record, values, line in form.lines(stream):
        _is_ours(values, stamp, line)
        if "recordNo" not in values:
            if record not in (form.head, form.tail):
                yield 0, Acknowledged(record.code, values)
            continue
        number = int(values["recordNo"] or 0)
        if number in seen:
            raise Violation(f"two answers to record {number}", path="recordNo", line=line)
        seen.add(number)
        yield number, Acknowledged(record.code, values)


def _is_ours(values: Values, stamp: Stamp, line: int) -> None:
    if values.get("batchDigest", stamp.digest) != stamp.digest:
        raise Violation("the acknowledgement is of another file", path="batchDigest", line=line)
    sequence = values.get("sequenceNo", "")
    if stamp.sequence and sequence and int(sequence) != stamp.sequence:
        raise Violation(f"the acknowledgement is of file {sequence}", path="sequenceNo", line=line)
    received = values.get("receivedCount", "")
    if stamp.count and received and int(received) != stamp.count:
        raise Violation(f"{received} of {stamp.count} records were received", path="receivedCount", line=line)


def find(form: FileLayout, stream: BinaryIO, stamp: Stamp, number: int) -> Acknowledged:
    """The verdict on record ``number``, or on the whole file; raises Violation."""
    found = dict(verdicts(form, stream, stamp))  # the whole file: the totals come last
    if number in found:
        return found[number]
    if 0 in found:
        return found[0]
    raise Violation(f"the acknowledgement says nothing of record {number}", line=1)
