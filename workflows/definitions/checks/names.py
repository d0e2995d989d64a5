"""Expressions: those that cannot be read, and names and fields that a step cannot see."""

from collections.abc import Iterable, Iterator
from typing import Any

from workflows.definitions.checks import scopes
from workflows.definitions.checks.mentions import mentioned
from workflows.definitions.checks.problem import Problem, at, did_you_mean
from workflows.definitions.checks.scopes import Scope
from workflows.definitions.checks.shapes import SETTLED, missing
from workflows.expressions import ExpressionError
from workflows.expressions.parser import parse

JSON = dict[str, Any]
PLAIN = ("when", "until")  # conditions; everything else is a value, which begins with "="
VALUES = (
    "people",
    "for_each",
    "match",
    "who",
    "applicant",
    "to",
)  # of which a plain text is surely a mistake
NESTED = ("steps", "branches", "pages", "fields", "texts")


def check(document: JSON) -> Iterator[Problem]:
    """Every fault of an expression."""
    is_open = scopes.is_open(document)
    for block, scope in scopes.steps(document):
        yield from _block(block, scope, document.get("tables", {}), is_open)
    everything = scopes.after_all(document)
    for line in document.get("lines", []):
        for source in [*filter(None, [line.get("when")]), *texts(line["connection"])]:
            yield from _expression(f"line {line['id']!r}", source, everything, is_open)
    start = document.get("start")
    if start is not None:
        scope = scopes.beginning(document)
        sources = [*filter(None, [start.get("when")]), *texts(start["applicant"]), *texts(start.get("once"))]
        for source in sources:
            yield from _expression("start", source, scope, False)


def _block(block: JSON, scope: Scope, tables: JSON, is_open: bool) -> Iterator[Problem]:
    own = {key: value for key, value in block.items() if key not in NESTED}
    undo = own.pop("undo", None)
    after = scope
    if block["kind"] == "loop":
        after = dict(scope)
        scopes.keep(block["steps"], after, tables)
        yield from _never(block, after)
    conditions = [rule["when"] for rule in own.pop("rules", []) if "when" in rule]
    for key in PLAIN:
        if key in own and not (key == "until" and block["kind"] == "timer"):
            yield from _expression(at(block), own.pop(key), after if key == "until" else scope, is_open)
    for source in [*conditions, *texts(own), *texts([rule["set"] for rule in block.get("rules", [])])]:
        yield from _expression(at(block), source, scope, is_open)
    for key in VALUES:
        if isinstance(block.get(key), str) and not block[key].startswith("="):
            why = f"{key} is the text {block[key]!r}, not a value"
            yield Problem(at(block), why, f"begin it with an equals sign: {'=' + block[key]!r}")
    if undo is not None:
        into = {block["into"]: None} if block.get("into") else {}
        for source in [*filter(None, [undo.get("when")]), *texts(undo)]:
            yield from _expression(at(block), source, {**scope, **into}, is_open)


def _never(block: JSON, after: Scope) -> Iterator[Problem]:
    """A loop whose condition depends on nothing that its rounds change goes round until its bound."""
    try:
        names = {path[0] for path in mentioned(parse(block["until"]))}
    except ExpressionError:
        return
    inside: Scope = {}
    scopes.keep(block["steps"], inside, {})
    if not names & set(inside):
        changes = ", ".join(sorted(inside)) or "nothing"
        why = f"{block['until']!r} cannot become true by going round: the rounds keep {changes}"
        yield Problem(at(block), why, "let a step inside keep what the condition looks at")


def texts(value: Any) -> Iterator[str]:
    """Every expression inside a template."""
    if isinstance(value, str) and value.startswith("="):
        yield value[1:]
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def _expression(where: str, source: str, scope: Scope, is_open: bool) -> Iterator[Problem]:
    try:
        paths: Iterable[tuple[str, ...]] = dict.fromkeys(mentioned(parse(source)))
    except ExpressionError as error:
        yield Problem(where, f"{source!r} cannot be read: {error}")
        return
    for path in paths:
        if path[0] not in scope:
            if not is_open:
                why = f"{source!r} reads {path[0]!r}, which no step before it keeps"
                yield Problem(where, why, did_you_mean(path[0], scope))
            continue
        lacking = missing(scope[path[0]], path[1:])
        if lacking is not None:
            name, there = lacking
            why = f"{source!r} reads {'.'.join(path)!r}, which has no field {name!r}"
            yield Problem(where, why, did_you_mean(name, [one for one in there if one not in SETTLED]))
