"""From source to something to call: conditions and values of services, and the same for tables and models."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.expressions import tree
from workflows.expressions.build import Node, build, counts
from workflows.expressions.lexer import LONGEST
from workflows.expressions.limits import BUDGET, CLOCK, STEP_BUDGET, Budget, BudgetSpent, Env
from workflows.expressions.parser import parse, parse_tests
from workflows.expressions.plain import plain
from workflows.expressions.types import Types

Compiled = Callable[[dict[str, Any]], Any]
TOO_DEEP = "an expression goes too deep"


def compile_expression(source: str, names: Iterable[str] | None = None) -> Compiled:
    """Compile once; call the result with a mapping of names. Raises ExpressionError with the position.

    ``names`` are those that exist, for whoever wants a name that does not refused; None allows any. Results
    are JSON. ``{limits.CLOCK: datetime}`` among the names is what ``now()`` gives.
    """
    found = parse(source, names)
    node = build(found)
    if not counts(found):
        return node if _stays_plain(found) else lambda env: plain(node(env))
    if _stays_plain(found):
        return _guarded(node)

    def run(env: Env) -> Any:
        budget = Budget()
        try:
            return plain(node({**env, BUDGET: budget}), budget)
        except RecursionError as error:
            raise BudgetSpent(TOO_DEEP) from error

    return run


def _guarded(node: Node) -> Compiled:
    def run(env: Env) -> Any:
        try:
            return node({**env, BUDGET: Budget()})
        except RecursionError as error:
            raise BudgetSpent(TOO_DEEP) from error

    return run


def _stays_plain(found: tree.Tree) -> bool:
    """Whether the result is JSON if the data are: a truth value, or something out of the data."""
    match found:
        case tree.Name() | tree.In() | tree.Between() | tree.InstanceOf():
            return True
        case tree.Literal():
            return isinstance(found.value, bool | int | str | None)
        case tree.Path():
            return _stays_plain(found.source)
        case tree.Filter():
            return _stays_plain(found.source)
        case tree.Infix():
            return found.sign in {"and", "or", "=", "!=", "<", "<=", ">", ">="}
    return False


@dataclass(frozen=True, slots=True)
class Feel:
    """A compiled expression or unary test, for tables and models: values stay FEEL's own."""

    source: str
    tree: tree.Tree
    node: Node

    def __call__(self, env: Env) -> Any:
        """The value in an environment made by :func:`environment`. Raises BudgetSpent, NoClock."""
        try:
            return self.node(env)
        except RecursionError as error:
            raise BudgetSpent(TOO_DEEP) from error

    def passes(self, value: Any, env: Env) -> bool:
        """For unary tests: whether the value passes."""
        return self({**env, "?": value}) is True


def environment(
    names: dict[str, Any],
    *,
    now: datetime | None = None,
    budget: Budget | None = None,
    steps: int = STEP_BUDGET,
) -> Env:
    """An environment of names with a clock and a budget that all expressions run in it share."""
    clock = {} if now is None else {CLOCK: now}
    return {**names, **clock, BUDGET: budget or Budget(steps)}


def compile_feel(
    source: str,
    names: Iterable[str] | None = None,
    *,
    components: Iterable[str] = (),
    types: Types | None = None,
    longest: int = LONGEST,
) -> Feel:
    """Compile an expression whose value stays FEEL's own; raises ExpressionError."""
    found = parse(source, names, components=components, types=types, longest=longest)
    return Feel(source, found, build(found))


def compile_tests(
    source: str,
    names: Iterable[str] | None = None,
    *,
    components: Iterable[str] = (),
    types: Types | None = None,
    longest: int = LONGEST,
) -> Feel:
    """Compile the tests of a cell (``-``, ``< 5``, ``[1..3], 7``, ``not("a")``); raises ExpressionError."""
    found = parse_tests(source, names, components=components, types=types, longest=longest)
    return Feel(source, found, build(found))
