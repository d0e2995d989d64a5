"""Norrby's case system: CSV files of code page 1252 over SFTP, many people in one, answered in a file.

It reads with the csv module and the words of its own layout, not with the portal's reader.
"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.sandbox import world
from adapters.simulator.files import SPOILING, FileAgency
from adapters.simulator.switches import Switches

NAME = re.compile(r"(?P<stem>FLYTT_(?P<sequence>[0-9]{6,})_(?P<digest>[0-9A-F]{32}))\.CSV")
COLUMNS = {"H": 5, "F": 10, "S": 3}
DIRECTION, PERSON, DAY, STREET, POSTCODE = 2, 3, 5, 6, 7
ENCODING = "cp1252"
JSON = dict[str, Any]


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


class Norrby(FileAgency):
    """NOR. A file that was answered before is not processed again: its answer stands."""

    key = "norrby"
    name = "Municipality of Norrby"
    protocol = "CSV in code page 1252 over SFTP, many cases in one file"

    def run(self) -> None:
        """One run: every complete file in /in, then every answer that is due."""
        for path in sorted((self.root / "in").iterdir()):
            match = NAME.fullmatch(path.name)
            if match is not None:
                self._process(match, path.read_bytes())
                path.unlink()
        for stem, answer in self.store.all("answer").items():
            if not answer["is_sound"] and datetime.now().timestamp() >= answer["due"]:
                self._answer(stem, answer)

    def _process(self, match: re.Match[str], content: bytes) -> None:
        with self.store.transaction():
            if self.store.get("answer", match["stem"]) is not None:
                self.store.receive("open_case", match["digest"], content)
                return
            switches = self.panel.take()
            rows = self._rows(match, content, switches)
            due = datetime.now().timestamp() + switches.late_seconds
            state = {"rows": rows, "due": due, "is_sound": False, "damage": switches.as_json()}
            self.store.put("answer", match["stem"], state)

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

    def _answer(self, stem: str, answer: JSON) -> None:
        """Write the answer and its marker; a spoilt one is written anew, sound, once its switch is off."""
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(answer["rows"])
        sound = out.getvalue().encode(ENCODING)
        content = _spoilt(sound, Switches(**answer["damage"]))
        self._hand_out(f"{stem}.KVITT", content)
        self._hand_out(f"{stem}.KVITT.KLAR", b"")
        now = self.panel.now
        still = {name: bool(answer["damage"][name]) and bool(getattr(now, name)) for name in SPOILING}
        state = {**answer, "is_sound": content == sound, "damage": {**answer["damage"], **still}}
        self.store.put("answer", stem, state)


def _spoilt(content: bytes, switches: Switches) -> bytes:
    """The answer as the switches want it."""
    if switches.wrong_contract:  # rows of a code that the layout does not know
        content = re.sub(rb"\r\n[KAE];", b"\r\nZ;", content)
    if switches.malformed:  # a quotation mark that nothing closes
        content = content.replace(b"\r\nS;", b'\r\n"S;')
    if switches.partial_file:
        content = content[: len(content) // 2]
    if switches.wrong_encoding:
        content = content.decode(ENCODING).encode("cp500")
    return content
