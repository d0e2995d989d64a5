"""Calling a function that is a value: one of the language, or one that an expression defined."""

from typing import Any

from workflows.expressions.functions.registry import call
from workflows.expressions.limits import DEEPEST_CALL, BudgetSpent, Env, budget_of
from workflows.expressions.values import Builtin, Function


def invoke(function: Any, arguments: list[Any], names: tuple[str, ...], env: Env) -> Any:
    """Call with arguments by position or by name; null for no function, or a wrong number of arguments.

    An argument that is not of its parameter's type is null.

    Raises BudgetSpent where functions call each other too deep.
    """
    budget = budget_of(env)
    if isinstance(function, Builtin):
        budget.spend(1)
        return call(function, arguments, names, env)
    if not isinstance(function, Function) or len(arguments) != len(function.names):
        return None
    if names:
        given = dict(zip(names, arguments, strict=True))
        if set(given) != set(function.names):
            return None
        arguments = [given[name] for name in function.names]
    inner = dict(function.env)
    for name, check, value in zip(function.names, function.checks, arguments, strict=True):
        inner[name] = value if check is None else conformed(check, value)
    budget.spend(function.cost)
    budget.depth += 1
    if budget.depth > DEEPEST_CALL:
        raise BudgetSpent(f"functions call each other more than {DEEPEST_CALL} deep")
    try:
        return function.body(inner)
    finally:
        budget.depth -= 1


_UNFIT = object()


def coerced(check: Any, value: Any) -> Any:
    """The value, the one item of it, or a list of it, whichever passes the check."""
    if value is None or check(value):
        return value
    if isinstance(value, list) and len(value) == 1 and check(value[0]):
        return value[0]
    return [value] if not isinstance(value, list) and check([value]) else _UNFIT


def conformed(check: Any, value: Any) -> Any:
    """As :func:`coerced`, with null for what does not pass."""
    found = coerced(check, value)
    return None if found is _UNFIT else found
