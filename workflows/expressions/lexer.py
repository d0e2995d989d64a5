"""Words of an expression, each with its position."""

import re
from dataclasses import dataclass

LONGEST = 2000  # characters; a rule that needs more is a decision table
WORD = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?)
    | "(?P<text>(?:[^"\\]|\\["\\])*)"
    | (?P<name>lower\ case|list\ contains|[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign><=|>=|!=|[=<>+\-\[\](),.])
    )""",
    re.VERBOSE | re.ASCII,
)


class ExpressionError(ValueError):
    """An expression cannot be read. ``position`` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.position = position


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its kind (number, text, name, sign, end), its text and where it begins."""

    kind: str
    text: str
    position: int


def words(source: str) -> list[Word]:
    """Cut the source into words, the last being the end; raises ExpressionError."""
    if len(source) > LONGEST:
        raise ExpressionError(f"an expression has at most {LONGEST} characters", LONGEST)
    found, position, stop = [], 0, len(source.rstrip())
    while position < stop:
        match = WORD.match(source, position)
        if match is None:
            at = position + len(source[position:]) - len(source[position:].lstrip())
            raise ExpressionError(f"{source[at]!r} does not belong in an expression", at)
        kind = str(match.lastgroup)
        found.append(Word(kind, match.group(kind), match.start(kind)))
        position = match.end()
    return [*found, Word("end", "", stop)]
