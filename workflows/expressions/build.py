"""From a tree to closures: each takes the environment, a mapping of names to values, and gives a value.

What runs without a loop, a filter or a call is bounded by the length of its source and counts nothing: that
keeps a simple condition fast. Everything else counts the size of its body each time it runs.
"""

from collections.abc import Callable
from typing import Any

from workflows.expressions import loops, operators, tree
from workflows.expressions.comparing import COMPARERS, either
from workflows.expressions.functions import registry
from workflows.expressions.functions.invoking import invoke
from workflows.expressions.limits import Env, budget_of
from workflows.expressions.properties import member
from workflows.expressions.tree import Tree
from workflows.expressions.types import conforms, is_of
from workflows.expressions.values import Builtin, Function, Range, among, compare

Node = Callable[[Env], Any]


def build(found: Any) -> Node:
    """The closure of a tree."""
    return _BUILDERS[type(found)](found)


def size_of(found: Any) -> int:
    """How many nodes a tree has: what one run of it costs."""
    if isinstance(found, tuple):
        return sum(size_of(part) for part in found)
    if type(found) not in _BUILDERS:
        return 0
    return 1 + sum(size_of(getattr(found, slot)) for slot in found.__slots__)


def counts(found: Any) -> bool:
    """Whether a run must count its steps: where something can repeat, or grow by repetition."""
    if isinstance(found, tree.Loop | tree.Filter | tree.Call | tree.Definition | tree.Entries):
        return True
    if isinstance(found, tuple):
        return any(counts(part) for part in found)
    return type(found) in _BUILDERS and any(counts(getattr(found, slot)) for slot in found.__slots__)


def _literal(found: tree.Literal) -> Node:
    value = found.value
    return lambda env: value


def _name(found: tree.Name) -> Node:
    name = found.name
    return lambda env: env.get(name)


def _path(found: tree.Path) -> Node:
    names = [found.name]
    source = found.source
    while isinstance(source, tree.Path):
        names.insert(0, source.name)
        source = source.source
    inner = build(source)

    def path(env: Env) -> Any:
        value = inner(env)
        for name in names:
            value = value.get(name) if type(value) is dict else member(value, name)
        return value

    return path


def _infix(found: tree.Infix) -> Node:
    left, right = build(found.left), build(found.right)
    if found.sign in {"and", "or"}:
        return either(left, right, stop=found.sign == "or")
    if found.sign in COMPARERS:
        return COMPARERS[found.sign](left, right)
    operation = {
        "+": operators.add,
        "-": operators.subtract,
        "*": operators.multiply,
        "/": operators.divide,
        "**": operators.power,
    }[found.sign]
    return lambda env: operation(left(env), right(env))


def _negation(found: tree.Negation) -> Node:
    inner = build(found.value)
    return lambda env: operators.negate(inner(env))


def _between(found: tree.Between) -> Node:
    inner, low, high = build(found.value), build(found.low), build(found.high)

    def between(env: Env) -> bool | None:
        value = inner(env)
        above, below = compare(value, low(env)), compare(value, high(env))
        return None if above is None or below is None else above >= 0 and below <= 0

    return between


def _in(found: tree.In) -> Node:
    inner, tests = build(found.value), [build(test) for test in found.tests]

    def contained(env: Env) -> bool | None:
        value: Any = inner(env)
        verdict: bool | None = False
        for test in tests:
            other = test(env)
            if type(value) is str and type(other) is list and value in other:
                return True
            one = among(value, other, budget_of(env))
            if one is True:
                return True
            verdict = None if one is None else verdict
        return verdict

    return contained


def _instance(found: tree.InstanceOf) -> Node:
    inner, wanted = build(found.value), found.type
    return lambda env: is_of(inner(env), wanted)


def _if(found: tree.If) -> Node:
    condition, yes, no = build(found.condition), build(found.yes), build(found.no)
    return lambda env: yes(env) if condition(env) is True else no(env)


def _items(found: tree.Items) -> Node:
    items = [build(item) for item in found.items]
    return lambda env: [item(env) for item in items]


