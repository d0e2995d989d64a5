"""A recursive-descent parser from words to a tree: the whole grammar of DMN 1.4, 10.3.1.2."""

from collections.abc import Iterable

from workflows.expressions import tree
from workflows.expressions.atoms import Atoms
from workflows.expressions.lexer import LONGEST, ExpressionError
from workflows.expressions.tree import Tree
from workflows.expressions.types import Types

COMPARING = ("=", "!=", "<", "<=", ">", ">=")
LONGEST_CHAIN = 150


def parse(
    source: str,
    names: Iterable[str] | None = None,
    *,
    components: Iterable[str] = (),
    types: Types | None = None,
    longest: int = LONGEST,
) -> Tree:
    """The tree of an expression. ``names`` are those in scope, None where any may be.

    ``components`` are names that paths may read and that have signs in them; ``types`` the named types that
    ``instance of`` and parameters may use. Raises ExpressionError with the position.
    """
    parser = Parser(source, names, components, types or {}, longest)
    found = parser.expression()
    if longest > LONGEST and parser.next.text == ",":
        found = parser.more(found)
    parser.expect_end()
    return found


def parse_tests(
    source: str,
    names: Iterable[str] | None = None,
    *,
    components: Iterable[str] = (),
    types: Types | None = None,
    longest: int = LONGEST,
) -> tree.Tests:
    """The tree of the unary tests of a cell; ``?`` is the value that is tested."""
    parser = Parser(source, names, components, types or {}, longest)
    with parser.names.inner("?"):
        found = parser.unary_tests()
    parser.expect_end()
    return found


class Parser(Atoms):
    """From the weakest operator down; what binds tightest is in :class:`Atoms`."""

    def expression(self) -> Tree:
        """Any expression."""
        with self.deeper():
            return self._disjunction()

    def more(self, first: Tree) -> Tree:
        """Expressions with commas between, as models may have them: a list."""
        found = [first]
        while self.accept(","):
            found.append(self.expression())
        return tree.Items(tuple(found))

    def unary_tests(self) -> tree.Tests:
        """``-``, ``not(tests)`` or tests with commas between."""
        if self.next.text == "-" and self.after.kind == "end":
            self.take()
            return tree.Tests(())
        if self.next.text == "not" and self.next.kind == "name" and self.after.text == "(":
            start = self.at
            self.at += 2
            inner = self._tests()
            if self.accept(")") and self.next.kind == "end":
                return tree.Tests(inner, negated=True)
            self.at = start
        return tree.Tests(self._tests())

    def _tests(self) -> tuple[Tree, ...]:
        found = [self.test()]
        while self.accept(","):
            found.append(self.test())
        return tuple(found)

    def test(self) -> Tree:
        """One positive unary test: ``< 5``, an interval, or an expression."""
        if word := self.accept(*COMPARING):
            return tree.Test(word.text, self._sum())
        return self.expression()

    def _disjunction(self) -> Tree:
        found = self._conjunction()
        for _ in self.chain():
            if not self.accept_word("or"):
                return found
            found = tree.Infix("or", found, self._conjunction())
        return found

    def _conjunction(self) -> Tree:
        found = self._comparison()
        for _ in self.chain():
            if not self.accept_word("and"):
                return found
            found = tree.Infix("and", found, self._comparison())
        return found

    def _comparison(self) -> Tree:
        found = self._sum()
        for _ in self.chain():
            if word := self.accept(*COMPARING):
                found = tree.Infix(word.text, found, self._sum())
            elif self.accept_word("between"):
                low = self._sum()
                self.expect_word("and")
                found = tree.Between(found, low, self._sum())
            elif self.accept_word("in"):
                found = tree.In(found, self._contained())
            elif self.next.text == "instance" and self.after.text == "of":
                self.at += 2
                found = tree.InstanceOf(found, self.type())
            else:
                return found
        return found

    def _contained(self) -> tuple[Tree, ...]:
        """What stands behind ``in``: a test, or tests in brackets."""
        if word := self.accept(*COMPARING):
            return (tree.Test(word.text, self._sum()),)
        if self.next.text != "(" or self.next.kind != "sign":
            return (self._sum(),)
        self.take()
        tests = self._tests()
        if len(tests) > 1 or isinstance(tests[0], tree.Test):
            self.expect(")")
            return tests
        self.ready = self.closed(tests[0])  # one value in brackets: it may go on behind them
        return (self._sum(),)

    def _sum(self) -> Tree:
        found = self._product()
        for _ in self.chain():
            word = self.accept("+", "-")
            if word is None:
                return found
            found = tree.Infix(word.text, found, self._product())
        return found

    def _product(self) -> Tree:
        found = self._power()
        for _ in self.chain():
            word = self.accept("*", "/")
            if word is None:
                return found
            found = tree.Infix(word.text, found, self._power())
        return found

    def _power(self) -> Tree:
        found = self._signed()
        for _ in self.chain():
            if not self.accept("**"):
                return found
            found = tree.Infix("**", found, self._signed())
        return found

    def _signed(self) -> Tree:
        if self.accept("-"):
            with self.deeper():
                return tree.Negation(self._signed())
        return self.postfix()

    def chain(self) -> Iterable[int]:
        """Counts the links of a chain of operators; raises ExpressionError where there are too many."""
        yield from range(LONGEST_CHAIN)
        raise ExpressionError(f"more than {LONGEST_CHAIN} in a row; use a list", self.next.position)
