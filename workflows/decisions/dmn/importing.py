"""The decision tables of a DMN model as our documents, and what of the model does not become one."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from onestop.lib.markup import Element
from workflows.decisions.dmn.exporting import OWN, POLICIES, REFERENCE, RULE, TYPES, typed_source
from workflows.decisions.dmn.model import Loss, Model, Node, logic_of
from workflows.decisions.document import JSON, TableRefused, read_table

_TYPES = {dmn: own for own, dmn in TYPES.items()} | {
    "dateTime": "date and time",
    "dayTimeDuration": "days duration",
    "yearMonthDuration": "months duration",
}
_POLICIES = {dmn: own for own, dmn in POLICIES.items()} | dict(zip("UFAPCRO", POLICIES, strict=True))


@dataclass(slots=True)
class Imported:
    """The tables of a model, and the loss report: one line for each node that did not come whole."""

    tables: list[JSON] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


def import_tables(model: Model) -> Imported:
    """Every decision whose logic is a table, as a document of ours; the rest is told, node by node."""
    found = Imported(losses=list(model.losses))
    for node in model.nodes.values():
        where = f"{node.kind} {node.name!r} (line {node.xml.line})"
        logic = logic_of(node.xml)
        if node.kind == "input":
            continue
        if node.kind != "decision" or logic is None or logic.local != "decisionTable":
            if node.kind != "decision" or logic is not None:
                kind = node.kind if node.kind != "decision" or logic is None else f"a {logic.local}"
                found.losses.append(Loss(where, f"is {kind}, not a table; it runs as part of the model only"))
            continue
        lost: list[str] = []
        document = _document(model, node, logic, lost.append)
        found.losses += [Loss(where, what) for what in lost]
        try:
            read_table(document)
        except TableRefused as refused:
            found.losses += [Loss(where, problem) for problem in refused.problems]
            continue
        found.tables.append(document)
    return found


def _document(model: Model, node: Node, table: Element, lose: Any) -> JSON:
    kept = _kept(node.xml)
    for reference in node.needs:
        target = model.find(reference)
        if target is not None and target[2].kind != "input":
            lose(f"needs the {target[2].kind} {target[2].name!r}: give its value among the case's data")
    policy = table.get("hitPolicy", "UNIQUE")
    document: JSON = {
        "table": kept.get("table") or _slug(node.name),
        "version": kept.get("version", 1),
        "title": node.name[:200],
        "policy": _POLICIES.get(policy, "unique"),
        "inputs": [_input(model, one, at, kept) for at, one in enumerate(table.elements("input"), start=1)],
        "outputs": [_output(model, one, node) for one in table.elements("output")],
        "rows": _rows(table, kept.get("notes", {}), lose),
    }
    if table.get("aggregation"):
        document["aggregation"] = table.get("aggregation").lower()
    if kept.get("golden"):
        document["golden"] = kept["golden"]
    if policy not in _POLICIES:
        lose(f"the hit policy {policy} is not known; it became unique")
    return document


def _kept(xml: Element) -> JSON:
    """What our own export put into the extension elements."""
    extension = xml.first("extensionElements")
    own = (
        next((one for one in extension.elements("table") if one.namespace == OWN), None)
        if extension
        else None
    )
    if own is None:
        return {}
    try:
        found = json.loads(own.words())
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _slug(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return (plain if plain[:1].isalpha() else f"table-{plain}")[:60].strip("-")


def _typed(model: Model, reference: str) -> str:
    found = model.type_of(reference) if reference else None
    return _TYPES.get(found.name, "any") if found is not None else "any"


def _column(model: Model, name: str, reference: str, allowed: str) -> JSON:
    made = {"name": name[:100], "type": _typed(model, reference)}
    tests = allowed or model.items.allowed(reference)
    return {**made, "allowed": tests} if tests else made


def _input(model: Model, one: Element, number: int, kept: JSON) -> JSON:
    expression = one.first("inputExpression")
    source = "" if expression is None else expression.words_of("text")
    reference = "" if expression is None else expression.get("typeRef")
    values = one.first("inputValues")
    name = one.get("label") or source or f"input {number}"
    allowed = "" if values is None else values.words_of("text")
    made = _column(model, " ".join(name.split()), reference, allowed)
    ours = kept.get("expressions", {}).get(made["name"])
    return {**made, "expression": ours if ours and typed_source(ours, made["type"]) == source else source}


def _output(model: Model, one: Element, node: Node) -> JSON:
    values, default = one.first("outputValues"), one.first("defaultOutputEntry")
    allowed = "" if values is None else values.words_of("text")
    made = _column(model, one.get("name") or node.name, one.get("typeRef"), allowed)
    return made if default is None else {**made, "otherwise": default.words_of("text")}


def _rows(table: Element, notes: JSON, lose: Any) -> list[JSON]:
    annotations = [one.get("name") for one in table.elements("annotation")]
    place = annotations.index(REFERENCE) if REFERENCE in annotations else 0
    rows, taken = [], set[str]()
    for number, rule in enumerate(table.elements("rule"), start=1):
        key = rule.get("id").removeprefix(RULE)
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,59}", key) or key in taken:
            key = f"row-{number}"
        taken.add(key)
        told = [one.words_of("text") for one in rule.elements("annotationEntry")]
        row = {
            "id": key,
            "when": [one.words_of("text") or "-" for one in rule.elements("inputEntry")],
            "then": [one.words_of("text") for one in rule.elements("outputEntry")],
            "reference": told[place][:300] if place < len(told) else "",
        }
        note = notes.get(key) or rule.words_of("description")
        rows.append({**row, "note": note[:500]} if note else row)
        if len(told) > 1:
            lose(f"rule {number} has {len(told)} annotations; {annotations[place]!r} became its reference")
    return rows