def _entries(found: tree.Entries) -> Node:
    entries = [(name, build(value)) for name, value in found.entries]

    def context(env: Env) -> dict[str, Any]:
        inner, made = dict(env), {}
        for name, value in entries:
            inner[name] = made[name] = value(inner)
        return made

    return context


def _interval(found: tree.Interval) -> Node:
    low, high, low_in, high_in = build(found.low), build(found.high), found.low_in, found.high_in

    def interval(env: Env) -> Range | None:
        first, last = low(env), high(env)
        if first is not None and last is not None and compare(first, last) is None:
            return None
        return Range(first, last, low_in and first is not None, high_in and last is not None)

    return interval


def _test(found: tree.Test) -> Node:
    endpoint, sign = build(found.endpoint), found.sign

    def test(env: Env) -> Range | None:
        end = endpoint(env)
        match sign:
            case "<" | "<=":
                return Range(None, end, False, sign == "<=", sign)
            case ">" | ">=":
                return Range(end, None, sign == ">=", False, sign)
        return Range(end, end, True, True, sign)

    return test


def _filter(found: tree.Filter) -> Node:
    return loops.filtering(build(found.source), build(found.condition), size_of(found.condition))


def _loop(found: tree.Loop) -> Node:
    over = [(name, build(first), build(last) if last else None) for name, first, last in found.over]
    body, cost = build(found.body), size_of(found.body) + 1
    if found.kind == "for":
        return loops.collecting(over, body, cost, partial=tree.mentions(found.body, "partial"))
    return loops.quantifying(over, body, cost, stop=found.kind == "some")


def _call(found: tree.Call) -> Node:
    function, names = build(found.function), found.names
    arguments = [build(argument) for argument in found.arguments]
    if isinstance(found.function, tree.Literal) and isinstance(found.function.value, Builtin) and not names:
        return registry.caller(found.function.value, arguments)
    return lambda env: invoke(function(env), [argument(env) for argument in arguments], names, env)


def _definition(found: tree.Definition) -> Node:
    if found.body is None:
        return lambda env: None  # external functions are not carried out
    names = tuple(name for name, _ in found.parameters)
    types = tuple(kind for _, kind in found.parameters)
    checks = tuple(
        None
        if kind.name == "Any" and kind.check is None
        else (lambda value, kind=kind: conforms(value, kind))
        for kind in types
    )
    body, cost = build(found.body), size_of(found.body)
    return lambda env: Function(names, checks, body, env, cost, types, found.gives)


def _tests(found: tree.Tests) -> Node:
    tests = [_cell(test) for test in found.tests]
    negated = found.negated

    def passes(env: Env) -> bool | None:
        verdict: bool | None = False
        for test in tests:
            one = test(env)
            if one is True:
                verdict = True
                break
            verdict = None if one is None else verdict
        return verdict if not negated or verdict is None else not verdict

    return passes if tests else lambda env: True


def _cell(found: Tree) -> Node:
    """One test of a cell: by ``?`` where it is used, else by what the value is compared with."""
    inner = build(found)
    if tree.mentions(found, "?"):

        def asked(env: Env) -> bool | None:
            verdict = inner(env)
            return verdict if isinstance(verdict, bool) else among(env.get("?"), verdict, budget_of(env))

        return asked

    def compared(env: Env) -> bool | None:
        value, other = env.get("?"), inner(env)
        if isinstance(other, bool) and value is not None and not isinstance(value, bool | list):
            return other
        return among(value, other, budget_of(env))

    return compared


_BUILDERS: dict[type, Callable[[Any], Node]] = {
    tree.Literal: _literal,
    tree.Name: _name,
    tree.Path: _path,
    tree.Filter: _filter,
    tree.Call: _call,
    tree.Infix: _infix,
    tree.Negation: _negation,
    tree.Between: _between,
    tree.In: _in,
    tree.InstanceOf: _instance,
    tree.If: _if,
    tree.Loop: _loop,
    tree.Items: _items,
    tree.Entries: _entries,
    tree.Interval: _interval,
    tree.Test: _test,
    tree.Definition: _definition,
    tree.Tests: _tests,
}
