"""Aurelia's personal numbers: thirteen characters that carry a birth date, a test marker and a check digit.

``YYYYMMDD`` with ``00`` for an unknown month or day, the letter ``T`` (a test number: no real person has
one), three digits that tell people of one day apart, and a check digit by ISO/IEC 7064 MOD 11,10 over the
eleven digits.
"""

import re
from dataclasses import dataclass
from datetime import date

SHAPE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{3})([0-9])", re.ASCII)


class PersonalNumberError(ValueError):
    """The text is not a personal number; the message says why, for a person to read."""


@dataclass(frozen=True, slots=True)
class PersonalNumber:
    """A valid number taken apart. Month and day are 0 where the register does not know them."""

    text: str
    year: int
    month: int
    day: int
    serial: int


def check_digit(digits: str) -> str:
    """Return the check digit of ``digits`` by ISO/IEC 7064 MOD 11,10."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def make(birth_date: str, serial: int) -> str:
    """Build the number of ``birth_date`` ("1985-03-12", "1985-03" or "1985") and ``serial`` (0 to 999)."""
    year, month, day = (*birth_date.split("-"), "00", "00")[:3]
    digits = f"{year}{month}{day}{serial:03d}"
    return f"{digits[:8]}T{digits[8:]}{check_digit(digits)}"


def parse(text: str) -> PersonalNumber:
    """Take a number apart, blanks and hyphens forgiven; raises PersonalNumberError."""
    compact = re.sub(r"[\s-]", "", text).upper()
    match = SHAPE.fullmatch(compact)
    if match is None:
        raise PersonalNumberError(
            "A personal number has 8 digits, the letter T and 4 digits, like 19850312T4173"
        )
    year, month, day, serial, check = match.groups()
    try:
        date(int(year), int(month) or 1, int(day) or 1)
    except ValueError as error:
        raise PersonalNumberError("The personal number begins with a date that does not exist") from error
    if check_digit(year + month + day + serial) != check:
        raise PersonalNumberError("The personal number has a mistyped digit")
    return PersonalNumber(compact, int(year), int(month), int(day), int(serial))


def is_valid(text: str) -> bool:
    """True for a well-formed number with the right check digit."""
    try:
        parse(text)
    except PersonalNumberError:
        return False
    return True
