"""One thing wrong with a definition: where, why, and what to do instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

JSON = dict[str, Any]
Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """``where`` is a step's id or a path in the document; ``hint`` a suggestion, or "".

    A document with an error is not published; a warning says what will probably not go well.
    """

    where: str
    message: str
    hint: str = ""
    level: Level = "error"

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" + (f"; {self.hint}" if self.hint else "")


def at(block: JSON) -> str:
    """How a step is named."""
    return f"step {block['id']!r}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A suggestion for a word that is not known: the closest one, or all of few."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    if not names:
        return ""
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return f"there are {shown}"
