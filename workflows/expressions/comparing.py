"""Closures that compare and join truth values: the hot path of conditions, short for plain values."""

from collections.abc import Callable
from typing import Any

from workflows.expressions.limits import Env, budget_of
from workflows.expressions.values import compare, equal

Node = Callable[[Env], Any]


def either(left: Node, right: Node, *, stop: bool) -> Node:
    """``or`` stops at true, ``and`` at false; else both must be the other, or it is null."""
    other = not stop

    def chosen(env: Env) -> Any:
        first = left(env)
        if first is stop:
            return stop
        second = right(env)
        if second is stop:
            return stop
        return other if first is other and second is other else None

    return chosen


_SIMPLE = {str, int, bool}


def _equals(left: Node, right: Node) -> Node:
    def equals(env: Env) -> bool | None:
        one, other = left(env), right(env)
        kind = type(one)
        if kind is type(other) and kind in _SIMPLE:
            return bool(one == other)
        return equal(one, other, budget_of(env))

    return equals


def _differs(left: Node, right: Node) -> Node:
    def differs(env: Env) -> bool | None:
        one, other = left(env), right(env)
        kind = type(one)
        if kind is type(other) and kind in _SIMPLE:
            return bool(one != other)
        same = equal(one, other, budget_of(env))
        return None if same is None else not same

    return differs


def _ordered(holds: Callable[[Any, Any], bool], slow: Callable[[int], bool]) -> Callable[[Node, Node], Node]:
    def comparer(left: Node, right: Node) -> Node:
        def ordered(env: Env) -> bool | None:
            one, other = left(env), right(env)
            if type(one) is int and type(other) is int:
                return holds(one, other)
            order = compare(one, other)
            return None if order is None else slow(order)

        return ordered

    return comparer


COMPARERS: dict[str, Callable[[Node, Node], Node]] = {
    "=": _equals,
    "!=": _differs,
    "<": _ordered(lambda one, other: bool(one < other), lambda order: order < 0),
    "<=": _ordered(lambda one, other: bool(one <= other), lambda order: order <= 0),
    ">": _ordered(lambda one, other: bool(one > other), lambda order: order > 0),
    ">=": _ordered(lambda one, other: bool(one >= other), lambda order: order >= 0),
}
