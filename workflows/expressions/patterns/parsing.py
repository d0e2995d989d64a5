"""Reading a pattern to a tree: XML Schema's expressions with XPath's anchors, groups and lazy repeats."""

import re
from dataclasses import dataclass

from workflows.expressions.patterns.characters import BLOCKS, CATEGORIES, Chars

LONGEST = 1000
MOST_TIMES = 1000
DEEPEST = 30
_TIMES = re.compile(r"\{(\d{1,6})(?:(,)(\d{0,6}))?\}", re.ASCII)
_SINGLE = {"n": "\n", "r": "\r", "t": "\t"} | {sign: sign for sign in r"\|.-^?*+{}()[]$"}
_META = set(r".\?*+{}()[]|^$")


class PatternError(ValueError):
    """A pattern or flags that cannot be read. Final."""


@dataclass(frozen=True, slots=True)
class Mark:
    """``^``, ``$`` or a reference to a group (``\\1``)."""

    kind: str
    group: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives, each a row of parts; number 0 captures nothing."""

    rows: "tuple[tuple[Part, ...], ...]"
    number: int = 0


@dataclass(frozen=True, slots=True)
class Times:
    """A part from ``low`` to ``high`` times (None: without end), as many or as few as can be."""

    what: "Part"
    low: int
    high: int | None
    is_lazy: bool


Part = Chars | Mark | Group | Times


def parse_pattern(pattern: str, flags: str) -> Group:
    """The tree of a pattern; raises PatternError."""
    if not set(flags) <= set("smixq") or len(pattern) > LONGEST:
        raise PatternError(f"flags are of smixq, and a pattern has at most {LONGEST} characters")
    if "q" in flags:
        return Group((tuple(_one(sign, "i" in flags) for sign in pattern),))
    reader = _Reader(_without_space(pattern) if "x" in flags else pattern, "i" in flags, "s" in flags)
    found = reader.group(0)
    if reader.at != len(reader.text):
        raise PatternError(f"{pattern!r} closes a group that is not open")
    return found


def _without_space(pattern: str) -> str:
    """The pattern without white space, except inside sets of characters."""
    made, depth, escaped = [], 0, False
    for char in pattern:
        if depth or char not in " \t\n\r":
            made.append(char)
            depth += (char == "[" and not escaped) - (char == "]" and not escaped)
            escaped = char == "\\" and not escaped
    return "".join(made)


def _one(char: str, any_case: bool) -> Chars:
    return Chars(((ord(char), ord(char)),), any_case=any_case)


class _Reader:
    def __init__(self, text: str, any_case: bool, dot_is_all: bool) -> None:
        self.text = text
        self.at = 0
        self.any_case = any_case
        self.dot_is_all = dot_is_all
        self.opened = 0
        self.closed: set[int] = set()
        self.depth = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        if self.at >= len(self.text):
            raise PatternError(f"{self.text!r} ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def group(self, number: int) -> Group:
        self.depth += 1
        if self.depth > DEEPEST:
            raise PatternError(f"groups more than {DEEPEST} deep")
        rows = [self.row()]
        while self.peek() == "|":
            self.take()
            rows.append(self.row())
        self.depth -= 1
        return Group(tuple(rows), number)

    def row(self) -> tuple[Part, ...]:
        parts: list[Part] = []
        while self.peek() not in {"", "|", ")"}:
            parts.append(self.times(self.atom()))
        return tuple(parts)

    def times(self, what: Part) -> Part:
        mark = self.peek()
        if mark and mark in "?*+":
            self.take()
            low, high = {"?": (0, 1), "*": (0, None), "+": (1, None)}[mark]
        else:
            found = _TIMES.match(self.text, self.at) if mark == "{" else None
            if found is None:
                return what
            self.at = found.end()
            low = int(found[1])
            high = (int(found[3]) if found[3] else None) if found[2] else low
        if isinstance(what, Mark) and what.kind in "^$":
            raise PatternError("an anchor cannot be repeated")
        if low > MOST_TIMES or (high is not None and (high > MOST_TIMES or high < low)):
            raise PatternError(f"a part can be repeated {MOST_TIMES} times at most")
        is_lazy = self.peek() == "?"
        if is_lazy:
            self.take()
        if self.peek() and self.peek() in "?*+":
            raise PatternError("a repeat of a repeat")
        return Times(what, low, high, is_lazy)

    def atom(self) -> Part:
        char = self.take()
        match char:
            case "(":
                return self.bracket()
            case "[":
                return self.chars()
            case ".":
                return self.anything()
            case "^" | "$":
                return Mark(char)
            case "\\":
                return self.escaped()
        if char in _META:
            raise PatternError(f"{char!r} stands where it cannot")
        return _one(char, self.any_case)

    def anything(self) -> Chars:
        return Chars((), negated=True) if self.dot_is_all else Chars(((10, 10), (13, 13)), negated=True)

    def bracket(self) -> Group:
        number = 0
        if self.text.startswith("?", self.at):
            if not self.text.startswith("?:", self.at):
                raise PatternError("of the groups that begin with (? only (?: is known")
            self.at += 2
        else:
            self.opened += 1
            number = self.opened
        found = self.group(number)
        if self.peek() != ")":
            raise PatternError(f"{self.text!r} has an open group")
        self.take()
        self.closed.add(number)
        return found

    def escaped(self) -> Chars | Mark:
        char = self.take()
        if char in "123456789":
            number = int(char)
            while self.text[self.at : self.at + 1].isdigit() and number * 10 <= self.opened:
                number = number * 10 + int(self.take())
            if number not in self.closed:
                raise PatternError(f"\\{number} refers to a group that is not closed before it")
            return Mark("\\", number)
        return self.escape_of(char)

    def escape_of(self, char: str) -> Chars:
        if char in "pP":
            end = self.text.find("}", self.at)
            name = self.text[self.at + 1 : end] if self.text.startswith("{", self.at) and end > 0 else ""
            if name not in CATEGORIES and name.removeprefix("Is") not in BLOCKS:
                raise PatternError(f"\\{char}{{{name}}} is no category or block that is known")
            self.at = end + 1
            return Chars(classes=(f"{char}:{name}",), any_case=self.any_case)
        if char in "dDsSwWiIcC":
            return Chars(classes=(char,))
        if char not in _SINGLE:
            raise PatternError(f"\\{char} is no escape")
        return _one(_SINGLE[char], self.any_case)

    def chars(self) -> Chars:
        self.depth += 1
        if self.depth > DEEPEST:
            raise PatternError(f"more than {DEEPEST} deep")
        negated = self.text.startswith("^", self.at)
        self.at += negated
        ranges: list[tuple[int, int]] = []
        classes: list[str] = []
        minus: Chars | None = None
        while not (self.text.startswith("]", self.at) and (ranges or classes)):
            if self.text.startswith("-[", self.at) and (ranges or classes):
                self.at += 2
                minus = self.chars()
                if not self.text.startswith("]", self.at):
                    raise PatternError("a subtraction ends its set")
                break
            one = self.char_in_set()
            classes += one.classes
            if one.ranges:
                ranges.append(self.range(one.ranges[0][0]))
        self.at += 1
        self.depth -= 1
        return Chars(tuple(ranges), tuple(classes), negated, minus, self.any_case)

    def char_in_set(self) -> Chars:
        char = self.take()
        if char == "\\":
            return self.escape_of(self.take())
        if char in "[]":
            raise PatternError(f"{char!r} stands in a set without \\")
        return Chars(((ord(char), ord(char)),))

    def range(self, low: int) -> tuple[int, int]:
        if not self.text.startswith("-", self.at) or self.text[self.at + 1 : self.at + 2] in {"]", "[", ""}:
            return low, low
        self.at += 1
        high = self.char_in_set()
        if not high.ranges or high.ranges[0][0] < low:
            raise PatternError("a range ends before it begins")
        return low, high.ranges[0][0]
