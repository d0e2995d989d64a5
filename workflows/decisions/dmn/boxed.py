"""Boxed expressions of a model, compiled: each becomes a function of the environment, as FEEL's own do."""

from collections.abc import Callable
from typing import Any

from onestop.lib.markup import Element
from workflows.decisions.dmn import tables
from workflows.decisions.dmn.items import Items, fitted
from workflows.expressions import ExpressionError, Feel, compile_feel, compile_tests
from workflows.expressions.functions.invoking import invoke
from workflows.expressions.lexer import LONGEST_MODEL
from workflows.expressions.limits import Env
from workflows.expressions.loops import Over, collecting, filtering, quantifying
from workflows.expressions.types import Type, conforms
from workflows.expressions.values import Function

Run = Callable[[Env], Any]
DEEPEST = 40


class Boxes:
    """Compiles the expressions of one node, whose names are known."""

    def __init__(self, items: Items, components: set[str], problem: Callable[[str], None]) -> None:
        self.items = items
        self.components = components
        self.problem = problem
        self._types = items.bare_types()
        self._depth = 0

    def compiled(self, one: Element, names: frozenset[str]) -> Run:
        """The function of an expression; what cannot be read is told and gives null."""
        self._depth += 1
        run: Run
        if self._depth > DEEPEST:
            self.problem(f"line {one.line}: more than {DEEPEST} boxes inside each other")
            run = _null
        else:
            run = _KINDS[one.local](self, one, names) if one.local in _KINDS else _null
            if one.local != "functionDefinition":
                run = self.typed(run, one.get("typeRef"))
        self._depth -= 1
        return run

    def inside(self, one: Element | None, names: frozenset[str]) -> Run:
        """The function of the expression inside an element."""
        inner = None if one is None else next((box for box in one.elements() if box.local in _KINDS), None)
        return _null if inner is None else self.compiled(inner, names)

    def feel(self, source: str, names: frozenset[str], line: int) -> Run:
        """The function of a text of FEEL, a list where it is several; null, and told, if unreadable."""
        return self._read(compile_feel, source, names, line)

    def tests(self, source: str, names: frozenset[str], line: int) -> Feel | None:
        """The unary tests of a cell; None, and told, where they cannot be read."""
        found = self._read(compile_tests, source, names, line)
        return found if isinstance(found, Feel) else None

    def _read(self, compiler: Any, source: str, names: frozenset[str], line: int) -> Run:
        if not source.strip():
            return _null
        try:
            made: Run = compiler(
                source.strip(), names, components=self.components, types=self._types, longest=LONGEST_MODEL
            )
        except ExpressionError as error:
            self.problem(f"line {line}: {' '.join(source.split())[:80]!r} cannot be read: {error}")
            return _null
        return made

    def typed(self, run: Run, reference: str) -> Run:
        """The function with its result as a type has it; null where it does not fit."""
        wanted = self.items.type(reference) if reference else None
        if wanted is None:
            return run
        return lambda env: fitted(run(env), wanted)[1]


def _null(env: Env) -> None:
    return None


def _literal(boxes: Boxes, one: Element, names: frozenset[str]) -> Run:
    language = one.get("expressionLanguage")
    if language and "FEEL" not in language.upper():
        return _null
    return boxes.feel(one.words_of("text"), names, one.line)


def _name_of(one: Element) -> str:
    return " ".join(one.get("name").split())


def _context(boxes: Boxes, one: Element, names: frozenset[str]) -> Run:
    entries: list[tuple[str, Run]] = []
    last: Run | None = None
    for entry in one.elements("contextEntry"):
        variable = entry.first("variable")
        if variable is None:
            last = boxes.inside(entry, names)
            continue
        name = _name_of(variable)
        is_function = entry.first("functionDefinition") is not None
        run = boxes.inside(entry, names | {name} if is_function else names)
        entries.append((name, boxes.typed(run, "" if is_function else variable.get("typeRef"))))
        boxes.components.add(name)
        names = names | {name}

    def context(env: Env) -> Any:
        inner, made = dict(env), {}
        for name, run in entries:
            inner[name] = made[name] = run(inner)
        return made if last is None else last(inner)

    return context


