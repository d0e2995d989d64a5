"""Personal data replaced consistently: one value has one stand-in throughout, which cannot be led back.

Stand-ins come from a key that is drawn anew for each test and kept nowhere. Personal numbers are valid and
carry the test marker; their birth date is the shifted one. All dates are shifted by the same number of days.
"""

import hmac
import re
import secrets
from datetime import date, timedelta

from adapters.regression.kinds_of_data import kind_of
from onestop.lib import personal_number

GIVEN = ("Alva", "Bruno", "Cora", "Dario", "Edda", "Falk", "Gisa", "Henk", "Ines", "Jarl", "Kaia", "Liam")
FAMILY = (
    "Ahlgren",
    "Bosman",
    "Castell",
    "Dorn",
    "Eklund",
    "Faber",
    "Grahn",
    "Hollander",
    "Isaksen",
    "Jonker",
)
STREETS = (
    "Alder Lane",
    "Birch Road",
    "Cedar Street",
    "Elm Row",
    "Hazel Way",
    "Juniper Court",
    "Maple Street",
)
TOWNS = ("Aldermere", "Birchham", "Cedarby", "Elmstad", "Hazelwick", "Mapleford")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
_PREFIX = re.compile(r"[A-Z]{1,4}[-:/]")
SHORTEST = 4  # a known value inside of another text is replaced from this length on


class Pseudonyms:
    """One set of stand-ins. ``shaped`` keeps length and kinds of characters, for contracts with patterns."""

    def __init__(self, key: bytes | None = None, *, shaped: bool = False) -> None:
        self._key = key or secrets.token_bytes(32)
        self._shaped = shaped
        self._known: dict[str, str] = {}
        self.days = timedelta(days=-(200 + self._number("days") % 700))
        self.replaced: dict[str, str] = {}  # name of a field -> kind of data
        self.kept: set[str] = set()

    def text(self, name: str, value: str) -> str:
        """The stand-in of a field's value, or the value where it holds nothing personal that we know."""
        bare = value.strip()
        if not bare:
            return value
        kind = kind_of(name, bare)
        if bare in self._known and (kind or len(bare) >= SHORTEST):
            self.replaced.setdefault(name, kind or "known elsewhere")
            return self._known[bare]
        if kind:
            self._known[bare] = self._stand_in(kind, bare)
            self.replaced.setdefault(name, kind)
            return self._known[bare]
        found = self._within(value)
        if found == value:
            self.kept.add(name)
        else:
            self.replaced.setdefault(name, "known elsewhere")
        return found

    def _within(self, text: str) -> str:
        """Known values inside of free text, the longest first."""
        for known in sorted(self._known, key=len, reverse=True):
            if len(known) >= SHORTEST and known in text:
                text = text.replace(known, self._known[known])
        return _EMAIL.sub(lambda found: self._stand_in("email", found[0]), text)

    def _stand_in(self, kind: str, value: str) -> str:
        if kind == "number":
            return self._personal_number(value)
        if kind == "date":
            return self._date(value)
        if kind == "email":
            return f"person{self._number(value) % 10_000}@example.org"
        if self._shaped or value.isdigit() or kind in {"phone", "postcode", "house", "key"}:
            prefix = _PREFIX.match(value)  # AU-20020001: what kind of key it is, not whose
            return self._alike(value, keep=3 if kind == "phone" else prefix.end() if prefix else 0)
        lists = {"given": GIVEN, "family": FAMILY, "full": FAMILY, "street": STREETS, "town": TOWNS}
        choice = lists[kind][self._number(value) % len(lists[kind])]
        if kind == "full":
            choice = f"{GIVEN[self._number(value + '.') % len(GIVEN)]} {choice}"
        return choice.upper() if value.isupper() else choice

    def _personal_number(self, value: str) -> str:
        try:
            found = personal_number.parse(value)
        except personal_number.PersonalNumberError:
            return self._alike(value)
        born = f"{found.year:04d}-{found.month:02d}-{found.day:02d}"
        if found.month and found.day:
            born = self._date(born)
        serial = self._number(found.text) % 1000
        return personal_number.make(born, serial)

    def _date(self, value: str) -> str:
        compact = re.fullmatch(r"\d{8}", value) is not None
        text = f"{value[:4]}-{value[4:6]}-{value[6:]}" if compact else value

        def shifted(found: re.Match[str]) -> str:
            try:
                return (date(int(found[1]), int(found[2]), int(found[3])) + self.days).isoformat()
            except ValueError:
                return found[0]

        moved = _DAY.sub(shifted, text, count=1)
        return moved.replace("-", "") if compact else moved

    def _alike(self, value: str, keep: int = 0) -> str:
        """Digits for digits and letters for letters, so that patterns still hold."""
        stream = hmac.digest(self._key, value.encode(), "sha512") * (len(value) // 64 + 1)
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

    def _number(self, value: str) -> int:
        return int.from_bytes(hmac.digest(self._key, value.encode(), "sha256")[:6], "big")
