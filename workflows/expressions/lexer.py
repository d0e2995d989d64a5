"""Words of an expression, each with its position (DMN 1.4, 10.3.1.2: names, literals, signs, comments)."""

import re
from dataclasses import dataclass

LONGEST = 2000  # characters of an expression; a rule that needs more is a decision table
LONGEST_MODEL = 20_000  # of one expression of a model from another tool
_START = (
    r"?_A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u167F\u1681-\u1FFF\u200C-\u200D"
    r"\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE\uFF00-\uFFFD\U00010000-\U000EFFFF"
)
_PART = _START + r"0-9\u00B7\u0300-\u036F\u203F-\u2040"
WORD = re.compile(
    rf"""(?:
      (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    | (?P<at>@"(?:[^"\\]|\\.)*")
    | "(?P<text>(?:[^"\\]|\\.)*)"
    | (?P<name>[{_START}][{_PART}]*)
    | (?P<sign><=|>=|!=|\*\*|\.\.|->|[=<>+\-*/\[\](){{}},.:;'])
    )""",
    re.VERBOSE | re.DOTALL,
)
_GAP = re.compile(r"(?:[\s\uFEFF\u180E\u200B]|//[^\n\r]*|/\*.*?\*/)+", re.DOTALL)
_NUMBER_ASCII = re.compile(r"[0-9.eE+\-]+")
_ESCAPE = re.compile(r"\\(?:(u[0-9A-Fa-f]{4})|(U[0-9A-Fa-f]{6})|([nrt'\"\\]))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "'": "'", '"': '"', "\\": "\\"}


class ExpressionError(ValueError):
    """An expression cannot be read. ``position`` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its kind (number, text, at, name, sign, end), its text and where it begins and ends."""

    kind: str
    text: str
    position: int
    end: int = 0


def words(source: str, longest: int = LONGEST) -> list[Word]:
    """Cut the source into words, the last being the end; raises ExpressionError."""
    if len(source) > longest:
        raise ExpressionError(f"an expression has at most {longest} characters", longest)
    found, position = [], _skip(source, 0)
    while position < len(source):
        match = WORD.match(source, position)
        if match is None or source.startswith("/*", position):
            raise ExpressionError(_unfit(source, position), position)
        kind = str(match.lastgroup)
        text = match.group(kind)
        if kind == "number" and not _NUMBER_ASCII.fullmatch(text):
            raise ExpressionError(f"{text!r} is no number; write digits 0 to 9", position)
        found.append(Word(kind, text, match.start(kind), match.end()))
        position = _skip(source, match.end())
    return [*found, Word("end", "", len(source.rstrip()), len(source))]


def _skip(source: str, position: int) -> int:
    gap = _GAP.match(source, position)
    return gap.end() if gap else position


def _unfit(source: str, position: int) -> str:
    if source.startswith('"', position):
        return "a text begins here and does not end; close it with a quotation mark"
    if source.startswith("/*", position):
        return "a comment begins here and does not end; close it with */"
    sign = source[position]
    instead = {"“": '"', "”": '"', "’": '"', "`": '"', "≤": "<=", "≥": ">=", "≠": "!=", "&": "and", "|": "or"}
    hint = f"; write {instead[sign]}" if sign in instead else ""
    return f"{sign!r} does not belong in an expression{hint}"


def unescaped(text: str) -> str:
    """The text of a string literal; pairs of surrogates become the character they stand for."""

    def one(found: re.Match[str]) -> str:
        if found[1] or found[2]:
            code = int((found[1] or found[2])[1:], 16)
            return chr(code) if code <= 0x10FFFF else found[0]
        return _ESCAPED[found[3]]

    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(one, text)
    if not any("\ud800" <= sign <= "\udfff" for sign in plain):
        return plain
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
