"""One field of a record file, and one record: exactly written, strictly read.

Types: text (left, blanks), number (right, zeros), packed (COMP-3), binary (COMP, big-endian), date, time,
const, blank. A value is text; the agency's own way of writing it is the field's business.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from adapters.contracts.decimals import Number
from adapters.contracts.violation import Violation

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_FORMULA = re.compile(r"[=+\-@\t\r]")  # what a spreadsheet would run when a clerk opens the file
_ALIKE = str.maketrans(
    "ŁłŐőŰűŠšŽžČčĆćĐđŃńĘęĄąŚśŹźŻżĞğİıŞş–—‘’“”", "LlOoUuSsZzCcCcDdNnEeAaSsZzZzGgIiSs--''\"\""
)
_MOMENT = {"YYYY": "%Y", "YY": "%y", "DDD": "%j", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S"}
_MOMENT["ffffff"] = "%f"  # microseconds


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``width`` 0 is one of any width, which only CSV has; ``at`` counts from 1."""

    name: str
    title: str
    at: int
    width: int
    type: str
    value: str
    required: bool
    pattern: re.Pattern[str] | None
    codes: frozenset[str]
    overflow: str  # refuse or truncate
    unencodable: str  # refuse, blank or transliterate
    empty: str  # what stands for no value, e.g. 00000000
    align: str  # left or right
    is_csv: bool  # not padded
    form: str  # how a date or time is written, in strptime's words
    number: Number | None
    formulas: str  # keep or refuse text that a spreadsheet would run
    total: str  # count or sum, "" where the field is no total
    of: tuple[str, ...]  # what is counted or summed: record codes, or code.field
    minus: tuple[str, ...]  # what is taken off
    since: str  # the record that begins the section, "" for the whole file

    @property
    def is_binary(self) -> bool:
        """True where the bytes are no text."""
        return self.type in {"packed", "binary"}

    def write(self, value: str, encoding: str) -> str:
        """The field as text, ``width`` characters where it has a width; raises Violation naming it."""
        try:
            return self._written(value, encoding)
        except Violation as error:
            raise Violation(error.message, path=self.name) from error

    def read(self, raw: str, line: int, encoding: str) -> str:
        """The value of a received field; raises Violation with the line."""
        try:
            return self._value(raw, encoding)
        except Violation as error:
            raise Violation(f"{self.name} {error.message}", path=self.name, line=line) from error

    def _written(self, value: str, encoding: str) -> str:
        if self.type == "const":
            return self._padded(self.value)
        if _CONTROL.search(value):
            raise Violation("has a control character")
        value = self._encodable(value, encoding)
        if not value:
            if self.required:
                raise Violation("is required by the agency")
            if self.empty:
                return self.empty
        if self.number is not None:
            written = self.number.write(value, encoding)
            if self.is_csv and self.width and len(written) > self.width:
                raise Violation(f"is longer than {self.width} characters")
            self._check(value)
            return written
        if self.width and len(value) > self.width:
            if self.overflow != "truncate":
                raise Violation(f"is longer than {self.width} characters")
            value = value[: self.width]
        self._check(value)
        return self._padded(value)

    def _padded(self, value: str) -> str:
        if self.is_csv:
            return value
        return value.rjust(self.width) if self.align == "right" else value.ljust(self.width)

    def _value(self, raw: str, encoding: str) -> str:
        if self.empty and raw == self.empty:
            return ""
        if self.number is not None:
            value = self.number.read(raw, encoding)
        else:
            value = raw.strip(" ") if self.align == "right" else raw.rstrip(" ")
            if _CONTROL.search(value):
                raise Violation("has a control character")
        if self.type == "const" and value != self.value:
            raise Violation(f"is {value!r}, not {self.value!r}")
        if self.required and not value:
            raise Violation("is empty")
        if self.is_csv and self.width and len(value) > self.width:
            raise Violation(f"is longer than {self.width} characters")
        self._check(value)
        return value

    def _check(self, value: str) -> None:
        if not value:
            return
        if self.form and not _is_moment(value, self.form):
            raise Violation(f"is not a {self.type}")
        if self.type == "blank":
            raise Violation("must be blank")
        if self.pattern is not None and not self.pattern.fullmatch(value):
            raise Violation(f"does not match {self.pattern.pattern}")
        if self.codes and value not in self.codes:
            raise Violation(f"{value!r} is not one of its codes")
        if self.formulas == "refuse" and self.number is None and _FORMULA.match(value):
            raise Violation("begins as a spreadsheet formula does")

    def _encodable(self, value: str, encoding: str) -> str:
        try:
            value.encode(encoding)
        except UnicodeEncodeError as error:
            if self.unencodable == "blank":
                return ""
            alike = value.translate(_ALIKE)
            if self.unencodable == "transliterate" and is_encodable(alike, encoding):
                return alike
            raise Violation(f"has {value[error.start]!r}, which {encoding} cannot write") from error
        return value


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of record, known by its code."""

    code: str
    operation: str
    fields: tuple[Field, ...]

    def write(self, values: dict[str, str], encoding: str) -> str:
        """One fixed-width line without its end; raises Violation."""
        return "".join(self.cells(values, encoding))

    def cells(self, values: dict[str, str], encoding: str) -> list[str]:
        """The fields as text, in their order; raises Violation."""
        return [field.write(values.get(field.name, ""), encoding) for field in self.fields]

    def read(self, text: str, line: int, encoding: str) -> dict[str, str]:
        """The fields of one fixed-width line; raises Violation."""
        return {
            field.name: field.read(text[field.at - 1 : field.at - 1 + field.width], line, encoding)
            for field in self.fields
        }


def is_encodable(text: str, encoding: str) -> bool:
    """True where the encoding can write every character."""
    return text.encode(encoding, "ignore").decode(encoding) == text


def moment_form(form: str) -> str:
    """``YYYYMMDD`` in the words of strptime."""
    return re.sub("|".join(_MOMENT), lambda found: _MOMENT[found[0]], form)


def form_of(words: str) -> str:
    """The reverse: strptime's words as ``YYYYMMDD``."""
    forms = {word: form for form, word in _MOMENT.items()}
    return re.sub("|".join(forms), lambda found: forms[found[0]], words)


def _is_moment(value: str, form: str) -> bool:
    """True for a full date or time that exists, all its digits written."""
    try:
        return datetime.strptime(value, form).strftime(form) == value
    except ValueError:
        return False
