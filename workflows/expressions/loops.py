"""What repeats: filters, ``for``, ``some`` and ``every``. Each turn counts the size of its body as steps."""

from collections.abc import Callable, Iterator
from typing import Any

from workflows.expressions.limits import Budget, Env, budget_of, fitting_list
from workflows.expressions.moments import Date, day_number
from workflows.expressions.numbers import whole
from workflows.expressions.values import Range

Node = Callable[[Env], Any]
Over = list[tuple[str, Node, Node | None]]


def filtering(source: Node, condition: Node, cost: int) -> Node:
    """``list[n]`` counts from 1, or from the end; ``list[condition]`` sees the item's names before others."""

    def filtered(env: Env) -> Any:
        items = source(env)
        if not isinstance(items, list):
            items = [] if items is None else [items]
        budget, kept = budget_of(env), []
        inner = {**env, "item": None}
        if not items:
            verdict = condition(inner)
            return [] if not _is_number(verdict) else None
        for item in items:
            budget.spend(cost)
            names = {**env, **item, "item": item} if type(item) is dict else inner
            if names is inner:
                inner["item"] = item
            verdict = condition(names)
            if verdict is True:
                kept.append(item)
            elif verdict is not False and _is_number(verdict):
                return _at(items, verdict)
        return kept

    return filtered


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool) and whole(value) is not None


def _at(items: list[Any], position: Any) -> Any:
    place = whole(position) or 0
    if place == 0 or abs(place) > len(items):
        return None
    return items[place - 1] if place > 0 else items[place]


class _NoList(Exception):
    """What a loop should go over is null or cannot be counted through."""


def _turns(over: Over, env: Env, budget: Budget, at: int = 0) -> Iterator[Env]:
    """The environments of all turns; later loops see the names of those before."""
    name, first, last = over[at]
    for value in _domain(first(env), last(env) if last else None, last is not None, budget):
        budget.spend(1)
        inner = {**env, name: value}
        if at + 1 < len(over):
            yield from _turns(over, inner, budget, at + 1)
        else:
            yield inner


def _domain(first: Any, last: Any, is_range: bool, budget: Budget) -> Any:
    if isinstance(first, Range) and not is_range:
        return _closed(first, budget)
    if not is_range:
        if first is None:
            raise _NoList
        return first if isinstance(first, list) else [first]
    return _counted(first, last, budget)


def _closed(bounds: Range, budget: Budget) -> Any:
    found = list(_counted(bounds.low, bounds.high, budget))
    if found and not bounds.low_in:
        found = found[1:]
    return found[:-1] if found and not bounds.high_in else found


def _counted(first: Any, last: Any, budget: Budget) -> Any:
    if isinstance(first, Date) and isinstance(last, Date):
        low, high = first.number, last.number
        budget.spend(abs(high - low) // 64)
        return [
            day_number(one) for one in (range(low, high + 1) if low <= high else range(low, high - 1, -1))
        ]
    low_, high_ = whole(first), whole(last)
    if low_ is None or high_ is None or isinstance(first, bool) or isinstance(last, bool):
        raise _NoList
    budget.spend(abs(high_ - low_) // 64)
    return range(low_, high_ + 1) if low_ <= high_ else range(low_, high_ - 1, -1)


def collecting(over: Over, body: Node, cost: int, *, partial: bool) -> Node:
    """``for … return``; the body sees the results so far as ``partial``."""

    def collected(env: Env) -> list[Any] | None:
        budget, made = budget_of(env), list[Any]()
        try:
            for inner in _turns(over, env, budget):
                budget.spend(cost)
                if partial:
                    budget.spend(len(made) // 8)
                    inner["partial"] = list(made)
                made.append(body(inner))
                fitting_list(made)
        except _NoList:
            return None
        return made

    return collected


def quantifying(over: Over, body: Node, cost: int, *, stop: bool) -> Node:
    """``some`` stops at true, ``every`` at false; null where a condition was null."""

    def quantified(env: Env) -> Any:
        budget = budget_of(env)
        result: bool | None = not stop
        try:
            for inner in _turns(over, env, budget):
                budget.spend(cost)
                found = body(inner)
                if found is stop:
                    return stop
                result = result if found is (not stop) else None
        except _NoList:
            return None
        return result

    return quantified
