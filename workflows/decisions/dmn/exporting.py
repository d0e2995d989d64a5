"""A decision table as a DMN 1.3 model: its inputs as input data, its references as annotations.

What DMN has no place for (version, golden rows, notes) stands in ``extensionElements`` and is read again by
:mod:`.importing`, so that nothing is lost on the way out and back.
"""

import json

from onestop.lib.markup import Element, Markup, write_markup
from workflows.decisions.document import Column, TableDocument
from workflows.expressions import tree
from workflows.expressions.parser import parse

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
OWN = "https://onestop.example/decisions/1"
TYPES = {
    "any": "Any",
    "text": "string",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "days duration": "days and time duration",
    "months duration": "years and months duration",
}
POLICIES = {
    "unique": "UNIQUE",
    "first": "FIRST",
    "any": "ANY",
    "priority": "PRIORITY",
    "collect": "COLLECT",
    "rule order": "RULE ORDER",
    "output order": "OUTPUT ORDER",
}
REFERENCE = "Legal reference"
RULE = "rule-"  # before the ids of rows, which share the document with others
_READERS = {kind: kind for kind in ("date", "time", "date and time")} | {
    "days duration": "duration",
    "months duration": "duration",
}


def typed_source(source: str, kind: str) -> str:
    """The expression of an input column for others: the case's data are JSON, whose dates are texts."""
    return f"{_READERS[kind]}({source})" if kind in _READERS else source


def export_table(document: TableDocument) -> bytes:
    """The model as XML."""
    names = _roots(document)
    root = _made(
        "definitions",
        {
            "xmlns": MODEL,
            "xmlns:onestop": OWN,
            "id": f"model-{document.table}",
            "name": document.title,
            "namespace": f"{OWN}/{document.table}",
        },
        *(_input(name, at) for at, name in enumerate(names)),
        _decision(document, names),
    )
    _indent(root)
    return write_markup(Markup(root))


def _made(tag: str, attributes: dict[str, str] | None = None, *children: Element | str) -> Element:
    return Element(tag, attributes or {}, list(children))


def _text(tag: str, text: str) -> Element:
    return _made(tag, None, _made("text", None, text))


def _roots(document: TableDocument) -> list[str]:
    """The names of the case that the table reads, in the order of their first use."""
    sources = [column.expression for column in document.inputs]
    sources += [column.otherwise for column in document.outputs if column.otherwise.strip()]
    sources += [cell for row in document.rows for cell in row.then if cell.strip()]
    found: list[str] = []
    for source in sources:
        for name in _free(parse(source), frozenset()):
            if name not in found:
                found.append(name)
    return found


def _free(part: object, bound: frozenset[str]) -> list[str]:
    """The names that a tree takes from outside itself."""
    match part:
        case tree.Name(name=name):
            return [] if name in bound else [name]
        case tree.Literal():
            return []
        case tree.Filter():
            return _free(part.source, bound)  # inside, a name may be one of the item's
        case tree.Loop():
            inner = bound | {name for name, _, _ in part.over} | {"partial"}
            return _free(tuple(first for _, first, _ in part.over), bound) + _free(part.body, inner)
        case tree.Definition():
            return _free(part.body, bound | {name for name, _ in part.parameters})
        case tree.Entries():
            inner = bound | {name for name, _ in part.entries}
            return _free(tuple(value for _, value in part.entries), inner)
        case tuple():
            return [name for one in part for name in _free(one, bound)]
    return [name for slot in getattr(part, "__slots__", ()) for name in _free(getattr(part, slot), bound)]


def _input(name: str, at: int) -> Element:
    variable = _made("variable", {"name": name, "typeRef": "Any"})
    return _made("inputData", {"id": f"input-{at}", "name": name}, variable)


def _decision(document: TableDocument, names: list[str]) -> Element:
    kept = {
        "table": document.table,
        "version": document.version,
        "golden": [golden.model_dump() for golden in document.golden],
        "expressions": {
            column.name: column.expression
            for column in document.inputs
            if typed_source(column.expression, column.type) != column.expression
        },
        "notes": {row.id: row.note for row in document.rows if row.note},
    }
    own = _made("onestop:table", None, json.dumps(kept, ensure_ascii=False))
    needs = [
        _made("informationRequirement", None, _made("requiredInput", {"href": f"#input-{at}"}))
        for at in range(len(names))
    ]
    return _made(
        "decision",
        {"id": document.table, "name": document.title},
        _made("extensionElements", None, own),
        _made("variable", {"name": document.title}),
        *needs,
        _table(document),
    )


def _table(document: TableDocument) -> Element:
    attributes = {"id": f"table-{document.table}", "hitPolicy": POLICIES[document.policy]}
    if document.aggregation:
        attributes["aggregation"] = document.aggregation.upper()
    columns = [_column("input", one) for one in document.inputs]
    columns += [_column("output", one) for one in document.outputs]
    rules = []
    for row in document.rows:
        cells = [_text("inputEntry", cell if cell.strip() else "-") for cell in row.when]
        cells += [_text("outputEntry", cell) for cell in row.then]
        rules.append(_made("rule", {"id": RULE + row.id}, *cells, _text("annotationEntry", row.reference)))
    return _made("decisionTable", attributes, *columns, _made("annotation", {"name": REFERENCE}), *rules)


def _column(tag: str, column: Column) -> Element:
    reference = TYPES[column.type]
    if tag == "input":
        inner = _made(
            "inputExpression",
            {"typeRef": reference},
            _made("text", None, typed_source(column.expression, column.type)),
        )
        made = _made("input", {"label": column.name}, inner)
    else:
        made = _made("output", {"name": column.name, "typeRef": reference})
    if column.allowed.strip():
        made.children.append(_text(f"{tag}Values", column.allowed))
    if column.otherwise.strip():
        made.children.append(_text("defaultOutputEntry", column.otherwise))
    return made


def _indent(element: Element, depth: int = 0) -> None:
    """Line breaks and spaces between elements, as a person would write it."""
    inner = [child for child in element.children if isinstance(child, Element)]
    if not inner:
        return
    spaced: list[Element | str] = []
    for child in inner:
        _indent(child, depth + 1)
        spaced += ["\n" + "  " * (depth + 1), child]
    element.children = [*spaced, "\n" + "  " * depth]
