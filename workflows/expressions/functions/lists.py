"""List functions (table 75), and sort."""

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from workflows.expressions.functions.invoking import invoke
from workflows.expressions.functions.registry import builtin
from workflows.expressions.limits import Budget, Env, budget_of, fitting_list
from workflows.expressions.values import Builtin, Function, compare, equal


@builtin("list contains", "list:list, element:any", env=True)
def list_contains(env: Env, items: list[Any], element: Any) -> bool:
    """Whether the list has the item."""
    return _place(items, element, budget_of(env)) >= 0


def _place(items: list[Any], wanted: Any, budget: Budget) -> int:
    budget.spend(1 + len(items) // 8)
    for at, item in enumerate(items):
        if (item is wanted) or equal(item, wanted, budget) is True:
            return at
    return -1


@builtin("count", "list:list")
def count(items: list[Any]) -> int:
    """The number of items."""
    return len(items)


@builtin("sublist", "list:list, start position:whole, length?:whole")
def sublist(items: list[Any], start: int, length: int | None = None) -> list[Any] | None:
    """From a position that counts from 1, or from the end where negative."""
    if start == 0 or abs(start) > len(items):
        return None
    begin = start - 1 if start > 0 else len(items) + start
    if length is None:
        return items[begin:]
    return items[begin : begin + length] if length >= 1 and begin + length <= len(items) else None


@builtin("append", "list:list, item...:any")
def append(items: list[Any], *more: Any) -> list[Any]:
    """The list with items behind it."""
    return fitting_list([*items, *more])


@builtin("concatenate", "list...:list")
def concatenate(*lists: list[Any]) -> list[Any]:
    """The lists behind each other."""
    return fitting_list([item for items in lists for item in items])


@builtin("insert before", "list:list, position:whole, newItem:any")
def insert_before(items: list[Any], position: int, new: Any) -> list[Any] | None:
    """The list with an item put before a position."""
    at = _index(items, position)
    return None if at is None else fitting_list([*items[:at], new, *items[at:]])


@builtin("remove", "list:list, position:whole")
def remove(items: list[Any], position: int) -> list[Any] | None:
    """The list without the item at a position."""
    at = _index(items, position)
    return None if at is None else [*items[:at], *items[at + 1 :]]


def _index(items: list[Any], position: int) -> int | None:
    if position == 0 or abs(position) > len(items):
        return None
    return position - 1 if position > 0 else len(items) + position


@builtin("list replace", "list:list, position:whole, newItem:any")
def replace_at(items: list[Any], position: int, new: Any) -> list[Any] | None:
    """The list with another item at a position."""
    at = _index(items, position)
    return None if at is None else [*items[:at], new, *items[at + 1 :]]


@builtin("list replace", "list:list, match:function, newItem:any", env=True)
def replace_where(env: Env, items: list[Any], match: Function | Builtin, new: Any) -> list[Any] | None:
    """The list with another item wherever ``match(item, newItem)`` is true."""
    made = []
    for item in items:
        verdict = invoke(match, [item, new], (), env)
        if not isinstance(verdict, bool):
            return None
        made.append(new if verdict else item)
    return made


@builtin("reverse", "list:list")
def reverse(items: list[Any]) -> list[Any]:
    """Back to front."""
    return items[::-1]


@builtin("index of", "list:list, match:any", env=True)
def index_of(env: Env, items: list[Any], wanted: Any) -> list[int]:
    """The positions of an item, counted from 1."""
    budget = budget_of(env)
    budget.spend(1 + len(items) // 8)
    return [at + 1 for at, item in enumerate(items) if equal(item, wanted, budget) is True]


@builtin("union", "list...:list", env=True)
def union(env: Env, *lists: list[Any]) -> list[Any]:
    """The lists behind each other, each item once."""
    return distinct(env, concatenate(*lists))


@builtin("distinct values", "list:list", env=True)
def distinct(env: Env, items: list[Any]) -> list[Any]:
    """Each item once, in the order of their first."""
    budget, kept = budget_of(env), list[Any]()
    for item in items:
        if _place(kept, item, budget) < 0:
            kept.append(item)
    return kept


@builtin("flatten", "list:list", env=True)
def flatten(env: Env, items: list[Any]) -> list[Any]:
    """The items of all lists inside."""
    budget, made = budget_of(env), list[Any]()

    def walk(inside: list[Any]) -> None:
        budget.spend(1 + len(inside) // 8)
        for item in inside:
            if isinstance(item, list):
                walk(item)
            else:
                made.append(item)
        fitting_list(made)

    walk(items)
    return made


@builtin("sort", "list:list, precedes:function", env=True)
def sort(env: Env, items: list[Any], precedes: Function | Builtin) -> list[Any] | None:
    """Sorted so that ``precedes(a, b)`` is true of each pair; stable."""
    return _sorted(items, lambda one, other: invoke(precedes, [one, other], (), env))


@builtin("sort", "list:list", env=True)
def sort_upwards(env: Env, items: list[Any]) -> list[Any] | None:
    """Sorted by the order of their kind; null where they have none in common."""
    budget_of(env).spend(1 + len(items) // 8)
    if any(compare(items[0], item) is None for item in items):
        return None
    return _sorted(items, lambda one, other: (compare(one, other) or 0) < 0)


class _NoOrder(Exception):
    """Two items have no order."""


def _sorted(items: list[Any], precedes: Callable[[Any, Any], Any]) -> list[Any] | None:
    def order(one: Any, other: Any) -> int:
        first = precedes(one, other)
        if not isinstance(first, bool):
            raise _NoOrder
        if first:
            return -1
        return 1 if precedes(other, one) is True else 0

    try:
        return sorted(items, key=cmp_to_key(order))
    except _NoOrder:
        return None
