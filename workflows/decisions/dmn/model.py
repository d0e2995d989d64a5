"""A decision model out of its XML: inputs, decisions, knowledge, services, what they need, what is lost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from onestop.lib.markup import Element, Markup, NotMarkup, read_markup
from workflows.decisions.dmn.items import Items
from workflows.expressions.types import Type

NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}
KINDS = {
    "inputData": "input",
    "decision": "decision",
    "businessKnowledgeModel": "knowledge",
    "decisionService": "service",
}
LOGIC = {
    "literalExpression", "decisionTable", "context", "list", "relation", "invocation", "functionDefinition",
    "conditional", "for", "some", "every", "filter",
}  # fmt: skip
KNOWN = {
    *KINDS, "itemDefinition", "import", "description", "extensionElements", "knowledgeSource", "DMNDI",
    "textAnnotation", "association", "performanceIndicator", "organizationUnit", "businessContextElement",
    "elementCollection", "group", "artifact",
}  # fmt: skip


class ModelRefused(Exception):
    """A document that is no decision model. Final until it is mended; ``problems`` lists what was found."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of a model that is kept in its XML but not carried out: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One element of the model: kind is input, decision, knowledge or service."""

    kind: str
    id: str
    name: str
    xml: Element = field(repr=False)
    needs: tuple[str, ...] = ()  # references as written: "#id" or "namespace#id"


@dataclass(slots=True, eq=False)
class Model:
    """A model ready to run, with the models that it imports."""

    markup: Markup = field(repr=False)
    name: str
    namespace: str
    version: str
    nodes: dict[str, Node]
    imports: "dict[str, Model]"  # by the name that they have here
    items: Items
    losses: list[Loss]
    ready: dict[str, Any] = field(default_factory=dict, repr=False)

    def named(self, name: str) -> Node:
        """The node of this name; raises KeyError."""
        for node in self.nodes.values():
            if node.name == name:
                return node
        raise KeyError(name)

    def of_kind(self, kind: str) -> list[Node]:
        """The nodes of a kind, in the order of the document."""
        return [node for node in self.nodes.values() if node.kind == kind]

    def find(self, reference: str) -> "tuple[str, Model, Node] | None":
        """What a reference means: the import's name (or ""), its model and the node."""
        namespace, _, key = reference.rpartition("#")
        if namespace in {"", self.namespace} and key in self.nodes:
            return "", self, self.nodes[key]
        for name, model in self.imports.items():
            if (not namespace or model.namespace == namespace) and key in model.nodes:
                return name, model, model.nodes[key]
        return None

    def type_of(self, reference: str) -> Type | None:
        """The type that a reference means, here or in an imported model."""
        return self.items.type(reference)


def read_model(body: bytes, others: "Iterable[Model]" = ()) -> Model:
    """Read a model; ``others`` are those it may import. Raises ModelRefused with the line."""
    try:
        markup = read_markup(body)
    except NotMarkup as error:
        raise ModelRefused([str(error)]) from error
    root = markup.root
    version = NAMESPACES.get(root.namespace) or next(
        filter(None, map(NAMESPACES.get, root.prefixes.values())), ""
    )
    if root.local != "definitions" or not version:
        known = ", ".join(NAMESPACES)
        raise ModelRefused([f"the root is no DMN <definitions>, whose namespaces are {known}"])
    losses: list[Loss] = []
    if root.namespace not in NAMESPACES:
        losses.append(
            Loss(f"line {root.line}", f"<definitions> is of {root.namespace!r}; it was read as DMN {version}")
        )
    imports = _imports(root, {model.namespace: model for model in others}, losses)
    items = Items(root, {name: model.items for name, model in imports.items()}, losses_to(losses))
    model = Model(
        markup=markup,
        name=root.get("name"),
        namespace=root.get("namespace"),
        version=version,
        nodes={},
        imports=imports,
        items=items,
        losses=losses,
    )
    _collect(model, root)
    _look(model)
    return model


def losses_to(losses: list[Loss]) -> Any:
    """A function that adds to a list of losses."""
    return lambda where, what: losses.append(Loss(where, what))


def _imports(root: Element, known: dict[str, Model], losses: list[Loss]) -> dict[str, Model]:
    found = {}
    for one in root.elements("import"):
        name, namespace = one.get("name"), one.get("namespace")
        if namespace in known:
            found[name] = known[namespace]
        else:
            losses.append(Loss(f"import {name!r} (line {one.line})", f"the model {namespace} was not given"))
    return found


def _collect(model: Model, root: Element) -> None:
    problems = []
    for one in root.elements():
        kind = KINDS.get(one.local) if one.namespace == root.namespace else None
        if kind is None:
            if one.local not in KNOWN:
                model.losses.append(
                    Loss(f"<{one.tag}> (line {one.line})", "is not known; kept, not carried out")
                )
            continue
        key = one.get("id") or one.get("name")
        if key in model.nodes:
            problems.append(f"line {one.line}: the id {key!r} is there twice")
        model.nodes[key] = Node(kind, key, _name(one), one, _needs(one))
    if problems:
        raise ModelRefused(problems)


def _name(one: Element) -> str:
    variable = one.first("variable")
    found = (variable.get("name") if variable is not None else "") or one.get("name")
    return " ".join(found.split())


def _needs(one: Element) -> tuple[str, ...]:
    wanted = {"requiredInput", "requiredDecision", "requiredKnowledge"}
    return tuple(
        inner.get("href")
        for need in one.elements("informationRequirement", "knowledgeRequirement")
        for inner in need.elements()
        if inner.local in wanted
    )


def _look(model: Model) -> None:
    """Say what will not be carried out."""
    for node in model.nodes.values():
        where = f"{node.kind} {node.name!r} (line {node.xml.line})"
        for reference in node.needs:
            if model.find(reference) is None:
                model.losses.append(Loss(where, f"needs {reference}, which is not there"))
        if node.kind == "decision" and logic_of(node.xml) is None:
            model.losses.append(Loss(where, "has no logic; it gives null"))
        for inner in node.xml.walk():
            if inner.local == "functionDefinition" and inner.get("kind", "FEEL") != "FEEL":
                model.losses.append(Loss(where, f"a function of kind {inner.get('kind')} is not carried out"))
            language = inner.get("expressionLanguage")
            if inner.local == "literalExpression" and language and "FEEL" not in language.upper():
                model.losses.append(Loss(where, f"the language {language} is not carried out"))


def logic_of(one: Element) -> Element | None:
    """The expression inside an element, whatever its kind."""
    return next((inner for inner in one.elements() if inner.local in LOGIC), None)
