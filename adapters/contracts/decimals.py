"""Numbers as record files keep them: padded digits, signs apart or overpunched, packed and binary decimals.

The value is always plain text such as ``-12.50``. Packed (COMP-3) and zoned forms are those of IBM's
Principles of Operation, chapter 8; on ASCII systems an overpunched digit is written ``{A-I`` or ``}J-R``.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from adapters.contracts.ebcdic import is_ebcdic
from adapters.contracts.violation import Violation

NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_PLUS, _MINUS = "{ABCDEFGHI", "}JKLMNOPQR"
SIGNS = {
    "number": ("", "leading", "trailing", "overpunch"),
    "packed": ("", "signed"),
    "binary": ("", "signed"),
}
FORMS = ("number", "packed", "binary")


@dataclass(frozen=True, slots=True)
class Number:
    """How one field keeps a number. ``width`` counts characters, or bytes where packed or binary."""

    form: str
    width: int
    decimals: int
    sign: str
    pad: str
    point: str = "."  # of a number that is as wide as it is (``width`` 0), as CSV has it

    @property
    def is_plain(self) -> bool:
        """True for unsigned whole digits: such a value keeps its zeros, as a postcode must."""
        return self.form == "number" and not self.sign and not self.decimals

    def write(self, value: str, encoding: str) -> str:
        """Exactly ``width`` characters; raises Violation."""
        if self.is_plain:
            if value and not (value.isascii() and value.isdigit()):
                raise Violation("is not a number")
            return self._fitting(value, self.width) if self.width else value
        if not self.width:
            return self._text(self._scaled(value)).replace(".", self.point) if value else ""
        scaled = self._scaled(value or "0")
        if self.form == "binary":
            return self._binary(scaled).decode(encoding)
        if self.form == "packed":
            nibble = ("d" if scaled < 0 else "c") if self.sign else "f"
            digits = self._fitting(str(abs(scaled)), self.width * 2 - 1)
            return bytes.fromhex(digits + nibble).decode(encoding)
        return self._signed(scaled, encoding)

    def read(self, raw: str, encoding: str) -> str:
        """The number as text; raises Violation."""
        if not self.width and not self.is_plain:
            return self._free(raw.strip(" "))
        if self.form == "binary":
            content = raw.encode(encoding)
            return self._text(int.from_bytes(content, "big", signed=bool(self.sign)))
        if self.form == "packed":
            return self._text(self._unpacked(raw.encode(encoding).hex()))
        if self.is_plain:
            digits = raw.strip(" ") if self.pad == " " else raw.rstrip(" ")
            if digits and not (digits.isascii() and digits.isdigit()):
                raise Violation("is not a number")
            return digits
        return self._text(self._unsigned(raw, encoding)) if raw.strip(" ") else ""

    def _free(self, raw: str) -> str:
        if self.point != "." and "." in raw:
            raise Violation(f"has a point where {self.point!r} should be")
        return self._text(self._scaled(raw.replace(self.point, "."))) if raw else ""

    def _scaled(self, value: str) -> int:
        found = NUMBER.fullmatch(value)
        if found is None:
            raise Violation("is not a number")
        fraction = (found[3] or "").rstrip("0")
        if len(fraction) > self.decimals:
            raise Violation(f"has more than {self.decimals} decimals")
        scaled = int(found[2] + fraction.ljust(self.decimals, "0"))
        if found[1] and scaled and not self.sign:
            raise Violation("cannot be negative")
        return -scaled if found[1] else scaled

    def _text(self, scaled: int) -> str:
        digits = str(abs(scaled)).rjust(self.decimals + 1, "0")
        minus = "-" if scaled < 0 else ""
        whole, fraction = digits[: len(digits) - self.decimals], digits[len(digits) - self.decimals :]
        return f"{minus}{whole}.{fraction}" if self.decimals else f"{minus}{whole}"

    def _fitting(self, digits: str, width: int) -> str:
        if len(digits) > width:
            raise Violation(f"is longer than {width} digits")
        return digits.rjust(width, "0" if self.form == "packed" else self.pad)

    def _binary(self, scaled: int) -> bytes:
        try:
            return scaled.to_bytes(self.width, "big", signed=bool(self.sign))
        except OverflowError as error:
            raise Violation(f"does not fit {self.width} bytes") from error

    def _signed(self, scaled: int, encoding: str) -> str:
        digits = str(abs(scaled))
        if self.sign == "leading":
            return ("-" if scaled < 0 else "+") + self._fitting(digits, self.width - 1)
        if self.sign == "trailing":
            return self._fitting(digits, self.width - 1) + ("-" if scaled < 0 else "+")
        digits = self._fitting(digits, self.width)
        if self.sign != "overpunch":
            return digits
        last = int(digits[-1])
        if is_ebcdic(encoding):
            return digits[:-1] + bytes([(0xD0 if scaled < 0 else 0xC0) | last]).decode(encoding)
        return digits[:-1] + (_MINUS if scaled < 0 else _PLUS)[last]

    def _unsigned(self, raw: str, encoding: str) -> int:
        """The scaled number of a display field, its sign wherever it stands."""
        minus, digits = False, raw
        if self.sign == "leading":
            minus, digits = self._sign(raw[:1]), raw[1:]
        elif self.sign == "trailing":
            minus, digits = self._sign(raw[-1:]), raw[:-1]
        elif self.sign == "overpunch":
            minus, digits = _overpunched(raw, encoding)
        digits = digits.strip(" ") if self.pad == " " else digits
        if not (digits.isascii() and digits.isdigit()):
            raise Violation("is not a number")
        return -int(digits) if minus else int(digits)

    def _sign(self, character: str) -> bool:
        if character not in ("+", "-", " "):
            raise Violation(f"has {character!r} where its sign should be")
        return character == "-"

    def _unpacked(self, nibbles: str) -> int:
        digits, sign = nibbles[:-1], nibbles[-1]
        if not digits.isdigit() or sign not in "abcdef":
            raise Violation("is not a packed number")
        if sign in "bd":
            if not self.sign:
                raise Violation("cannot be negative")
            return -int(digits)
        return int(digits)


def _overpunched(raw: str, encoding: str) -> tuple[bool, str]:
    """Whether it is negative, and its digits."""
    if is_ebcdic(encoding):
        zone, last = divmod(raw[-1:].encode(encoding)[0], 16)
        if zone not in (0xA, 0xB, 0xC, 0xD, 0xE, 0xF) or last > 9:
            raise Violation("is not a zoned number")
        return zone in (0xB, 0xD), raw[:-1] + str(last)
    for minus, digits in ((False, _PLUS), (True, _MINUS)):
        if raw[-1:] in digits:
            return minus, raw[:-1] + str(digits.index(raw[-1:]))
    return False, raw


def amount(value: str) -> Decimal:
    """A value to add up; nothing counts as nought."""
    return Decimal(value or 0)
