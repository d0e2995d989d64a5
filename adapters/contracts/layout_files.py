"""Record files as streams: framed, read strictly, written exactly, with order and control totals checked.

Memory does not grow with the file. A file is believed only when it has been read to its end: what a reader
yields before that is not to be acted upon.
"""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO

from adapters.contracts.decimals import amount
from adapters.contracts.layout_fields import Record
from adapters.contracts.layout_order import Order
from adapters.contracts.layout_totals import Totals
from adapters.contracts.violation import Violation

CHUNK = 16 * 1024
LONGEST_LINE = 100_000
Line = tuple[Record, dict[str, str], int]
Row = tuple[Record, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written (RFC 4180 and what is met in its place)."""

    delimiter: str
    quote: str
    quoting: int
    escape: str | None
    header: str  # "" none, exact, or by-name: the columns stand in any order


@dataclass(frozen=True, slots=True)
class FileLayout:
    """One kind of file. ``length`` counts characters of a fixed-width record, 0 for CSV."""

    encoding: str
    line_end: (
        str  # "" for records one after the other, "any" for CRLF or LF, "rdw" for record descriptor words
    )
    length: int
    folder: str
    name: str
    temporary_suffix: str
    marker_suffix: str  # a file beside it that says it is complete, "" where there is none
    trimmed: bool  # blanks at the end of a line may be missing, and the last line's end
    code_at: int
    code_width: int
    order: Order
    records: dict[str, Record]
    head: Record | None  # what each file begins with
    tail: Record | None  # … and ends with
    csv: Dialect | None

    def read(self, content: bytes) -> list[Line]:
        """Records, values and lines of a whole file; raises Violation."""
        return list(self.lines(BytesIO(content)))

    def lines(self, stream: BinaryIO) -> Iterator[Line]:
        """The same, record by record; raises Violation, also at the end."""
        totals, state, number = Totals(self.records.values()), self.order.start, 0
        for record, values, number in self._rows(stream):
            state = self._ordered(state, record, number)
            totals.add(record.code, values)
            self._agrees(totals, record, values, number)
            yield record, values, number
        if not self.order.is_end(state):
            expected = ", ".join(self.order.expected(state))
            raise Violation(f"the records are not in order, or some are missing: {expected}", line=number)

    def alone(self, stream: BinaryIO) -> Iterator[Line]:
        """Records by themselves, outside of any file: no order, no totals; raises Violation."""
        yield from self._rows(stream)

    def faults(self, stream: BinaryIO, most: int = 100) -> list[Violation]:
        """Every line that is not in itself in order, at most so many; order and totals are not looked at."""
        found: list[Violation] = []
        try:
            for text, number in self._texts(stream):
                try:
                    self._record(text, number)
                except Violation as error:
                    found.append(error)
                if len(found) == most:
                    break
        except Violation as error:
            found.append(error)
        return found

    def write(self, rows: Iterable[Row]) -> Iterator[bytes]:
        """The file's bytes, record by record, totals filled in; raises Violation."""
        totals = Totals(self.records.values())
        if self.csv is not None and self.csv.header:
            yield self._joined([field.title for field in self._only().fields]).encode(self.encoding)
        for record, values in rows:
            totals.add(record.code, values)
            yield self.line(record, {**values, **totals.due(record)})

    def line(self, record: Record, values: dict[str, str]) -> bytes:
        """One record with its end; raises Violation."""
        if self.csv is not None:
            return self._joined(record.cells(values, self.encoding)).encode(self.encoding)
        written = record.write(values, self.encoding).encode(self.encoding)
        if self.line_end == "rdw":
            return (len(written) + 4).to_bytes(2, "big") + b"\0\0" + written
        return written + self._end.encode(self.encoding)

    def same_records(self, one: bytes, other: bytes) -> bool:
        """True where two files differ at most in their first line, which carries the time of writing."""
        if self.line_end in ("", "rdw"):
            return one[self.length :] == other[self.length :]
        end = self._end.encode(self.encoding)
        return one.partition(end)[2] == other.partition(end)[2]

    @property
    def _end(self) -> str:
        return "\r\n" if self.line_end == "any" else self.line_end

    def _only(self) -> Record:
        return next(iter(self.records.values()))

    def _ordered(self, state: frozenset[int], record: Record, number: int) -> frozenset[int]:
        after = self.order.after(state, record.code)
        if not after:
            expected = ", ".join(self.order.expected(state)) or "the end"
            raise Violation(
                f"the records are not in order: {record.code} stands where {expected} should", line=number
            )
        return after

    def _agrees(self, totals: Totals, record: Record, values: dict[str, str], number: int) -> None:
        for name, due in totals.due(record).items():
            if amount(values[name]) != Decimal(due):
                raise Violation(f"the total {name} does not agree: {due} counted", path=name, line=number)

    # --- fixed width ---

    def _rows(self, stream: BinaryIO) -> Iterator[Line]:
        if self.csv is not None:
            yield from self._csv_rows(stream, self.csv)
            return
        for text, number in self._texts(stream):
            yield self._record(text, number)

    def _record(self, text: str, number: int) -> Line:
        if self.trimmed and len(text) < self.length:
            text = text.ljust(self.length)
        if len(text) != self.length and self.line_end != "rdw":
            raise Violation(f"a record of {len(text)} characters, not {self.length}", line=number)
        code = text[self.code_at - 1 : self.code_at - 1 + self.code_width].rstrip(" ")
        record = self.records.get(code) if self.code_width else self._only()
        if record is None:
            raise Violation(f"there is no record {code!r}", line=number)
        width = sum(field.width for field in record.fields)
        if len(text) != width:
            raise Violation(f"a record {code} of {len(text)} characters, not {width}", line=number)
        return record, record.read(text, number, self.encoding), number

    def _texts(self, stream: BinaryIO) -> Iterator[tuple[str, int]]:
        for number, raw in enumerate(self._frames(stream), start=1):
            yield self._decoded(raw, number), number

    def _decoded(self, raw: bytes, number: int) -> str:
        try:
            return raw.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise Violation(f"not {self.encoding} at byte {error.start} of the line", line=number) from error

    def _frames(self, stream: BinaryIO) -> Iterator[bytes]:
        if self.line_end == "rdw":
            yield from _described(stream)
        elif not self.line_end:
            yield from _blocks(stream, self.length)
        else:
            end, either = self._end.encode(self.encoding), self.line_end == "any"
            yield from _split(stream, end, either=either, unended=self.trimmed and self.tail is not None)

    # --- CSV ---

    def _csv_rows(self, stream: BinaryIO, form: Dialect) -> Iterator[Line]:
        reader = csv.reader(self._csv_lines(stream), strict=True, **self._csv_options(form))
        titles = self._header(reader, form) if form.header else None
        try:
            for cells in reader:
                yield self._csv_record(cells, reader.line_num, titles)
        except csv.Error as error:
            raise Violation(f"not CSV: {error}", line=reader.line_num) from error

    def _csv_lines(self, stream: BinaryIO) -> Iterator[str]:
        end = self._end.encode(self.encoding)
        for number, raw in enumerate(_split(stream, end, either=self.line_end == "any"), start=1):
            if number == 1 and raw.startswith(codecs.BOM_UTF8) and self.encoding.lower().startswith("utf"):
                raw = raw.removeprefix(codecs.BOM_UTF8)
            yield self._decoded(raw, number) + "\r\n"

    def _csv_record(self, cells: list[str], number: int, titles: list[str] | None) -> Line:
        record = self._only() if not self.code_width else self.records.get(cells[0] if cells else "")
        if record is None:
            raise Violation(f"there is no record {cells[0] if cells else ''!r}", line=number)
        if len(cells) != (len(titles) if titles else len(record.fields)):
            raise Violation(f"{len(cells)} values where {len(record.fields)} should be", line=number)
        named = dict(zip(titles or [field.title for field in record.fields], cells, strict=True))
        values = {
            field.name: field.read(named.get(field.title, ""), number, self.encoding)
            for field in record.fields
        }
        return record, values, number

    def _header(self, reader: Iterator[list[str]], form: Dialect) -> list[str]:
        titles = [title.strip() for title in next(reader, [])]
        wanted = [field.title for field in self._only().fields]
        missing = [title for title in wanted if title not in titles]
        if missing or len(set(titles)) != len(titles) or (form.header == "exact" and titles != wanted):
            raise Violation(f"the header is not {', '.join(wanted)}", line=1)
        return titles

    def _joined(self, cells: list[str]) -> str:
        if self.csv is None:
            raise ValueError("not a CSV layout")
        out = _Line()
        csv.writer(out, lineterminator=self._end, **self._csv_options(self.csv)).writerow(cells)
        return out.text

    def _csv_options(self, form: Dialect) -> dict[str, Any]:
        return {
            "delimiter": form.delimiter,
            "quotechar": form.quote,
            "quoting": form.quoting,
            "escapechar": form.escape,
            "doublequote": form.escape is None,
        }


class _Line:
    """What the csv module writes one line to."""

    text = ""

    def write(self, text: str) -> None:
        self.text += text


def _described(stream: BinaryIO) -> Iterator[bytes]:
    """Variable-length records: a four-byte word says how long each is, itself included (z/OS, RECFM=V)."""
    number = 0
    while head := stream.read(4):
        number += 1
        length = int.from_bytes(head[:2], "big") - 4
        body = stream.read(max(length, 0))
        if len(head) < 4 or length < 1 or len(body) != length:
            raise Violation("the file ends in the middle of a record", line=number)
        yield body


def _blocks(stream: BinaryIO, length: int) -> Iterator[bytes]:
    number = 0
    while block := stream.read(length):
        number += 1
        if len(block) != length:
            raise Violation("the file ends in the middle of a record", line=number)
        yield block


def _split(stream: BinaryIO, end: bytes, *, either: bool, unended: bool = False) -> Iterator[bytes]:
    """Lines without their end; ``either`` takes CRLF and LF, ``unended`` a last line that has none."""
    end = b"\n" if either else end
    rest, number = b"", 0
    while chunk := stream.read(CHUNK):
        *lines, rest = (rest + chunk).split(end)
        number += len(lines)
        yield from (line.removesuffix(b"\r") for line in lines) if either else lines
        if len(rest) > LONGEST_LINE:
            raise Violation(f"a line of more than {LONGEST_LINE} bytes", line=number + 1)
    if rest and unended:
        yield rest
    elif rest:
        raise Violation("the file ends in the middle of a record", line=number + 1)
