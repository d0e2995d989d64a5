"""Record layouts: fixed-width files described in TOML, compiled to writers and strict readers of lines.

Positions count from 1. Field types: text (left, blanks), number (right, zeros), date YYYYMMDD, time HHMMSS,
const, blank. Totals in a trailer are computed when writing and checked when reading.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters.contracts.violation import ContractUnreadable, Violation

_MOMENTS = {"date": "%Y%m%d", "time": "%H%M%S"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ALIKE = str.maketrans(
    "ŁłŐőŰűŠšŽžČčĆćĐđŃńĘęĄąŚśŹźŻżĞğİıŞş–—‘’“”", "LlOoUuSsZzCcCcDdNnEeAaSsZzZzGgIiSs--''\"\""
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record."""

    name: str
    at: int
    width: int
    type: str
    value: str
    required: bool
    pattern: re.Pattern[str] | None
    codes: frozenset[str]
    overflow: str  # refuse or truncate
    unencodable: str  # refuse, blank or transliterate
    total: str  # count or sum, "" where the field is no total
    of: str  # what is counted or summed: a record code, or code.field

    def write(self, value: str, encoding: str) -> str:
        """Exactly ``width`` characters; raises Violation naming the field."""
        if self.type == "const":
            return self.value.ljust(self.width)
        if _CONTROL.search(value):
            raise Violation("has a control character", path=self.name)
        value = self._encodable(value, encoding)
        if not value and self.required:
            raise Violation("is required by the agency", path=self.name)
        if len(value) > self.width:
            if self.overflow != "truncate":
                raise Violation(f"is longer than {self.width} characters", path=self.name)
            value = value[: self.width]
        self._check(value)
        return value.zfill(self.width) if self.type == "number" else value.ljust(self.width)

    def read(self, raw: str, line: int) -> str:
        """The value of a received field; raises Violation with the line."""
        value = raw.rstrip(" ")
        if self.type == "const" and value != self.value:
            raise Violation(f"{self.name} is {value!r}, not {self.value!r}", path=self.name, line=line)
        try:
            self._check(value)
        except Violation as error:
            raise Violation(f"{self.name} {error.message}", path=self.name, line=line) from error
        return value

    def _check(self, value: str) -> None:
        if self.type == "number" and value and not (value.isascii() and value.isdigit()):
            raise Violation("is not a number", path=self.name)
        if self.type in _MOMENTS and value and not _is_moment(value, _MOMENTS[self.type]):
            raise Violation(f"is not a {self.type}", path=self.name)
        if self.type == "blank" and value:
            raise Violation("must be blank", path=self.name)
        if self.pattern is not None and value and not self.pattern.fullmatch(value):
            raise Violation(f"does not match {self.pattern.pattern}", path=self.name)
        if self.codes and value and value not in self.codes:
            raise Violation(f"{value!r} is not one of its codes", path=self.name)

    def _encodable(self, value: str, encoding: str) -> str:
        try:
            value.encode(encoding)
        except UnicodeEncodeError as error:
            if self.unencodable == "blank":
                return ""
            alike = value.translate(_ALIKE)
            if (
                self.unencodable == "transliterate"
                and alike.encode(encoding, "ignore").decode(encoding) == alike
            ):
                return alike
            bad = value[error.start]
            raise Violation(f"has {bad!r}, which {encoding} cannot write", path=self.name) from error
        return value


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of record, known by the code it starts with."""

    code: str
    operation: str
    fields: tuple[Field, ...]

    def write(self, values: dict[str, str], encoding: str) -> str:
        """One line without its end; raises Violation."""
        return "".join(field.write(values.get(field.name, ""), encoding) for field in self.fields)

    def read(self, text: str, line: int) -> dict[str, str]:
        """The fields of one line; raises Violation."""
        return {
            field.name: field.read(text[field.at - 1 : field.at - 1 + field.width], line)
            for field in self.fields
        }


@dataclass(frozen=True, slots=True)
class FileLayout:
    """One kind of file."""

    encoding: str
    line_end: str
    length: int
    folder: str
    name: str
    temporary_suffix: str
    order: re.Pattern[str]
    records: dict[str, Record]

    def read(self, content: bytes) -> list[tuple[Record, dict[str, str], int]]:
        """Records, values and lines of a received file, with order and totals checked; raises Violation."""
        try:
            text = content.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise Violation(f"not {self.encoding} at byte {error.start}") from error
        lines = text.split(self.line_end)
        if lines.pop() != "":
            raise Violation("the file ends in the middle of a record", line=len(lines) + 1)
        found = [self._record(one, number) for number, one in enumerate(lines, start=1)]
        if not self.order.fullmatch("".join(f"{record.code};" for record, _, _ in found)):
            raise Violation("the records are not in order, or some are missing", line=len(lines))
        self._check_totals(found)
        return found

    def _record(self, text: str, line: int) -> tuple[Record, dict[str, str], int]:
        if len(text) != self.length:
            raise Violation(f"a record of {len(text)} characters, not {self.length}", line=line)
        record = self.records.get(text[:2])
        if record is None:
            raise Violation(f"there is no record {text[:2]!r}", line=line)
        return record, record.read(text, line), line

    def _check_totals(self, found: list[tuple[Record, dict[str, str], int]]) -> None:
        for record, values, line in found:
            for field in record.fields:
                if field.total and int(values[field.name] or 0) != total(
                    field, [(one.code, own) for one, own, _ in found]
                ):
                    raise Violation(f"the total {field.name} does not agree", path=field.name, line=line)


def total(field: Field, records: list[tuple[str, dict[str, str]]]) -> int:
    """What a total field must say about these records."""
    code, _, name = field.of.partition(".")
    own = [values for record, values in records if record == code]
    return len(own) if field.total == "count" else sum(int(values[name] or 0) for values in own)


def is_encodable(text: str, encoding: str) -> bool:
    """True where the encoding can write every character."""
    return text.encode(encoding, "ignore").decode(encoding) == text


def _is_moment(value: str, form: str) -> bool:
    """True for a full date or time that exists, all its digits written."""
    try:
        return datetime.strptime(value, form).strftime(form) == value
    except ValueError:
        return False


def read(path: Path) -> dict[str, FileLayout]:
    """The file and, where there is one, the acknowledgement of a layout; raises ContractUnreadable."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        layouts = {"file": _layout(document["file"], document["record"])}
        if "acknowledgement" in document:
            table = document["acknowledgement"]
            layouts["acknowledgement"] = _layout(table, table["record"])
    except OSError as error:
        raise ContractUnreadable(path.name, f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, KeyError, re.error) as error:
        raise ContractUnreadable(path.name, f"{type(error).__name__}: {error}") from error
    return layouts


