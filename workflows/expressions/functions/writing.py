"""Values as texts and back: ``string`` of anything, and ``range`` of a text (table 72)."""

from decimal import Decimal
from typing import Any

from workflows.expressions import tree
from workflows.expressions.functions.registry import builtin
from workflows.expressions.limits import Budget, Env, budget_of, fitting_text
from workflows.expressions.moments_text import write
from workflows.expressions.numbers import written
from workflows.expressions.values import Builtin, Function, Range, compare, kind_of


@builtin("string", "from:any", env=True)
def to_string(env: Env, value: Any) -> str | None:
    """Any value as a text; null stays null."""
    if value is None or isinstance(value, str):
        return value
    return fitting_text(text_of(value, budget_of(env)))


def text_of(value: Any, budget: Budget) -> str:
    """The value as FEEL writes it; texts inside lists and contexts in quotation marks."""
    budget.spend(1)
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return written(value)
        case float():
            return repr(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case list():
            return fitting_text("[" + ", ".join(text_of(item, budget) for item in value) + "]")
        case dict():
            shown = (f"{_key(name)}: {text_of(item, budget)}" for name, item in value.items())
            return fitting_text("{" + ", ".join(shown) + "}")
        case Range():
            return _range_text(value, budget)
        case Function():
            return f"function({', '.join(value.names)})"
        case Builtin():
            return value.name
    return write(value)


def _key(name: Any) -> str:
    plain = str(name)
    return plain if plain.replace(" ", "").isidentifier() else f'"{plain}"'


def _range_text(value: Range, budget: Budget) -> str:
    if value.written:
        return f"({value.written} {text_of(value.low if value.low is not None else value.high, budget)})"
    ends = f"{text_of(value.low, budget)}..{text_of(value.high, budget)}"
    return f"{'[' if value.low_in else '('}{ends}{']' if value.high_in else ')'}"


@builtin("range", "from:text")
def to_range(text: str) -> Range | None:
    """A range as written, with literal ends: ``[1..10)``."""
    from workflows.expressions.build import build
    from workflows.expressions.lexer import ExpressionError
    from workflows.expressions.parser import parse

    try:
        found = parse(text, ())
    except ExpressionError:
        return None
    if not isinstance(found, tree.Interval) or not (_is_fixed(found.low) and _is_fixed(found.high)):
        return None
    bounds = build(found)({})
    if not isinstance(bounds, Range):
        return None
    if kind_of(bounds.low) == kind_of(bounds.high):
        order = compare(bounds.low, bounds.high)
        return bounds if order is not None and order <= 0 else None
    return bounds if bounds.low is None or bounds.high is None else None


def _is_fixed(end: Any) -> bool:
    match end:
        case tree.Literal():
            return not isinstance(end.value, list | Builtin)
        case tree.Negation():
            return _is_fixed(end.value)
        case tree.Call(function=tree.Literal(value=Builtin(name=name))):
            known = {"date", "time", "date and time", "duration"}
            return name in known and all(isinstance(one, tree.Literal) for one in end.arguments)
    return False
