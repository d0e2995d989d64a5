"""Fixed-width records as a layout file describes them: strictly read, exactly written."""

import re
import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

LAYOUT = Path(__file__).parent.parent / "connections" / "sia" / "sia.layout.toml"
JSON = dict[str, Any]


class FieldFault(Exception):
    """A field that is not as the layout wants it. Final for the record."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name
        self.detail = detail


@cache
def layout() -> JSON:
    """The agency's own layout file."""
    with LAYOUT.open("rb") as file:
        return tomllib.load(file)


def record_of(code: str, *, acknowledgement: bool = False) -> JSON:
    """The description of one record of the batch or of the acknowledgement; raises KeyError."""
    records = layout()["acknowledgement"]["record"] if acknowledgement else layout()["record"]
    return {record["code"]: record for record in records}[code]  # type: ignore[no-any-return]


def read(record: JSON, line: str) -> dict[str, str]:
    """Take a line of the right length apart; raises FieldFault."""
    values = {}
    for field in record["fields"]:
        raw = line[field["at"] - 1 : field["at"] - 1 + field["width"]]
        values[field["name"]] = _checked(field, raw)
    return values


def write(record: JSON, values: dict[str, str]) -> str:
    """Put a line together; a text that is too long is cut."""
    parts = []
    for field in record["fields"]:
        value = field["value"] if field["type"] == "const" else values.get(field["name"], "")
        width = field["width"]
        parts.append(value.zfill(width) if field["type"] == "number" else value[:width].ljust(width))
    return "".join(parts)


def _checked(field: JSON, raw: str) -> str:
    kind, value = field["type"], raw.rstrip(" ")
    if kind == "const" and value != field["value"]:
        raise FieldFault(field["name"], f"must be {field['value']}")
    if kind == "blank" and value:
        raise FieldFault(field["name"], "must be blank")
    if kind == "number" and not re.fullmatch(r"[0-9]+", raw):
        raise FieldFault(field["name"], "must be digits, padded with zeros")
    if kind in {"date", "time"}:
        _insist_on_time(field, raw)
    if kind == "text" and raw.startswith(" ") and value:
        raise FieldFault(field["name"], "must be left-justified")
    if field.get("required") and not value:
        raise FieldFault(field["name"], "is missing")
    if "pattern" in field and not re.fullmatch(field["pattern"], value):
        raise FieldFault(field["name"], "has the wrong form")
    if "codes" in field and value not in field["codes"]:
        raise FieldFault(field["name"], "is not in the code list")
    return value


def _insist_on_time(field: JSON, raw: str) -> None:
    form = "%Y%m%d" if field["type"] == "date" else "%H%M%S"
    try:
        datetime.strptime(raw, form)
    except ValueError as error:
        raise FieldFault(field["name"], f"is not a {field['type']}") from error
