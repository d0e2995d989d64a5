"""Which names an expression may use, and how those with spaces or signs are found (DMN 1.4, 10.3.1.3).

FEEL lets names have spaces and the signs ``. / - ' + *``; where a known name fits, the longest is taken.
Words of letters that stand side by side are one name, since nothing else can stand so.
"""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from workflows.expressions.lexer import Word, words

KEYWORDS = {
    "and", "or", "in", "between", "if", "then", "else", "for", "return", "some", "every", "satisfies",
    "instance", "of", "function", "external", "true", "false", "null",
}  # fmt: skip
STOPS = {"and", "or", "in", "between", "then", "else", "return", "satisfies", "instance", "external"}

_OWN = ("date and time", "years and months duration", "days and time duration")


def spaced(found: list[Word]) -> str:
    """The words of a name as one text: a space where there was any gap between them."""
    text = found[0].text
    for before, word in zip(found, found[1:], strict=False):
        text += (" " if word.position > before.end else "") + word.text
    return text


class Names:
    """The names in scope while an expression is read."""

    def __init__(self, known: Iterable[str] | None, components: Iterable[str] = ()) -> None:
        self.is_open = known is None  # then any name may be in the data
        self.lenient = 0  # inside a filter, where an item's own names are seen too
        self._scopes: list[set[str]] = [set(known or ())]
        self._special: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in [*self._scopes[0], *components, *_OWN]:
            self.note(name)

    def note(self, name: str) -> None:
        """Remember how a name with signs, digits or key words in it is written."""
        try:
            parts = tuple(word.text for word in words(name)[:-1] if word.kind in {"name", "sign", "number"})
        except ValueError:
            return
        if not parts or (len(parts) == 1 and parts[0] not in KEYWORDS):
            return
        if all(part[0].isalpha() or part[0] in "_?" for part in parts) and not KEYWORDS.intersection(parts):
            return
        known = self._special.setdefault(parts[0], [])
        if (parts, name) not in known:
            known.append((parts, name))
            known.sort(key=lambda one: -len(one[0]))

    def declare(self, name: str) -> None:
        """Add a name to the innermost scope."""
        self._scopes[-1].add(name)
        self.note(name)

    @contextmanager
    def inner(self, *names: str) -> Iterator[None]:
        """A scope inside, with some names."""
        self._scopes.append(set())
        for name in names:
            self.declare(name)
        yield
        self._scopes.pop()

    @contextmanager
    def filtering(self) -> Iterator[None]:
        """The condition of a filter: any name may be one of the item's."""
        self.lenient += 1
        with self.inner("item"):
            yield
        self.lenient -= 1

    def has(self, name: str) -> bool:
        """Whether the name is certainly in scope."""
        return any(name in scope for scope in self._scopes)

    def may_have(self, name: str) -> bool:
        """Whether the name can be in scope."""
        return self.is_open or self.lenient > 0 or self.has(name)

    def longest(self, found: list[Word], at: int) -> tuple[str, int] | None:
        """The longest special name that the words from ``at`` on write, and how many words it takes."""
        for parts, name in self._special.get(found[at].text, ()):
            have = tuple(word.text for word in found[at : at + len(parts)])
            if have == parts and all(word.kind != "text" for word in found[at : at + len(parts)]):
                return name, len(parts)
        return None

    def like(self, name: str, others: Iterable[str] = ()) -> str:
        """A hint at the nearest known name, or ""."""
        every = sorted(set().union(*self._scopes).union(others))
        near = difflib.get_close_matches(name, every, 1, 0.6)
        return f"; did you mean {near[0]!r}?" if near else ""


def merged(found: list[Word], at: int) -> int:
    """How many words of letters from ``at`` on stand side by side as one name."""
    count = 1
    while found[at + count].kind == "name" and found[at + count].text not in STOPS:
        count += 1
    return count
