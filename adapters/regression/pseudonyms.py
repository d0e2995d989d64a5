"""Personal data replaced consistently: one value has one stand-in throughout.

What a field's name or the form of its value gives away gets a stand-in of its kind. Of all other texts each
word is replaced that the connection's own files do not have (:mod:`adapters.regression.vocabulary`).
"""

import re
import secrets

from adapters.regression.kinds_of_data import (
    COMPACT_NUMBER,
    DATE,
    EMAIL,
    LONG_ID,
    NUMBER,
    UUID,
    kind_of,
)
from adapters.regression.stand_ins import StandIns
from adapters.regression.vocabulary import Vocabulary, folded

SHORTEST = 3  # a known value inside of another text is found from this length on
LARGEST = 1000  # a number from here on may be somebody's income; years are left alone
COMPOSITE = {"full", "address"}  # made of other values: their parts are looked for first
_TOKENS = (  # in free text, the first that fits
    ("uri", r"https?://(?:www\.w3\.org|schemas\.xmlsoap\.org|docs\.oasis-open\.org)/\S*"),
    ("email", EMAIL),
    ("uuid", UUID),
    ("uuid", LONG_ID),
    ("number", NUMBER),
    ("date", DATE),
    ("span", r"\b-?P(?=\d|T\d)(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?\b|\b\d\d:\d\d(?::\d\d(?:\.\d+)?)?"),
    ("number", COMPACT_NUMBER),
    ("figure", r"\b\d+\b"),
    ("word", r"[^\W_]+"),
)
_KEPT = {"uri", "span"}


class Pseudonyms:
    """One set of stand-ins. ``keep`` names fields whose values a person says are nobody's."""

    def __init__(
        self,
        key: bytes | None = None,
        *,
        shaped: bool = False,
        vocabulary: Vocabulary | None = None,
        keep: frozenset[str] = frozenset(),
    ) -> None:
        self._vocabulary = vocabulary or Vocabulary()
        self._makes = StandIns(
            key or secrets.token_bytes(32), shaped=shaped, domains=self._vocabulary.domains
        )
        self._keep = keep
        self._known: dict[str, str] = {}  # folded value -> stand-in
        self._pattern: re.Pattern[str] | None = None
        self.replaced: dict[str, str] = {}  # name of a field -> kind of data
        self.kept: set[str] = set()
        self.told: set[str] = set()  # values that a person says are nobody's

    def learn(self, name: str, value: str) -> None:
        """Know a value of a field before anything is replaced, so that it is found inside of others."""
        bare = value.strip()
        kind = kind_of(name, bare) if name not in self._keep else ""
        if kind and kind not in COMPOSITE:
            self._enter(kind, bare)

    def text(self, name: str, value: str) -> str:
        """A field's value with stand-ins for all that may be somebody's."""
        bare = value.strip()
        if name in self._keep:
            self.told.add(value)
        if not bare or name in self._keep:
            self.kept.add(name)
            return value
        kind = kind_of(name, bare)
        known = self._known.get(folded(bare))
        if known is not None and (kind or len(bare) >= SHORTEST):
            self.replaced.setdefault(name, kind or "known elsewhere")
            return _cased(known, bare)
        if kind and not (kind in COMPOSITE and self._names_known(bare)):
            self.replaced.setdefault(name, kind)
            return _cased(self._enter(kind, bare), bare)
        return self._words(name, value)

    def as_kind(self, kind: str, name: str, value: str) -> str:
        """The stand-in of a value whose kind of data the contract says."""
        if not value.strip() or name in self._keep:
            return value
        self.replaced.setdefault(name, kind)
        return self._enter(kind, value)

    def figure(self, name: str, value: int | float) -> int | float:
        """A number of JSON with other digits, where it may be somebody's."""
        if kind_of(name, str(value)) and isinstance(value, int):
            return int(self.text(name, str(value)))
        if abs(value) < LARGEST or _is_year(value) or name in self._keep:
            return value
        self.replaced.setdefault(name, "figure")
        return type(value)(self._makes.alike(str(value)))

    def _enter(self, kind: str, bare: str) -> str:
        if folded(bare) not in self._known:
            self._known[folded(bare)] = self._makes.of(kind, bare)
            self._pattern = None
        return self._known[folded(bare)]

    def _names_known(self, text: str) -> bool:
        return any(one.lastgroup == "known" for one in self._tokens().finditer(text))

    def _words(self, name: str, text: str) -> str:
        found = self._tokens().sub(self._token, text)
        if found == text:
            self.kept.add(name)
        else:
            self.replaced.setdefault(name, "words")
        return found

    def _tokens(self) -> re.Pattern[str]:
        if self._pattern is None:
            known = sorted((one for one in self._known if len(one) >= SHORTEST), key=len, reverse=True)
            first = [f"(?P<known>(?<!\\w)(?:{'|'.join(map(re.escape, known))})(?!\\w))"] if known else []
            rest = [f"(?P<t{at}>{pattern})" for at, (_, pattern) in enumerate(_TOKENS)]
            self._pattern = re.compile("|".join(first + rest), re.IGNORECASE)
        return self._pattern

    def _token(self, found: re.Match[str]) -> str:
        if found.lastgroup == "known":
            known = self._known.get(folded(found[0]))
            return self._makes.alike(found[0]) if known is None else _cased(known, found[0])
        kind = _TOKENS[int(str(found.lastgroup)[1:])][0]
        if kind in _KEPT:
            return found[0]
        if kind == "word":
            return found[0] if self._vocabulary.knows(found[0]) else self._makes.word(found[0])
        if kind == "figure":
            is_small = len(found[0]) < len(str(LARGEST)) or _is_year(int(found[0]))
            is_small = is_small or self._vocabulary.knows(found[0])
            return found[0] if is_small else self._makes.alike(found[0])
        return self._makes.of(kind, found[0])


def _is_year(value: int | float) -> bool:
    return 1800 <= value <= 2200


def _cased(stand_in: str, original: str) -> str:
    return stand_in.upper() if original.isupper() and original.lower() != original else stand_in
