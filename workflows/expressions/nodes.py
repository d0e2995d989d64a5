"""The closures that expressions are compiled to: each takes a scope and gives a value, counting its steps."""

import operator
from collections.abc import Callable
from typing import Any

STEP_BUDGET = 10_000


class BudgetSpent(Exception):
    """An expression took more steps than it may. Final for this input."""


class Scope:
    """The values an expression sees and the steps it has left."""

    __slots__ = ("left", "names")

    def __init__(self, names: dict[str, Any], left: int = STEP_BUDGET) -> None:
        self.names = names
        self.left = left

    def step(self) -> None:
        """Count one step; raises BudgetSpent."""
        self.left -= 1
        if self.left < 0:
            raise BudgetSpent(f"more than {STEP_BUDGET} steps")


Node = Callable[[Scope], Any]


def _compare(symbol: str, left: Any, right: Any) -> Any:
    if symbol == "=":
        return bool(left == right)
    if symbol == "!=":
        return bool(left != right)
    number = (int, float)
    alike = (isinstance(left, number) and isinstance(right, number)) or (
        isinstance(left, str) and isinstance(right, str)
    )
    order = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[symbol]
    return bool(order(left, right)) if alike else None


def _member(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [_member(item, name) for item in value]
    return value.get(name) if isinstance(value, dict) else None


def naming(name: str) -> Node:
    def node(scope: Scope) -> Any:
        scope.step()
        return scope.names.get(name)

    return node


def reading(source: Node, name: str) -> Node:
    def node(scope: Scope) -> Any:
        scope.step()
        return _member(source(scope), name)

    return node


def calling(function: Callable[..., Any], arguments: list[Node]) -> Node:
    def node(scope: Scope) -> Any:
        scope.step()
        return function(*(argument(scope) for argument in arguments))

    return node


def comparing(symbol: str, left: Node, right: Node) -> Node:
    def node(scope: Scope) -> Any:
        scope.step()
        return _compare(symbol, left(scope), right(scope))

    return node


def containing(left: Node, right: Node) -> Node:
    def node(scope: Scope) -> Any:
        scope.step()
        value, items = left(scope), right(scope)
        return value in items if isinstance(items, list) else None

    return node


def either(left: Node, right: Node, *, stop: bool) -> Node:
    """``or`` stops at true, ``and`` stops at false; otherwise null wins over the other."""

    def node(scope: Scope) -> Any:
        scope.step()
        first = left(scope)
        if first is stop:
            return stop
        second = right(scope)
        if second is stop:
            return stop
        return (not stop) if first is (not stop) and second is (not stop) else None

    return node


def adding(symbol: str, left: Node, right: Node) -> Node:
    def node(scope: Scope) -> Any:
        scope.step()
        first, second = left(scope), right(scope)
        if isinstance(first, list) and isinstance(second, list) and symbol == "+":
            return first + second
        if isinstance(first, str) and isinstance(second, str) and symbol == "+":
            return first + second
        numbers = all(isinstance(value, (int, float)) for value in (first, second))
        if not numbers:
            return None
        return first + second if symbol == "+" else first - second

    return node


def filtering(source: Node, condition: Node) -> Node:
    """``list[n]`` counts from 1; ``list[condition]`` sees the item's names before those outside."""

    def node(scope: Scope) -> Any:
        items = source(scope)
        if not isinstance(items, list):
            items = [] if items is None else [items]
        kept, outside = [], scope.names
        for item in items:
            scope.step()
            scope.names = (
                {**outside, **item, "item": item} if isinstance(item, dict) else {**outside, "item": item}
            )
            try:
                verdict = condition(scope)
            finally:
                scope.names = outside
            if isinstance(verdict, int) and not isinstance(verdict, bool):
                return items[verdict - 1] if 0 < verdict <= len(items) else None
            if verdict is True:
                kept.append(item)
        return kept

    return node
