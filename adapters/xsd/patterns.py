"""XSD regular expressions (XSD 1.0 part 2, appendix F): parsed to a tree, said in Python, and exemplified.

XSD patterns are anchored, know no groups to refer to and no lazy repeats, and have classes of their own
(``\\i``, ``\\c``, ``\\p{L}``, subtraction). :func:`example` writes a text of about a wanted length.
"""

import random
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_REPEAT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_MANY = 4  # how often an unbounded repeat goes past its least
_PRINTABLE = [*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), 0x20, *range(0x21, 0x30)]
_PRINTABLE += [*range(0x3A, 0x41), *range(0x5B, 0x61), *range(0x7B, 0x7F), *range(0xA1, 0x250), 9, 10, 13]


class PatternError(ValueError):
    """A pattern that cannot be read. Final."""


@dataclass(frozen=True, slots=True)
class Chars:
    """A set of characters: ranges, properties and subtraction."""

    ranges: tuple[tuple[int, int], ...] = ()
    classes: tuple[str, ...] = ()  # d, w, s, i, c, their capitals, p{..}, P{..}
    negated: bool = False
    minus: "Chars | None" = None

    def holds(self, code: int) -> bool:
        """Whether the character is in the set."""
        inside = any(low <= code <= high for low, high in self.ranges) or any(
            _in_class(name, chr(code)) for name in self.classes
        )
        return inside != self.negated and not (self.minus is not None and self.minus.holds(code))


@dataclass(frozen=True, slots=True)
class Piece:
    """Something repeated from ``low`` to ``high`` times; ``high`` None is without end."""

    what: "Chars | Branches"
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Branches:
    """Alternatives, each a row of pieces."""

    rows: tuple[tuple[Piece, ...], ...]


def _in_class(name: str, char: str) -> bool:
    kind = name[0]
    if kind in "pP":
        wanted = name[2:-1]
        inside = wanted.startswith("Is") and _in_block(wanted, char)
        inside = inside or unicodedata.category(char).startswith(wanted)
        return inside == (kind == "p")
    found = {
        "d": char.isdecimal(),
        "s": char in " \t\n\r",
        "i": char.isalpha() or char in "_:",
        "c": char.isalnum() or char in "_:.-\u00b7",
        "w": unicodedata.category(char)[0] not in "PZC",
    }[kind.lower()]
    return found == kind.islower()


_BLOCKS = {
    "IsBasicLatin": (0, 0x7F),
    "IsLatin-1Supplement": (0x80, 0xFF),
    "IsLatinExtended-A": (0x100, 0x17F),
}
_BLOCKS |= {"IsLatinExtended-B": (0x180, 0x24F), "IsGreek": (0x370, 0x3FF), "IsCyrillic": (0x400, 0x4FF)}


def _in_block(name: str, char: str) -> bool:
    if name not in _BLOCKS:
        raise PatternError(f"the block {name} is not known")
    low, high = _BLOCKS[name]
    return low <= ord(char) <= high


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        found = self.peek()
        if not found:
            raise PatternError(f"{self.text!r} ends too early")
        self.at += 1
        return found

    def branches(self) -> Branches:
        rows = [self.row()]
        while self.peek() == "|":
            self.at += 1
            rows.append(self.row())
        return Branches(tuple(rows))

    def row(self) -> tuple[Piece, ...]:
        pieces = []
        while self.peek() not in {"", "|", ")"}:
            atom = self.atom()
            pieces.append(Piece(atom, *self.times()))
        return tuple(pieces)

    def times(self) -> tuple[int, int | None]:
        mark = self.peek()
        if mark and mark in "?*+":
            self.at += 1
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[mark]
        found = _REPEAT.match(self.text, self.at)
        if found is None:
            return 1, 1
        self.at = found.end()
        low = int(found[1])
        return low, (int(found[3]) if found[3] else None) if found[2] else low

    def atom(self) -> Chars | Branches:
        char = self.take()
        if char == "(":
            if self.text.startswith("?:", self.at):
                self.at += 2
            inner = self.branches()
            if self.take() != ")":
                raise PatternError(f"{self.text!r} has an open group")
            return inner
        if char == "[":
            return self.group()
        if char == ".":
            return Chars(((10, 10), (13, 13)), negated=True)
        return self.escaped() if char == "\\" else _single(char)

    def escaped(self) -> Chars:
        char = self.take()
        if char in "pP":
            end = self.text.find("}", self.at)
            name, self.at = char + self.text[self.at : end + 1], end + 1
            return Chars(classes=(name,))
        return Chars(classes=(char,)) if char in "dDsSiIcCwW" else _single(_ESCAPES.get(char, char))

    def group(self) -> Chars:
        negated = self.peek() == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        classes: list[str] = []
        minus: Chars | None = None
        while self.peek() != "]":
            char = self.take()
            if char == "-" and self.peek() == "[":
                self.at += 1
                minus = self.group()
                continue
            one = self.escaped() if char == "\\" else _single(char)
            classes.extend(one.classes)
            if one.ranges:
                ranges.append(self.range(one.ranges[0][0]))
        self.at += 1
        return Chars(tuple(ranges), tuple(classes), negated, minus)

    def range(self, low: int) -> tuple[int, int]:
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in {"]", "[", ""}:
            return low, low
        self.at += 1
        char = self.take()
        high = self.escaped() if char == "\\" else _single(char)
        return low, high.ranges[0][0] if high.ranges else low


