"""Walking over the words of an expression: looking, taking, expecting, and how deep we are."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from workflows.expressions.lexer import ExpressionError, Word, words
from workflows.expressions.names import KEYWORDS, Names, merged, spaced
from workflows.expressions.types import Types

DEEPEST = 40


class Reader:
    """The words of one expression and where we are in them."""

    def __init__(
        self, source: str, names: Iterable[str] | None, components: Iterable[str], types: Types, longest: int
    ) -> None:
        self.source = source
        self.words = words(source, longest)
        self.at = 0
        self.names = Names(names, components)
        self.types = types
        self._depth = 0

    @property
    def next(self) -> Word:
        """The word to read next."""
        return self.words[self.at]

    @property
    def after(self) -> Word:
        """The word behind the next one."""
        return self.words[min(self.at + 1, len(self.words) - 1)]

    def take(self) -> Word:
        """Read a word."""
        word = self.next
        self.at = min(self.at + 1, len(self.words) - 1)
        return word

    def accept(self, *signs: str) -> Word | None:
        """Read one of these signs if it is next."""
        return self.take() if self.next.kind == "sign" and self.next.text in signs else None

    def accept_word(self, text: str) -> Word | None:
        """Read this key word if it is next."""
        return self.take() if self.next.kind == "name" and self.next.text == text else None

    def expect(self, sign: str) -> None:
        """Read this sign; raises ExpressionError."""
        if self.accept(sign) is None:
            raise ExpressionError(f"{sign!r} is missing", self.next.position)

    def expect_word(self, text: str) -> None:
        """Read this key word; raises ExpressionError."""
        if self.accept_word(text) is None:
            raise ExpressionError(f"{text!r} is missing", self.next.position)

    def expect_end(self) -> None:
        """Refuse words after a whole expression."""
        if self.next.kind != "end":
            raise ExpressionError(f"{self.next.text!r} is one word too many", self.next.position)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level deeper; raises ExpressionError where that is too deep."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(f"more than {DEEPEST} levels deep", self.next.position)
        yield
        self._depth -= 1

    def name(self, what: str = "a name") -> str:
        """Read a name where only a name can stand, such as after a dot; raises ExpressionError."""
        if found := self.names.longest(self.words, self.at):
            self.at += found[1]
            return found[0]
        if self.next.kind != "name":
            raise ExpressionError(f"{what} is missing", self.next.position)
        count = merged(self.words, self.at)
        start, self.at = self.at, self.at + count
        return spaced(self.words[start : self.at])

    def new_name(self, *ends: str) -> str:
        """Read a name that is being made, up to one of some signs or key words; raises ExpressionError."""
        start = self.at
        while self.next.kind != "end" and self.next.text not in ends:
            if self.next.kind not in {"name", "number"} and self.next.text not in [
                ".",
                "/",
                "-",
                "'",
                "+",
                "*",
            ]:
                break
            self.at += 1
        found = self.words[start : self.at]
        if not found or found[0].kind != "name" or (len(found) == 1 and found[0].text in KEYWORDS):
            raise ExpressionError("a name is missing", self.words[start].position)
        return spaced(found)
