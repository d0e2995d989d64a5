"""Record layouts: files of fixed width or CSV, described in TOML, compiled to writers and strict readers.

Positions count from 1. A layout has a ``[file]``, which goes out, with its ``[[record]]``, and may have an
``[acknowledgement]``, which comes back, with its own. Totals are computed when writing and checked when
reading. The words of a layout are listed in ``docs/connections.md``.
"""

import csv
import re
import tomllib
from pathlib import Path
from typing import Any

from adapters.contracts import decimals
from adapters.contracts.decimals import Number
from adapters.contracts.layout_fields import Field, Record, is_encodable, moment_form
from adapters.contracts.layout_files import Dialect, FileLayout
from adapters.contracts.layout_order import Order
from adapters.contracts.violation import ContractUnreadable

__all__ = ["Field", "FileLayout", "Record", "is_encodable", "read"]

_TYPES = {"text", "number", "packed", "binary", "date", "time", "const", "blank"}
_MOMENTS = {"date": "YYYYMMDD", "time": "hhmmss"}
_QUOTING = {
    "minimal": csv.QUOTE_MINIMAL,
    "all": csv.QUOTE_ALL,
    "nonnumeric": csv.QUOTE_NONNUMERIC,
    "none": csv.QUOTE_NONE,
}
_FIELD = {
    *("name", "title", "at", "width", "type", "value", "required", "pattern", "codes", "overflow", "note"),
    *("unencodable", "empty", "align", "form", "decimals", "sign", "pad", "formulas", "total", "of", "minus"),
    "since",
}


class _Wrong(ValueError):
    """What is wrong with a layout, in words."""


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
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ContractUnreadable(path.name, str(error), line=int(line[1]) if line else 0) from error
    except KeyError as error:
        raise ContractUnreadable(path.name, f"does not say {error}") from error
    except (UnicodeDecodeError, ValueError, TypeError, re.error, LookupError) as error:
        raise ContractUnreadable(path.name, str(error)) from error
    return layouts


def _layout(table: dict[str, Any], records: list[dict[str, Any]]) -> FileLayout:
    encoding, is_csv = table["encoding"], table.get("format", "fixed") == "csv"
    "".encode(encoding)  # LookupError where there is no such encoding
    found = {record["code"]: _record(record, table, is_csv=is_csv) for record in records}
    if len(found) != len(records):
        raise _Wrong("two records have the same code")
    widths = {len(code) for code in found}
    layout = FileLayout(
        encoding=encoding,
        line_end=table.get("line_end", "\r\n") if is_csv else table["line_end"],
        length=0 if is_csv else table.get("length", 0),
        folder=table["folder"],
        name=table["name"],
        temporary_suffix=table.get("temporary_suffix", ".part"),
        marker_suffix=table.get("marker_suffix", ""),
        trimmed=bool(table.get("trimmed", False)),
        code_at=table.get("code_at", 1),
        code_width=max(widths) if len(found) > 1 or not is_csv else 0,
        order=Order(" ".join(f"({part})" for part in table["order"])),
        records=found,
        head=_framing(table, found, "head", 0),
        tail=_framing(table, found, "tail", -1),
        csv=_dialect(table) if is_csv else None,
    )
    _check(layout)
    return layout


def _framing(table: dict[str, Any], records: dict[str, Record], which: str, at: int) -> Record | None:
    """The record that begins or ends each file: as stated, else the first or last of three or more."""
    default = list(records)[at] if len(records) > 2 else ""
    code = table.get(which, default)
    return records[code] if code else None


def _dialect(table: dict[str, Any]) -> Dialect:
    header = table.get("header", "")
    if header not in ("", "exact", "by-name"):
        raise _Wrong(f"the header is exact or by-name, not {header!r}")
    return Dialect(
        table.get("delimiter", ","),
        table.get("quote", '"'),
        _QUOTING[table.get("quoting", "minimal")],
        table.get("escape"),
        header,
    )


