"""A batch file around records: header, numbering, totals; and its acknowledgement taken apart."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from adapters.contracts import layout
from adapters.contracts.layout import FileLayout, Record
from adapters.contracts.violation import Violation
from adapters.ports import JSON


def digest_of(idempotency_key: str) -> str:
    """What the file's name carries: 32 hexadecimal digits of SHA-256 over the key, in upper case."""
    return hashlib.sha256(idempotency_key.encode()).hexdigest()[:32].upper()


def write(form: FileLayout, digest: str, detail: Record, values: list[JSON], now: datetime) -> bytes:
    """A whole file: header, one record per value, trailer with totals; raises Violation."""
    stamp = {"writtenDate": f"{now:%Y%m%d}", "writtenTime": f"{now:%H%M%S}", "batchDigest": digest}
    written: list[tuple[str, dict[str, str]]] = []
    lines: list[str] = []
    for number, value in enumerate(values, start=1):
        own = {**value, "recordNo": str(number)}
        lines.append(detail.write(own, form.encoding))
        written.append((detail.code, own))
    codes = list(form.records)
    header, trailer = form.records[codes[0]], form.records[codes[-1]]
    totals = {field.name: str(layout.total(field, written)) for field in trailer.fields if field.total}
    lines = [header.write(stamp, form.encoding), *lines, trailer.write(totals, form.encoding)]
    return "".join(f"{line}{form.line_end}" for line in lines).encode(form.encoding)


def same_records(form: FileLayout, one: bytes, other: bytes) -> bool:
    """True where two files differ at most in their header, which carries the time of writing."""
    end = form.line_end.encode(form.encoding)
    return one.partition(end)[2] == other.partition(end)[2]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the agency says of one record: the code of its own record, the fields, and the line."""

    code: str
    values: dict[str, str]


def find(form: FileLayout, content: bytes, digest: str, number: int) -> Acknowledged:
    """The verdict on record ``number``, or on the whole file; raises Violation."""
    found = form.read(content)
    header = found[0][1]
    if header.get("batchDigest") != digest:
        raise Violation("the acknowledgement is of another file", line=1)
    for record, values, _ in found[1:-1]:
        if "recordNo" not in values or int(values["recordNo"]) == number:
            return Acknowledged(record.code, values)
    raise Violation(f"the acknowledgement says nothing of record {number}", line=len(found))