def _layout(table: dict[str, Any], records: list[dict[str, Any]]) -> FileLayout:
    order = "".join(
        f"(?:{re.sub(r'[A-Z][0-9]', lambda code: f'(?:{code[0]};)', part.replace(' ', ''))})"
        for part in table["order"]
    )
    layout = FileLayout(
        table["encoding"],
        table["line_end"],
        table["length"],
        table["folder"],
        table["name"],
        table.get("temporary_suffix", ".part"),
        re.compile(order),
        {record["code"]: _record(record) for record in records},
    )
    for record in layout.records.values():
        width = sum(field.width for field in record.fields)
        if width != layout.length:
            raise KeyError(f"record {record.code} is {width} wide, not {layout.length}")
    return layout


def _record(table: dict[str, Any]) -> Record:
    fields = tuple(
        Field(
            one["name"],
            one["at"],
            one["width"],
            one["type"],
            one.get("value", ""),
            bool(one.get("required", False)),
            re.compile(one["pattern"]) if "pattern" in one else None,
            frozenset(one.get("codes", ())),
            one.get("overflow", "refuse"),
            one.get("unencodable", "refuse"),
            one.get("total", ""),
            one.get("of", ""),
        )
        for one in table["fields"]
    )
    return Record(table["code"], table.get("operation", ""), fields)
