"""Decision tables inside a model, as DMN 1.4, chapter 8 has them: null stands for what went wrong."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from onestop.lib.markup import Element
from workflows.decisions.dmn.items import fitted
from workflows.expressions import Feel
from workflows.expressions.build import build
from workflows.expressions.functions.statistics import maximum, minimum, total
from workflows.expressions.limits import Env, budget_of
from workflows.expressions.tree import Tests
from workflows.expressions.values import among, equal

if TYPE_CHECKING:
    from workflows.decisions.dmn.boxed import Boxes

Run = Callable[[Env], Any]
MANY = {"COLLECT", "RULE ORDER", "OUTPUT ORDER"}


class _Broken(Exception):
    """The table breaks its own rules for this case: the result is null."""


def compiled(boxes: "Boxes", one: Element, names: frozenset[str]) -> Run:
    """The function of a decision table."""
    inputs = [_input(boxes, column, names) for column in one.elements("input")]
    outputs = [_Output(boxes, column, names, one) for column in one.elements("output")]
    rules = []
    for rule in one.elements("rule"):
        cells = [boxes.tests(_cell(cell), names, cell.line) for cell in rule.elements("inputEntry")]
        results = [
            boxes.typed(boxes.feel(cell.words_of("text"), names, cell.line), output.reference)
            for cell, output in zip(rule.elements("outputEntry"), outputs, strict=False)
        ]
        rules.append((cells, results))
    table = _Table(one.get("hitPolicy", "UNIQUE"), one.get("aggregation"), outputs)

    def decided(env: Env) -> Any:
        try:
            values = [read(env) for read in inputs]
            matched = [
                [result(env) for result in results]
                for cells, results in rules
                if _matches(cells, values, env)
            ]
            return table.applied(matched, env)
        except _Broken:
            return None

    return decided


def _cell(one: Element) -> str:
    return one.words_of("text") or "-"


def _input(boxes: "Boxes", one: Element, names: frozenset[str]) -> Run:
    expression = one.first("inputExpression")
    source = "" if expression is None else expression.words_of("text")
    run = boxes.feel(source, names, one.line)
    wanted = boxes.items.type(expression.get("typeRef")) if expression is not None else None
    allowed = one.first("inputValues")
    tests = boxes.tests(allowed.words_of("text"), names, one.line) if allowed is not None else None

    def read(env: Env) -> Any:
        fits, value = fitted(run(env), wanted)
        if not fits or (tests is not None and value is not None and not tests.passes(value, env)):
            raise _Broken
        return value

    return read


def _matches(cells: list[Feel | None], values: list[Any], env: Env) -> bool:
    budget_of(env).spend(1)
    return all(
        cell is not None and cell.passes(value, env) for cell, value in zip(cells, values, strict=False)
    )


class _Output:
    """One column of results: its name, its type, the order of its values and what holds otherwise."""

    def __init__(self, boxes: "Boxes", one: Element, names: frozenset[str], table: Element) -> None:
        self.name = " ".join(one.get("name").split())
        self.reference = one.get("typeRef")
        values = one.first("outputValues")
        self.allowed = boxes.tests(values.words_of("text"), names, one.line) if values is not None else None
        default = one.first("defaultOutputEntry")
        self.default = boxes.feel(default.words_of("text"), names, one.line) if default is not None else None
        if self.name:
            boxes.components.add(self.name)

    def rank(self, value: Any, env: Env) -> int:
        """The place of a value in the order of the allowed ones."""
        tests = self.allowed.tree.tests if self.allowed and isinstance(self.allowed.tree, Tests) else ()
        for at, test in enumerate(tests):
            if among(value, build(test)(env), budget_of(env)) is True:
                return at
        return len(tests)


class _Table:
    """The hit policy, and the columns of results."""

    def __init__(self, policy: str, aggregation: str, outputs: list[_Output]) -> None:
        self.policy = policy
        self.aggregation = aggregation
        self.outputs = outputs

    def applied(self, matched: list[list[Any]], env: Env) -> Any:
        """The result of the rows that match."""
        if not matched:
            return self._otherwise(env)
        if self.policy in {"PRIORITY", "OUTPUT ORDER"}:
            matched = sorted(matched, key=lambda row: self._rank(row, env))
        shown = [self._shown(row) for row in matched]
        if self.policy == "COLLECT" and self.aggregation:
            return self._aggregated(matched, env)
        if self.policy in MANY:
            return shown
        if self.policy == "UNIQUE" and len(shown) > 1:
            raise _Broken
        if self.policy == "ANY" and any(equal(one, shown[0], budget_of(env)) is not True for one in shown):
            raise _Broken
        return shown[0]

    def _shown(self, row: list[Any]) -> Any:
        if len(self.outputs) == 1:
            return row[0] if row else None
        return {output.name: value for output, value in zip(self.outputs, row, strict=False)}

    def _rank(self, row: list[Any], env: Env) -> list[int]:
        return [output.rank(value, env) for output, value in zip(self.outputs, row, strict=False)]

    def _otherwise(self, env: Env) -> Any:
        if all(output.default is None for output in self.outputs):
            return [] if self.policy in MANY and not self.aggregation else None
        return self._shown([output.default(env) if output.default else None for output in self.outputs])

    def _aggregated(self, matched: list[list[Any]], env: Env) -> Any:
        if self.aggregation == "COUNT":
            return len(matched)
        reckon = {"SUM": total, "MIN": minimum, "MAX": maximum}.get(self.aggregation)
        if reckon is None:
            raise _Broken
        columns = [reckon(env, [row[at] for row in matched]) for at in range(len(self.outputs))]
        return self._shown(columns)
