"""List functions that reckon: min, max, sum, mean, median, mode, stddev (table 75)."""

from decimal import Decimal
from typing import Any

from workflows.expressions import numbers
from workflows.expressions.functions.registry import builtin
from workflows.expressions.limits import Env, budget_of
from workflows.expressions.moments import DaysDuration, MonthsDuration
from workflows.expressions.numbers import CONTEXT, FAULTS, Number, number
from workflows.expressions.operators import add, divide
from workflows.expressions.values import compare


@builtin("min", "list:list", env=True)
def minimum(env: Env, items: list[Any]) -> Any:
    """The least item; null where they have no order in common."""
    return _extreme(env, items, -1)


@builtin("max", "list:list", env=True)
def maximum(env: Env, items: list[Any]) -> Any:
    """The greatest item; null where they have no order in common."""
    return _extreme(env, items, 1)


@builtin("min", "list...:any", env=True)
def minimum_of(env: Env, *items: Any) -> Any:
    """The least of the arguments."""
    return _extreme(env, list(items), -1)


@builtin("max", "list...:any", env=True)
def maximum_of(env: Env, *items: Any) -> Any:
    """The greatest of the arguments."""
    return _extreme(env, list(items), 1)


def _extreme(env: Env, items: list[Any], sign: int) -> Any:
    budget_of(env).spend(1 + len(items) // 8)
    if not items or compare(items[0], items[0]) is None:
        return None
    best = items[0]
    for item in items[1:]:
        order = compare(item, best)
        if order is None:
            return None
        if order * sign > 0:
            best = item
    return best


@builtin("sum", "list:list", env=True)
def total(env: Env, items: list[Any]) -> Any:
    """The sum of numbers or of durations; null of none."""
    budget_of(env).spend(1 + len(items) // 8)
    kinds = (int, float, Decimal, DaysDuration, MonthsDuration)
    if not items or any(isinstance(item, bool) or not isinstance(item, kinds) for item in items):
        return None
    found: Any = items[0] if not isinstance(items[0], float) else number(items[0])
    for item in items[1:]:
        found = add(found, item)
    return found


@builtin("sum", "list...:any", env=True)
def total_of(env: Env, *items: Any) -> Any:
    """The sum of the arguments."""
    return total(env, list(items))


@builtin("mean", "list:list", env=True)
def mean(env: Env, items: list[Any]) -> Any:
    """The arithmetic mean."""
    found = total(env, items)
    return None if found is None else divide(found, len(items))


@builtin("mean", "list...:any", env=True)
def mean_of(env: Env, *items: Any) -> Any:
    """The arithmetic mean of the arguments."""
    return mean(env, list(items))


def _numbers(items: list[Any]) -> list[Number] | None:
    found = [number(item) for item in items]
    return None if None in found or not found else [one for one in found if one is not None]


@builtin("product", "list:list", env=True)
def product(env: Env, items: list[Any]) -> Number | None:
    """The numbers multiplied; null of none."""
    budget_of(env).spend(1 + len(items) // 8)
    factors = _numbers(items)
    if factors is None:
        return None
    found: Number | None = 1
    for factor in factors:
        found = None if found is None else numbers.multiply(found, factor)
    return found


@builtin("product", "list...:any", env=True)
def product_of(env: Env, *items: Any) -> Number | None:
    """The arguments multiplied."""
    return product(env, list(items))


@builtin("median", "list:list", env=True)
def median(env: Env, items: list[Any]) -> Any:
    """The middle number, or the mean of the two in the middle."""
    budget_of(env).spend(1 + len(items) // 8)
    found = _numbers(items)
    if found is None:
        return None
    found.sort()
    middle = len(found) // 2
    return found[middle] if len(found) % 2 else divide(add(found[middle - 1], found[middle]), 2)


@builtin("median", "list...:any", env=True)
def median_of(env: Env, *items: Any) -> Any:
    """The middle of the arguments."""
    return median(env, list(items))


@builtin("mode", "list:list", env=True)
def mode(env: Env, items: list[Any]) -> list[Number] | None:
    """The most frequent numbers, upwards."""
    budget_of(env).spend(1 + len(items) // 8)
    if not items:
        return []
    found = _numbers(items)
    if found is None:
        return None
    times: dict[Number, int] = {}
    for one in found:
        times[one] = times.get(one, 0) + 1
    most = max(times.values())
    return sorted(one for one, count in times.items() if count == most)


@builtin("mode", "list...:any", env=True)
def mode_of(env: Env, *items: Any) -> list[Number] | None:
    """The most frequent of the arguments."""
    return mode(env, list(items))


@builtin("stddev", "list:list", env=True)
def deviation(env: Env, items: list[Any]) -> Number | None:
    """The standard deviation of a sample; null of fewer than two."""
    budget_of(env).spend(1 + len(items) // 8)
    found = _numbers(items)
    if found is None or len(found) < 2:
        return None
    try:
        centre = CONTEXT.divide(_summed(found), len(found))
        squares = [CONTEXT.power(CONTEXT.subtract(one, centre), 2) for one in found]
        return CONTEXT.sqrt(CONTEXT.divide(_summed(squares), len(found) - 1))
    except FAULTS:
        return None


def _summed(found: list[Any]) -> Decimal:
    summed = Decimal(0)
    for one in found:
        summed = CONTEXT.add(summed, one)
    return summed


@builtin("stddev", "list...:any", env=True)
def deviation_of(env: Env, *items: Any) -> Number | None:
    """The standard deviation of the arguments."""
    return deviation(env, list(items))