def _single(char: str) -> Chars:
    return Chars(((ord(char), ord(char)),))


@lru_cache(maxsize=2048)
def parse(pattern: str) -> Branches:
    """The tree of a pattern; raises PatternError."""
    parser = _Parser(pattern)
    found = parser.branches()
    if parser.at != len(pattern):
        raise PatternError(f"{pattern!r} has an unopened group at {parser.at}")
    return found


@lru_cache(maxsize=2048)
def to_python(pattern: str) -> str:
    """The same pattern for Python's ``re``, not anchored; raises PatternError."""
    return _branches(parse(pattern))


def can_hold(pattern: str, char: str) -> bool:
    """Whether a text that matches may have the character; True where the pattern cannot be read."""

    def within(found: Branches) -> bool:
        return any(
            piece.what.holds(ord(char)) if isinstance(piece.what, Chars) else within(piece.what)
            for row in found.rows
            for piece in row
        )

    try:
        return within(parse(pattern))
    except PatternError:
        return True


def _branches(found: Branches) -> str:
    return "|".join("".join(_piece(piece) for piece in row) for row in found.rows)


def _piece(piece: Piece) -> str:
    inner = _class(piece.what) if isinstance(piece.what, Chars) else f"(?:{_branches(piece.what)})"
    if (piece.low, piece.high) == (1, 1):
        return inner
    return f"{inner}{{{piece.low},{'' if piece.high is None else piece.high}}}"


@lru_cache(maxsize=2048)
def _class(chars: Chars) -> str:
    if not chars.classes and chars.minus is None:
        inner = "".join(f"{_quoted(low)}-{_quoted(high)}" for low, high in chars.ranges)
        return f"[{'^' if chars.negated else ''}{inner}]"
    return "[" + "".join(f"{_quoted(low)}-{_quoted(high)}" for low, high in _held(chars)) + "]"


def _held(chars: Chars) -> Iterator[tuple[int, int]]:
    """The ranges of a set with classes, found by asking for each character of the first planes."""
    start: int | None = None
    for code in range(min(sys.maxunicode, 0x2FFF) + 1):
        if chars.holds(code):
            start = code if start is None else start
        elif start is not None:
            yield start, code - 1
            start = None
    if start is not None:
        yield start, 0xFFFD


def _quoted(code: int) -> str:
    return f"\\U{code:08x}"


def example(pattern: str, seed: random.Random, wanted: int = 0) -> str:
    """A text that matches; repeats without end are drawn on until about ``wanted`` characters."""
    return _row_of(parse(pattern), seed, wanted)


def _row_of(found: Branches, seed: random.Random, wanted: int) -> str:
    row = seed.choice(found.rows)
    texts: list[str] = []
    for piece in row:
        missing = wanted - sum(map(len, texts))
        spare = _MANY if piece.high is None else piece.high - piece.low
        more = min(spare if piece.high is not None else max(spare, missing), max(0, missing - piece.low))
        times = piece.low + (more if wanted else (0 if piece.low else seed.randint(0, min(spare, 1))))
        for _ in range(times):
            texts.append(
                _chars(piece.what, seed) if isinstance(piece.what, Chars) else _row_of(piece.what, seed, 0)
            )
    return "".join(texts)


def _chars(chars: Chars, seed: random.Random) -> str:
    return chr(seed.choice(_choices(chars)))


@lru_cache(maxsize=1024)
def _choices(chars: Chars) -> list[int]:
    """Friendly characters first: letters and digits where the set has some."""
    letters = [code for code in _PRINTABLE[:62] if chars.holds(code)]
    if letters:
        return letters
    others = [code for code in _PRINTABLE if chars.holds(code)]
    if not others:
        others = [
            code for low, high in _held(chars) for code in range(low, min(high, low + 20) + 1) if code > 31
        ]
    if not others:
        raise PatternError("a set of a pattern is empty")
    return others
