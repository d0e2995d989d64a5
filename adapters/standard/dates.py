"""Dates of which a register may know only the year or the month: ``1985-03-12``, ``1985-03``, ``1985``."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

SHAPE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)
XSD = "http://www.w3.org/2001/XMLSchema#"
PRECISIONS = {4: f"{XSD}gYear", 7: f"{XSD}gYearMonth", 10: f"{XSD}date"}
PATTERN = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"


def check_partial_date(text: str) -> str:
    """Return a year, year-month or full date that exists; refuse anything else."""
    match = SHAPE.fullmatch(text)
    if match is None:
        raise PydanticCustomError(
            "date_shape", "Must be a date like 1985-03-12, or only 1985-03 or 1985 where the rest is unknown"
        )
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        date(year, month, day)
    except ValueError as error:
        raise PydanticCustomError(
            "date_impossible", "{text} is not a date that exists", {"text": text}
        ) from error
    return text


def check_full_date(text: str) -> str:
    """Return a full date that exists; refuse a partial one too."""
    if len(check_partial_date(text)) != 10:
        raise PydanticCustomError("date_partial", "Must be a full date with day and month, like 2026-03-12")
    return text


def datatype(text: str) -> str:
    """The XML Schema datatype of a partial date: gYear, gYearMonth or date."""
    return PRECISIONS[len(text)]


PartialDate = Annotated[
    str, AfterValidator(check_partial_date), WithJsonSchema({"type": "string", "pattern": PATTERN})
]
FullDate = Annotated[
    str, AfterValidator(check_full_date), WithJsonSchema({"type": "string", "format": "date"})
]