def _check(layout: FileLayout) -> None:
    """What the parts must say together."""
    for record in layout.records.values():
        if layout.csv is None:
            _check_fixed(layout, record)
        for field in record.fields:
            for source in (*field.of, *field.minus, *([field.since] if field.since else [])):
                _check_source(layout, f"{record.code}.{field.name}", source)
    if layout.csv is not None and layout.csv.header and len(layout.records) > 1:
        raise _Wrong("a file with a header has one kind of record")


def _check_fixed(layout: FileLayout, record: Record) -> None:
    at = 1
    for field in record.fields:
        if field.at != at or field.width < 1:
            raise _Wrong(f"{record.code}.{field.name} is at {field.at}, but {at} is free next")
        at += field.width
    if layout.line_end != "rdw" and at - 1 != layout.length:
        raise _Wrong(f"record {record.code} is {at - 1} wide, not {layout.length}")
    if any(field.is_binary for field in record.fields):
        every = bytes(range(256))
        if (
            len(layout.line_end) in (1, 2)
            or every.decode(layout.encoding, "ignore").encode(layout.encoding) != every
        ):
            raise _Wrong(f"record {record.code} has bytes that are no text: it cannot have line ends")


def _check_source(layout: FileLayout, where: str, source: str) -> None:
    code, _, name = source.partition(".")
    if code == "*" and not name:
        return
    record = layout.records.get(code)
    if record is None or (name and name not in {field.name for field in record.fields}):
        raise _Wrong(f"{where} counts {source!r}, which the file does not have")


def _record(table: dict[str, Any], file: dict[str, Any], *, is_csv: bool) -> Record:
    fields = []
    for one in table["fields"]:
        where = f"{table['code']}.{one.get('name', '?')}"
        unknown = set(one) - _FIELD
        if unknown:
            raise _Wrong(f"{where} says {', '.join(sorted(unknown))}, which no field knows")
        if one["type"] not in _TYPES:
            raise _Wrong(f"{where}: there is no type {one['type']!r}")
        fields.append(_field(one, file, where, is_csv=is_csv))
    return Record(table["code"], table.get("operation", ""), tuple(fields))


def _field(one: dict[str, Any], file: dict[str, Any], where: str, *, is_csv: bool) -> Field:
    kind, form = one["type"], one.get("form", "")
    return Field(
        name=one["name"],
        title=one.get("title", one["name"]),
        at=one.get("at", 0) if is_csv else one["at"],
        width=one.get("width", 0) if is_csv else one["width"],
        type=kind,
        value=one.get("value", ""),
        required=bool(one.get("required", False)),
        pattern=re.compile(one["pattern"]) if "pattern" in one else None,
        codes=frozenset(one.get("codes", ())),
        overflow=one.get("overflow", "refuse"),
        unencodable=one.get("unencodable", "refuse"),
        empty=one.get("empty", ""),
        align=one.get("align", "left"),
        form=moment_form(form or _MOMENTS[kind]) if kind in _MOMENTS else "",
        number=_number(one, file, where, is_csv=is_csv),
        is_csv=is_csv,
        formulas=file.get("formulas", "keep"),
        total=one.get("total", ""),
        of=_several(one.get("of", ())),
        minus=_several(one.get("minus", ())),
        since=one.get("since", ""),
    )


def _number(one: dict[str, Any], file: dict[str, Any], where: str, *, is_csv: bool) -> Number | None:
    if one["type"] not in decimals.FORMS:
        return None
    sign = one.get("sign", "")
    if sign not in decimals.SIGNS[one["type"]] or (is_csv and sign == "overpunch"):
        raise _Wrong(f"{where}: there is no sign {sign!r}")
    width = 0 if is_csv else one["width"]
    return Number(
        one["type"], width, one.get("decimals", 0), sign, one.get("pad", "0"), file.get("decimal", ".")
    )


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
