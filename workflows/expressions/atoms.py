"""What binds tightest in FEEL: literals, names, calls, paths, filters, lists, contexts, loops, functions."""

from workflows.expressions import tree
from workflows.expressions.forms import Forms
from workflows.expressions.functions import BUILTINS, why_not
from workflows.expressions.lexer import ExpressionError, Word, unescaped
from workflows.expressions.moments_text import read_any
from workflows.expressions.names import KEYWORDS
from workflows.expressions.numbers import parse_number
from workflows.expressions.tree import Tree
from workflows.expressions.values import Builtin

LONGEST_PATH = 100


class Atoms(Forms):
    """Reads one operand. ``expression`` and ``test`` come from the parser above it."""

    ready: Tree | None = None  # an operand that was read already

    def test(self) -> Tree:
        """A positive unary test."""
        raise NotImplementedError

    def postfix(self) -> Tree:
        """An operand with the paths, filters and calls behind it."""
        position = self.next.position
        found = self._primary()
        for _ in range(LONGEST_PATH):
            if self.accept("."):
                found = tree.Path(found, self.name("a name after the dot"))
            elif self.next.text == "[" and self.next.kind == "sign":
                self.take()
                with self.names.filtering():
                    found = tree.Filter(found, self.expression())
                self.expect("]")
            elif self.next.text == "(" and self.next.kind == "sign":
                found = self._call(found, position)
            else:
                return found
        raise ExpressionError(f"more than {LONGEST_PATH} steps in a path", position)

    def _primary(self) -> Tree:
        if self.ready is not None:
            found, self.ready = self.ready, None
            return found
        word = self.next
        if word.kind == "name" or self.names.longest(self.words, self.at):
            return self._named()
        self.take()
        match word.kind:
            case "number":
                value = parse_number(word.text)
                if value is None:
                    raise ExpressionError(f"{word.text} is too large", word.position)
                return tree.Literal(value)
            case "text":
                return tree.Literal(unescaped(word.text))
            case "at":
                return tree.Literal(_moment(word))
        match word.text if word.kind == "sign" else "":
            case "(":
                return self.closed(self.test())
            case "]":
                return self._opened()
            case "[":
                return self._list()
            case "{":
                return self._context()
        shown = repr(word.text) if word.text else "the end"
        raise ExpressionError(f"a value is missing before {shown}", word.position)

    def closed(self, found: Tree) -> Tree:
        """The rest of what began with ``(``: a closing bracket, or the end of a range."""
        if self.accept(".."):
            return self._range(found, False)
        self.expect(")")
        return found

    def _opened(self) -> Tree:
        """A range that begins with ``]``."""
        if self.next.kind == "end":
            raise ExpressionError("a value is missing before ']'", self.words[self.at - 1].position)
        low = self.expression()
        self.expect("..")
        return self._range(low, False)

    def _range(self, low: Tree, low_in: bool) -> Tree:
        high = self.expression()
        closing = self.accept("]", ")", "[")
        if closing is None:
            raise ExpressionError("']' or ')' is missing at the end of a range", self.next.position)
        return tree.Interval(low, high, low_in, closing.text == "]")

    def _list(self) -> Tree:
        items: list[Tree] = []
        while not self.accept("]"):
            if items:
                self.expect(",")
            items.append(self.test())
            if len(items) == 1 and self.accept(".."):
                return self._range(items[0], True)
        return tree.Items(tuple(items))

    def _context(self) -> Tree:
        entries: list[tuple[str, Tree]] = []
        with self.names.inner():
            while not self.accept("}"):
                if entries:
                    self.expect(",")
                position = self.next.position
                key = unescaped(self.take().text) if self.next.kind == "text" else self.new_name(":")
                if key in dict(entries):
                    raise ExpressionError(f"the entry {key!r} is there twice", position)
                self.expect(":")
                self.names.note(key)
                is_function = self.next.text == "function" and self.next.kind == "name"
                if is_function:
                    self.names.declare(key)  # so that it may call itself
                entries.append((key, self.expression()))
                self.names.declare(key)
        return tree.Entries(tuple(entries))

    def _named(self) -> Tree:
        word = self.next
        special = self.names.longest(self.words, self.at)
        if special is None and word.text in KEYWORDS:
            self.take()
            return self.keyword(word)
        name = self.name()
        if self.next.text == "(" and self.next.kind == "sign" and not self.names.has(name):
            if name in BUILTINS:
                return tree.Literal(BUILTINS[name])
            if self.names.is_open or not self.names.may_have(name):
                known = self.names.like(name, BUILTINS) or f"; there are {', '.join(sorted(BUILTINS))}"
                raise ExpressionError(f"there is no function {name!r}{known}", word.position)
        if not self.names.may_have(name):
            if name in BUILTINS:
                return tree.Literal(BUILTINS[name])
            hint = self.names.like(name)
            raise ExpressionError(f"there is no {name!r} here{hint}", word.position)
        return tree.Name(name)

    def _call(self, function: Tree, position: int) -> Tree:
        self.expect("(")
        arguments: list[Tree] = []
        names: list[str] = []
        while not self.accept(")"):
            if arguments:
                self.expect(",")
            name = self._argument_name()
            if (name is None) == bool(names) and arguments:
                raise ExpressionError("name all arguments or none", self.next.position)
            if name is not None:
                names.append(name)
            arguments.append(self.expression())
        call = tree.Call(function, tuple(arguments), tuple(names))
        if isinstance(function, tree.Literal) and isinstance(function.value, Builtin):
            _check_call(function.value, call, position)
        return call

    def _argument_name(self) -> str | None:
        start = self.at
        if self.next.kind != "name":
            return None
        try:
            name = self.new_name(":")
        except ExpressionError:
            name = ""
        if name and self.accept(":"):
            return name
        self.at = start
        return None


def _moment(word: Word) -> object:
    value = read_any(unescaped(word.text[2:-1]))
    if value is None:
        raise ExpressionError(f"{word.text} is no date, time or duration", word.position)
    return value


def _check_call(function: Builtin, call: tree.Call, position: int) -> None:
    problem = why_not(function, len(call.arguments), call.names)
    if problem:
        raise ExpressionError(problem, position)
