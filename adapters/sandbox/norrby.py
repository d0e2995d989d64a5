"""Norrby's case system: CSV files of code page 1252 over SFTP, many people in one, answered in a file.

It reads with the csv module and the words of its own layout, not with the portal's reader.
"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime

from adapters.sandbox import world
from adapters.simulator.batches import BatchAgency, name_pattern
from adapters.simulator.switches import Switches

COLUMNS = {"H": 5, "F": 10, "S": 3}
DIRECTION, PERSON, DAY, STREET, POSTCODE = 2, 3, 5, 6, 7
ENCODING = "cp1252"


class FileFault(Exception):
    """The whole file is refused. Final."""

    def __init__(self, code: str, reason: str, line: int) -> None:
        super().__init__(reason)
        self.row = ["E", code, reason, str(line)]


@dataclass(frozen=True, slots=True)
class Batch:
    """A file in good order."""

    sequence: str
    digest: str
    rows: list[list[str]]


def parse(content: bytes, digest: str) -> Batch:
    """Take a file apart; raises FileFault."""
    try:
        text = content.decode(ENCODING)
    except UnicodeDecodeError as error:
        raise FileFault("E01", "not code page 1252", content[: error.start].count(b"\n") + 1) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise FileFault("E02", f"not CSV: {error}", reader.line_num) from error
    codes = "".join(row[0] if row else "?" for row in rows)
    if not text.endswith("\r\n") or not re.fullmatch("HF+S", codes):
        raise FileFault("E02", "rows not in order, or the file is not complete", len(rows))
    for number, row in enumerate(rows, start=1):
        if len(row) != COLUMNS[row[0]]:
            raise FileFault("E02", f"{len(row)} columns", number)
    head, *people, trailer = rows
    total = sum(int(row[POSTCODE]) for row in people if row[POSTCODE].isdecimal())
    if [int(trailer[1] or 0), int(trailer[2] or 0)] != [len(people), total]:
        raise FileFault("E03", "the totals do not agree with the rows", len(rows))
    if head[4] != digest:
        raise FileFault("E02", "the header names another file", 1)
    return Batch(head[2], digest, people)


class Norrby(BatchAgency):
    """NOR. A file that was answered before is not processed again: its answer stands."""

    key = "norrby"
    name = "Municipality of Norrby"
    protocol = "CSV in code page 1252 over SFTP, many cases in one file"
    taken = name_pattern("FLYTT_{sequence}_{digest}.CSV")
    encoding = ENCODING
    is_csv = True
    marker = ".KLAR"

    def answer_name(self, found: re.Match[str]) -> str:
        return f"{found.string.removesuffix('.CSV')}.KVITT"

    def come_again(self, found: re.Match[str], content: bytes) -> None:
        self.store.receive("open_case", found["digest"], content)

    def process(self, found: re.Match[str], content: bytes, switches: Switches) -> bytes:
        out = io.StringIO(newline="")
        rows = self._rows(found, content, switches)
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
        return out.getvalue().encode(ENCODING)

    def _rows(self, match: re.Match[str], content: bytes, switches: Switches) -> list[list[str]]:
        head = ["H", str(int(match["sequence"])), match["digest"], f"{datetime.now():%Y%m%d}"]
        try:
            batch = parse(content, match["digest"])
        except FileFault as fault:
            self.store.receive("refused file", match["digest"], content)
            return [head, fault.row, ["S", "0", "0", "0"]]
        verdicts = [self._judge(match["digest"], row, content, switches) for row in batch.rows]
        opened = sum(row[0] == "K" for row in verdicts)
        count = len(verdicts)
        return [head, *verdicts, ["S", str(count), str(opened), str(count - opened)]]

    def _judge(self, digest: str, row: list[str], content: bytes, switches: Switches) -> list[str]:
        number, key = row[1], f"{digest}/{int(row[1])}"
        self.store.receive("open_case", key, content)
        if row[DIRECTION] not in ("IN", "UT") or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", row[DAY]):
            return ["A", number, "F01", "value not in order", "moveDate"]
        if row[PERSON] not in world.people():
            return ["A", number, "F02", "nobody of this number", "personNo"]
        if switches.reject:
            return ["A", number, "F02", "no cases are opened at present", ""]
        diary = f"KS {datetime.now():%Y}/{self.store.next_number('diary')}"
        self.store.effect("open_case", key, {"person": row[PERSON], "street": row[STREET], "diary": diary})
        return ["K", number, diary]