def _list(boxes: Boxes, one: Element, names: frozenset[str]) -> Run:
    items = [boxes.compiled(inner, names) for inner in one.elements() if inner.local in _KINDS]
    return lambda env: [item(env) for item in items]


def _relation(boxes: Boxes, one: Element, names: frozenset[str]) -> Run:
    columns = [(_name_of(column), column.get("typeRef")) for column in one.elements("column")]
    boxes.components.update(name for name, _ in columns)
    rows = []
    for row in one.elements("row"):
        cells = [boxes.compiled(cell, names) for cell in row.elements() if cell.local in _KINDS]
        rows.append(
            [(name, boxes.typed(cell, kind)) for (name, kind), cell in zip(columns, cells, strict=False)]
        )
    return lambda env: [{name: cell(env) for name, cell in row} for row in rows]


def _invocation(boxes: Boxes, one: Element, names: frozenset[str]) -> Run:
    function = boxes.inside(one, names)
    bindings = []
    for binding in one.elements("binding"):
        parameter = binding.first("parameter")
        if parameter is not None:
            bindings.append((_name_of(parameter), boxes.inside(binding, names)))
    wanted = tuple(name for name, _ in bindings)
    return lambda env: invoke(function(env), [run(env) for _, run in bindings], wanted, env)


def function_of(boxes: Boxes, one: Element, names: frozenset[str], gives: str = "") -> Run:
    """The function of a function definition: it gives a function."""
    if one.get("kind", "FEEL") != "FEEL":
        return _null
    parameters = [
        (
            _name_of(parameter),
            boxes.items.type(parameter.get("typeRef")) if parameter.get("typeRef") else None,
        )
        for parameter in one.elements("formalParameter")
    ]
    wanted = tuple(name for name, _ in parameters)
    body = boxes.typed(boxes.inside(one, names | set(wanted)), gives or one.get("typeRef"))
    checks = tuple(_check(kind) for _, kind in parameters)
    types = tuple(kind or Type("Any") for _, kind in parameters)
    result = boxes.items.type(gives) if gives else None
    return lambda env: Function(wanted, checks, body, env, 5, types, result)


def _check(kind: Type | None) -> Callable[[Any], bool] | None:
    return None if kind is None or kind.name == "Any" else lambda value: conforms(value, kind)


def _conditional(boxes: Boxes, one: Element, names: frozenset[str]) -> Run:
    condition, yes, no = (boxes.inside(one.first(part), names) for part in ("if", "then", "else"))
    return lambda env: yes(env) if condition(env) is True else no(env)


def _loop(boxes: Boxes, one: Element, names: frozenset[str]) -> Run:
    name = " ".join(one.get("iteratorVariable").split())
    over: Over = [(name, boxes.inside(one.first("in"), names), None)]
    if one.local == "for":
        return collecting(over, boxes.inside(one.first("return"), names | {name, "partial"}), 5, partial=True)
    return quantifying(
        over, boxes.inside(one.first("satisfies"), names | {name}), 5, stop=one.local == "some"
    )


def _filter(boxes: Boxes, one: Element, names: frozenset[str]) -> Run:
    source = boxes.inside(one.first("in"), names)
    match = boxes.inside(one.first("match"), names | boxes.components | {"item"})
    return filtering(source, match, 5)


def _table(boxes: Boxes, one: Element, names: frozenset[str]) -> Run:
    return tables.compiled(boxes, one, names)


_KINDS: dict[str, Callable[[Boxes, Element, frozenset[str]], Run]] = {
    "literalExpression": _literal,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": function_of,
    "conditional": _conditional,
    "for": _loop,
    "some": _loop,
    "every": _loop,
    "filter": _filter,
    "decisionTable": _table,
}
