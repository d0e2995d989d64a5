"""One batch file of the Social Insurance Agency: taken apart strictly, answered by an acknowledgement."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from adapters.sandbox.records import FieldFault, layout, read, record_of, write

CONTROL = {chr(code) for code in (*range(32), *range(127, 160))}


class FileFault(Exception):
    """The whole file is refused; ``code`` is of the layout's list for F1. Final."""

    def __init__(self, code: str, reason: str, line: int) -> None:
        super().__init__(f"{code}: {reason} (line {line})")
        self.code = code
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one record: a journal number, or the code of a rejection."""

    number: str
    insured: str
    journal: str = ""
    code: str = ""
    reason: str = ""
    field_name: str = ""


@dataclass(slots=True)
class Acknowledgement:
    """The answer to one batch file."""

    digest: str
    verdicts: list[Verdict] = field(default_factory=list)
    fault: FileFault | None = None

    def lines(self, now: datetime) -> list[str]:
        """The acknowledgement's records."""
        stamp = {"processedDate": now.strftime("%Y%m%d"), "processedTime": now.strftime("%H%M%S")}
        lines = [_line("K0", {"batchDigest": self.digest, **stamp})]
        if self.fault is not None:
            values = {"reasonCode": self.fault.code, "reasonText": self.fault.reason}
            lines.append(_line("F1", {**values, "lineNo": str(self.fault.line)}))
        lines += [_verdict_line(verdict) for verdict in self.verdicts]
        accepted = sum(not verdict.code for verdict in self.verdicts)
        rejected = len(self.verdicts) - accepted
        return [*lines, _line("T9", {"acceptedCount": str(accepted), "rejectedCount": str(rejected)})]

    def encoded(self, now: datetime) -> bytes:
        """The file's bytes."""
        form = layout()["acknowledgement"]
        end = form["line_end"]
        return "".join(line + end for line in self.lines(now)).encode(form["encoding"])


def acknowledge(content: bytes, digest: str, judge: Callable[[dict[str, str]], Verdict]) -> Acknowledgement:
    """Read a file and judge each A1 record; a file that is not in order is refused as a whole."""
    answer = Acknowledgement(digest)
    try:
        records = _records(content, digest)
    except FileFault as fault:
        answer.fault = fault
        return answer
    answer.verdicts = [judge(record) for record in records]
    return answer


def _line(code: str, values: dict[str, str]) -> str:
    return write(record_of(code, acknowledgement=True), values)


def _verdict_line(verdict: Verdict) -> str:
    values = {"recordNo": verdict.number, "insuredNo": verdict.insured}
    if not verdict.code:
        return _line("K1", {**values, "journalNo": verdict.journal})
    reason = {"reasonCode": verdict.code, "reasonText": verdict.reason, "fieldName": verdict.field_name}
    return _line("R1", {**values, **reason})


def _lines(content: bytes) -> list[str]:
    form = layout()["file"]
    text = content.decode(form["encoding"])
    lines = text.split(form["line_end"])
    for number, line in enumerate(lines, start=1):
        if CONTROL & set(line):
            raise FileFault("91", "a control character, or not ISO-8859-1", number)
    if lines[-1] != "" or len(lines) < 3 or not lines[-2].startswith("T9"):
        raise FileFault("94", "the file ends before its trailer", len(lines))
    for number, line in enumerate(lines[:-1], start=1):
        if len(line) != form["length"]:
            raise FileFault("92", f"a record has {len(line)} characters", number)
    return lines[:-1]


def _records(content: bytes, digest: str) -> list[dict[str, str]]:
    """The A1 records, header, order and totals checked; a record's own faults are noted in ``!field``."""
    lines = _lines(content)
    header = _insist("H0", lines[0], 1)
    if header["batchDigest"] != digest:
        raise FileFault("92", "the header names another batch than the file's name", 1)
    records = []
    for number, line in enumerate(lines[1:-1], start=2):
        if not line.startswith("A1") or line[2:8] != f"{number - 1:06d}":
            raise FileFault("92", "records are not A1 in sequence", number)
        records.append(_tolerant(line))
    trailer = _insist("T9", lines[-1], len(lines))
    zips = sum(int(record["zip"]) for record in records if record["zip"].isdecimal())
    if int(trailer["recordCount"]) != len(records) or int(trailer["zipTotal"]) != zips:
        raise FileFault("93", "the totals do not agree with the records", len(lines))
    return records


def _insist(code: str, line: str, number: int) -> dict[str, str]:
    try:
        return read(record_of(code), line)
    except FieldFault as fault:
        raise FileFault("92", str(fault), number) from fault


def _tolerant(line: str) -> dict[str, str]:
    record = record_of("A1")
    try:
        return read(record, line)
    except FieldFault as fault:
        raw = {f["name"]: line[f["at"] - 1 : f["at"] - 1 + f["width"]].rstrip() for f in record["fields"]}
        return {**raw, "!field": fault.name, "!detail": fault.detail}
