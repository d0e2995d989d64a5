"""A recursive-descent compiler from words to closures over a scope.

Comparisons with null, or of unlike kinds, are null; ``and`` and ``or`` follow FEEL's three-valued tables.
"""

from collections.abc import Callable
from typing import Any

from workflows.expressions import nodes
from workflows.expressions.functions import FUNCTIONS
from workflows.expressions.lexer import ExpressionError, Word, words
from workflows.expressions.nodes import Node, Scope

DEEPEST = 40
KEYWORDS = {"and", "or", "in", "true", "false", "null"}


Compiled = Callable[[dict[str, Any]], Any]


def compile_expression(source: str) -> Compiled:
    """Compile once; call the result with a mapping of names. Raises ExpressionError with the position."""
    parser = _Parser(words(source))
    node = parser.disjunction()
    parser.expect_end()
    return lambda names: node(Scope(names))


class _Parser:
    def __init__(self, found: list[Word]) -> None:
        self._words = found
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> Word:
        return self._words[self._at]

    def _take(self) -> Word:
        word = self._next
        self._at += 1
        return word

    def _accept(self, *texts: str) -> Word | None:
        return self._take() if self._next.kind in {"sign", "name"} and self._next.text in texts else None

    def _expect(self, text: str) -> None:
        if self._accept(text) is None:
            raise ExpressionError(f"{text!r} is missing", self._next.position)

    def expect_end(self) -> None:
        """Refuse words after a whole expression."""
        if self._next.kind != "end":
            raise ExpressionError(f"{self._next.text!r} is one word too many", self._next.position)

    def disjunction(self) -> Node:
        """or, the weakest operator."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(f"more than {DEEPEST} levels deep", self._next.position)
        node = self._conjunction()
        while self._accept("or"):
            node = nodes.either(node, self._conjunction(), stop=True)
        self._depth -= 1
        return node

    def _conjunction(self) -> Node:
        node = self._comparison()
        while self._accept("and"):
            node = nodes.either(node, self._comparison(), stop=False)
        return node

    def _comparison(self) -> Node:
        left = self._sum()
        if word := self._accept("=", "!=", "<", "<=", ">", ">="):
            return nodes.comparing(word.text, left, self._sum())
        if self._accept("in"):
            return nodes.containing(left, self._sum())
        return left

    def _sum(self) -> Node:
        node = self._postfix()
        while word := self._accept("+", "-"):
            node = nodes.adding(word.text, node, self._postfix())
        return node

    def _postfix(self) -> Node:
        node = self._primary()
        while True:
            if self._accept("."):
                word = self._take()
                if word.kind != "name":
                    raise ExpressionError("a name is missing after the dot", word.position)
                node = nodes.reading(node, word.text)
            elif self._accept("["):
                node = nodes.filtering(node, self.disjunction())
                self._expect("]")
            else:
                return node

    def _primary(self) -> Node:
        word = self._take()
        if word.kind == "number":
            number = float(word.text) if "." in word.text else int(word.text)
            return lambda scope: number
        if word.kind == "text":
            text = word.text.replace('\\"', '"').replace("\\\\", "\\")
            return lambda scope: text
        if word.kind == "name":
            return self._name(word)
        if word.text == "(":
            node = self.disjunction()
            self._expect(")")
            return node
        if word.text == "[":
            return self._list()
        shown = repr(word.text) if word.text else "the end"
        raise ExpressionError(f"a value is missing before {shown}", word.position)

    def _list(self) -> Node:
        items: list[Node] = []
        while not self._accept("]"):
            if items:
                self._expect(",")
            items.append(self.disjunction())
        return lambda scope: [item(scope) for item in items]

    def _name(self, word: Word) -> Node:
        constants = {"true": True, "false": False, "null": None}
        if word.text in constants:
            value = constants[word.text]
            return lambda scope: value
        if self._accept("("):
            return self._function(word)
        if word.text in KEYWORDS or " " in word.text:
            raise ExpressionError(f"a value is missing before {word.text!r}", word.position)
        return nodes.naming(word.text)

    def _function(self, word: Word) -> Node:
        if word.text not in FUNCTIONS:
            known = ", ".join(sorted(FUNCTIONS))
            raise ExpressionError(f"there is no function {word.text!r}; there are {known}", word.position)
        arity, function = FUNCTIONS[word.text]
        arguments: list[Node] = []
        while not self._accept(")"):
            if arguments:
                self._expect(",")
            arguments.append(self.disjunction())
        if len(arguments) != arity:
            raise ExpressionError(f"{word.text} takes {arity}, not {len(arguments)}", word.position)
        return nodes.calling(function, arguments)
