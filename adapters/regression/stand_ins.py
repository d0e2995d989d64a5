"""Stand-ins for one value each, drawn from a key: nobody can lead them back, and the same value has the same.

Personal numbers are valid and carry the test marker; their birth date is the shifted one. All dates are
shifted by the same number of days, so that what lies between them stays.
"""

import hmac
import re
import uuid
from base64 import b64decode, b64encode
from datetime import date, timedelta

from adapters.regression.vocabulary import folded
from onestop.lib import personal_number

GIVEN = ("Alva", "Bruno", "Cora", "Dario", "Edda", "Falk", "Gisa", "Henk", "Ines", "Jarl", "Kaia", "Liam")
FAMILY = (
    *("Ahlgren", "Bosman", "Castell", "Dorn", "Eklund", "Faber", "Grahn"),
    *("Hollander", "Isaksen", "Jonker"),
)
STREETS = (
    *("Alder Lane", "Birch Road", "Cedar Street", "Elm Row", "Hazel Way", "Juniper Court"),
    "Maple Street",
)
TOWNS = ("Aldermere", "Birchham", "Cedarby", "Elmstad", "Hazelwick", "Mapleford")
_LISTS = {"given": GIVEN, "family": FAMILY, "full": FAMILY, "street": STREETS, "town": TOWNS}
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_PREFIX = re.compile(r"[A-Z]{1,4}[-:/]")
_KIND_OF_NUMBER = re.compile(r"[A-Z]{1,2}(?=\d{4,}\Z)")
_OURS = re.compile(r"onestop[.+-]([0-9a-f]{32})")
_PDF = b"%PDF-1.4\n% a stand-in for a document\n%%EOF\n"
_TEXT = b"a stand-in for a document\n"


class StandIns:
    """The stand-ins of one key. ``shaped`` keeps length and kinds of characters, for contracts with patterns;
    ``domains`` are those of e-mail addresses that stay.
    """

    def __init__(self, key: bytes, *, shaped: bool, domains: frozenset[str] = frozenset()) -> None:
        self._key = key
        self._shaped = shaped
        self._domains = domains
        self.days = timedelta(days=-(200 + self._number("days") % 700))

    def of(self, kind: str, value: str) -> str:
        """The stand-in of a value of that kind of data (:mod:`adapters.regression.kinds_of_data`)."""
        special = {
            "number": self._personal_number,
            "date": self._date,
            "email": self._address,
            "uuid": self._uuid,
            "document": _document,
        }
        if kind in special:
            return special[kind](value)
        if self._shaped or value.isdigit() or kind not in _LISTS:
            prefix = _PREFIX.match(value)  # AU-20020001: what kind of key it is, not whose
            return self.alike(value, keep=3 if kind == "phone" else prefix.end() if prefix else 0)
        choice = self._chosen(kind, value)
        if kind == "full":
            choice = f"{self._chosen('given', value + '.')} {choice}"
        return choice.upper() if value.isupper() else choice

    def word(self, value: str) -> str:
        """The stand-in of a word of free text; what kind of number it is stays (TJ00000001)."""
        kind = _KIND_OF_NUMBER.match(value)
        return self.alike(value, keep=kind.end() if kind else 0)

    def alike(self, value: str, keep: int = 0) -> str:
        """Digits for digits and letters for letters, so that patterns still hold."""
        stream = hmac.digest(self._key, folded(value).encode(), "sha512") * (len(value) // 64 + 1)
        out = []
        for index, char in enumerate(value):
            chance = stream[index]
            if index < keep or not char.isalnum():
                out.append(char)
            elif char.isdigit():
                out.append(str(1 + chance % 9))
            else:
                letter = chr(ord("a") + chance % 26)
                out.append(letter.upper() if char.isupper() else letter)
        return "".join(out)

    def _chosen(self, kind: str, value: str) -> str:
        return _LISTS[kind][self._number(folded(value)) % len(_LISTS[kind])]

    def _personal_number(self, value: str) -> str:
        try:
            found = personal_number.parse(value)
        except personal_number.PersonalNumberError:
            return re.sub(r"\d+", lambda digits: self.alike(digits[0]), value)  # its letters are marks
        parts = [f"{one:02d}" for one in (found.month, found.day) if one]
        born = self._date("-".join([f"{found.year:04d}", *parts]))
        made = personal_number.make(born, self._number(found.text) % 1000)
        return made if "T" in value.upper() else made.replace("T", "")

    def _date(self, value: str) -> str:
        compact = re.fullmatch(r"\d{8}", value) is not None
        text = f"{value[:4]}-{value[4:6]}-{value[6:]}" if compact else value
        if re.fullmatch(r"\d{4}", value):
            return (date(int(value), 7, 1) + self.days).isoformat()[:4]
        moved = _DAY.sub(self._shifted, text, count=1)
        return moved.replace("-", "") if compact else moved

    def _shifted(self, found: re.Match[str]) -> str:
        try:
            day = date(int(found[1]), int(found[2]), int(found[3] or 15)) + self.days
        except ValueError:
            return found[0]
        return day.isoformat() if found[3] else day.isoformat()[:7]

    def _address(self, value: str) -> str:
        local, _, domain = value.lower().rpartition("@")
        ours = _OURS.search(local)
        person = f"person{self._number(folded(value)) % 10_000}"
        name = f"onestop.{self._uuid(ours[1])}" if ours else person  # by which an answer is known as one
        return f"{name}@{domain if domain in self._domains else 'example.org'}"

    def _uuid(self, value: str) -> str:
        made = uuid.UUID(bytes=hmac.digest(self._key, folded(value).encode(), "sha256")[:16])
        text = str(made) if "-" in value else made.hex
        return text.upper() if value.isupper() else text

    def _number(self, value: str) -> int:
        return int.from_bytes(hmac.digest(self._key, value.encode(), "sha256")[:6], "big")


def _document(value: str) -> str:
    content = b64decode("".join(value.split()))
    return b64encode(_PDF if content.startswith(b"%PDF") else _TEXT).decode()
