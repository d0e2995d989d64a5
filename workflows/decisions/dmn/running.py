"""Running a model: each decision once, with the values it needs; services and knowledge as functions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onestop.lib.markup import Element
from workflows.decisions.dmn.boxed import Boxes, function_of
from workflows.decisions.dmn.items import fitted, typed
from workflows.decisions.dmn.model import Model, Node, logic_of
from workflows.expressions import Budget, environment
from workflows.expressions.limits import Env
from workflows.expressions.types import ANY
from workflows.expressions.values import Function

STEPS = 1_000_000  # of one run of a model
DEEPEST = 100
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Ready:
    """A node compiled: its function, and what could not be read of it."""

    run: Callable[[Env], Any]
    problems: list[str]


class Run:
    """One evaluation of a model: inputs, the clock, the steps that are left, what was decided so far."""

    def __init__(
        self,
        model: Model,
        inputs: dict[str, Any],
        *,
        now: datetime | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.model = model
        self.inputs = inputs
        self.env = environment({}, now=now, budget=budget or Budget(STEPS))
        self.problems: list[str] = []
        self._values: dict[Node, Any] = {}
        self._open: list[Node] = []

    def decide(self, name: str) -> Any:
        """The value of a decision, by its name; raises KeyError. Calls a service without inputs."""
        return self._value(self.model, self.model.named(name))

    def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """Call a service or knowledge with arguments by name; raises KeyError."""
        from workflows.expressions.functions.invoking import invoke

        node = self.model.named(name)
        function = self._value(self.model, node)
        wanted = getattr(function, "names", ())
        return invoke(function, [arguments.get(one) for one in wanted], (), self.env)

    def _value(self, model: Model, node: Node, given: dict[str, Any] | None = None) -> Any:
        if node in self._values:
            return self._values[node]
        if node in self._open or len(self._open) > DEEPEST:
            self.problems.append(f"{node.name!r} needs itself")
            return None
        self._open.append(node)
        try:
            found = {
                "input": self._input,
                "decision": self._decision,
                "knowledge": self._decision,
                "service": self._service,
            }[node.kind](model, node)
        finally:
            self._open.pop()
        self._values[node] = found
        return found

    def _input(self, model: Model, node: Node) -> Any:
        variable = node.xml.first("variable")
        wanted = model.type_of(variable.get("typeRef")) if variable is not None else None
        value = self.inputs.get(node.name, _MISSING)
        if value is _MISSING:
            value = _nested(self.inputs, node.name)
        fits, found = fitted(typed(value, wanted), wanted)
        if not fits:
            self.problems.append(
                f"input {node.name!r} is not of type {variable.get('typeRef') if variable else ''}"
            )
        return found

    def _decision(self, model: Model, node: Node) -> Any:
        ready = prepared(model, node)
        self.problems += [f"{node.name!r}: {problem}" for problem in ready.problems]
        env = dict(self.env)
        for reference in node.needs:
            self._bind(model, reference, env)
        if node.kind == "knowledge":
            env[node.name] = None
            function = ready.run(env)
            env[node.name] = function  # knowledge may call itself
            return function
        value = ready.run(env)
        variable = node.xml.first("variable")
        wanted = model.type_of(variable.get("typeRef")) if variable is not None else None
        fits, found = fitted(value, wanted)
        if not fits:
            self.problems.append(
                f"{node.name!r} is not of type {variable.get('typeRef') if variable else ''}"
            )
        return found

    def _bind(self, model: Model, reference: str, env: Env) -> None:
        target = model.find(reference)
        if target is None:
            self.problems.append(f"{reference} is not there")
            return
        prefix, other, node = target
        value = self._value(other, node)
        if prefix:
            env[prefix] = {**env.get(prefix, {}), node.name: value}
        else:
            env[node.name] = value

    def _service(self, model: Model, node: Node) -> Any:
        def targets(kind: str) -> list[tuple[str, Model, Node]]:
            found = [model.find(one.get("href")) for one in node.xml.elements(kind)]
            return [one for one in found if one is not None]

        takes = [*targets("inputData"), *targets("inputDecision")]
        gives = targets("outputDecision")

        def body(env: Env) -> Any:
            inner = Run(self.model, self.inputs, budget=env_budget(self.env))
            inner.env = self.env
            inner.problems = self.problems
            inner._open = list(self._open)
            for _, other, taken in takes:
                inner._values[taken] = _typed_as(other, taken, env.get(taken.name))
            results = {one.name: inner._value(other, one) for _, other, one in gives}
            return next(iter(results.values())) if len(results) == 1 else results

        names = tuple(taken.name for _, _, taken in takes)
        return Function(names, (None,) * len(names), body, self.env, 5, (ANY,) * len(names))


def env_budget(env: Env) -> Budget:
    """The budget that all parts of a run share."""
    from workflows.expressions.limits import budget_of

    return budget_of(env)


def _typed_as(model: Model, node: Node, value: Any) -> Any:
    variable = node.xml.first("variable")
    wanted = model.type_of(variable.get("typeRef")) if variable is not None else None
    return fitted(typed(value, wanted), wanted)[1]


def _nested(inputs: dict[str, Any], name: str) -> Any:
    """An input of an imported model, given under the import's name."""
    for value in inputs.values():
        if isinstance(value, dict) and name in value:
            return value[name]
    return None


def prepared(model: Model, node: Node) -> Ready:
    """The node compiled, once a model."""
    if node.id not in model.ready:
        problems: list[str] = []
        names, components = _names(model, node)
        boxes = Boxes(model.items, components, problems.append)
        model.ready[node.id] = Ready(_compiled(boxes, node, names), problems)
    found: Ready = model.ready[node.id]
    return found


def _compiled(boxes: Boxes, node: Node, names: frozenset[str]) -> Callable[[Env], Any]:
    logic: Element | None
    if node.kind == "knowledge":
        logic = node.xml.first("encapsulatedLogic")
        if logic is None:
            return lambda env: None
        variable = node.xml.first("variable")
        gives = variable.get("typeRef") if variable is not None else ""
        wanted = boxes.items.type(gives) if gives else None
        if wanted is not None and wanted.name == "function":
            gives = ""
        return function_of(boxes, logic, names | {node.name}, gives)
    logic = logic_of(node.xml)
    return (lambda env: None) if logic is None else boxes.compiled(logic, names)


def _names(model: Model, node: Node) -> tuple[frozenset[str], set[str]]:
    names, components = set[str](), set(model.items.names())
    for reference in node.needs:
        target = model.find(reference)
        if target is None:
            continue
        prefix, _, needed = target
        names.add(prefix or needed.name)
        components.add(needed.name)
    return frozenset(names), components
