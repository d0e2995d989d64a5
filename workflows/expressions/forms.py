"""What key words begin: ``if``, ``for``, ``some``, ``every``, ``function``; and types as they are written."""

import difflib

from workflows.expressions import tree
from workflows.expressions.lexer import ExpressionError, Word
from workflows.expressions.tree import Tree
from workflows.expressions.types import ANY, SIMPLE, Type
from workflows.expressions.words_read import Reader

CONSTANTS = {"true": True, "false": False, "null": None}


class Forms(Reader):
    """Reads forms. ``expression`` comes from the parser above."""

    def expression(self) -> Tree:
        """Any expression."""
        raise NotImplementedError

    def type(self) -> Type:
        """A type as written behind ``instance of`` or a colon; raises ExpressionError."""
        position = self.next.position
        name = self.name("a type")
        while self.accept("."):
            name += "." + self.name("a type")
        if name in self.types:
            return self.types[name]
        if name not in SIMPLE:
            near = difflib.get_close_matches(name, [*SIMPLE, *self.types], 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ExpressionError(f"there is no type {name!r}{hint}", position)
        parts: list[Type] = []
        fields: list[tuple[str, Type]] = []
        gives = None
        if self.accept("<"):
            while not self.accept(">"):
                if parts or fields:
                    self.expect(",")
                if name == "context":
                    field = self.new_name(":")
                    self.expect(":")
                    fields.append((field, self.type()))
                else:
                    parts.append(self.type())
            if name == "function":
                self.expect("->")
                gives = self.type()
        return Type(SIMPLE[name], tuple(parts), tuple(fields), gives)

    def keyword(self, word: Word) -> Tree:
        """What a key word begins; raises ExpressionError where none can stand."""
        match word.text:
            case text if text in CONSTANTS:
                return tree.Literal(CONSTANTS[text])
            case "if":
                return self._if()
            case "for" | "some" | "every":
                return self._loop(word.text)
            case "function":
                return self._function()
        raise ExpressionError(f"a value is missing before {word.text!r}", word.position)

    def _if(self) -> Tree:
        condition = self.expression()
        self.expect_word("then")
        yes = self.expression()
        self.expect_word("else")
        return tree.If(condition, yes, self.expression())

    def _loop(self, kind: str) -> Tree:
        over: list[tuple[str, Tree, Tree | None]] = []
        with self.names.inner():
            while True:
                name = self.new_name("in")
                self.expect_word("in")
                first = self.expression()
                last = self.expression() if self.accept("..") else None
                over.append((name, first, last))
                self.names.declare(name)
                if not self.accept(","):
                    break
            self.expect_word("return" if kind == "for" else "satisfies")
            if kind == "for":
                self.names.declare("partial")
            return tree.Loop(kind, tuple(over), self.expression())

    def _function(self) -> Tree:
        self.expect("(")
        parameters: list[tuple[str, Type]] = []
        while not self.accept(")"):
            if parameters:
                self.expect(",")
            name = self.new_name(":", ",", ")")
            parameters.append((name, self.type() if self.accept(":") else ANY))
        gives = self.type() if self.accept(":") else None
        is_external = self.accept_word("external") is not None
        with self.names.inner(*(name for name, _ in parameters)):
            body = self.expression()
        return tree.Definition(tuple(parameters), None if is_external else body, gives)
