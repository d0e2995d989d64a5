"""What a definition names outside itself: connections, operations, units, texts, services, tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workflows.decisions import check_table
from workflows.definitions.checks.problem import Problem, at, did_you_mean
from workflows.definitions.model import every_block

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What there is where the definition will run. An empty collection is not asked."""

    operations: dict[str, frozenset[str]] = field(default_factory=dict)  # by connection
    units: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    events: dict[str, frozenset[str]] = field(default_factory=dict)  # types, by agency
    channels: frozenset[str] = frozenset()
    providers: dict[str, frozenset[str]] = field(default_factory=dict)  # by kind of step


def check(document: JSON, known: Known) -> Iterator[Problem]:
    """Every name that nothing answers to."""
    for number, prefill in enumerate(document.get("prefill", [])):
        yield from _call(f"prefill {number + 1}", prefill, known)
    for page in document.get("pages", []):
        for question in page["fields"]:
            if question.get("search"):
                yield from _call(f"field {question['name']!r}", question["search"], known)
    for line in document.get("lines", []):
        yield from _one(f"line {line['id']!r}", "connection", line["connection"], known.operations)
    start = document.get("start")
    if start is not None:
        yield from _event("start", start, known)
    for block in every_block(document["steps"]):
        yield from _block(block, known)
    if document.get("appeal"):
        yield from _one("appeal", "service", document["appeal"]["service"], known.services)


def check_tables(document: JSON) -> Iterator[Problem]:
    """Tables that cannot run, steps that name one that is not there, and tables that nobody asks."""
    tables = document.get("tables", {})
    for name, table in tables.items():
        checked = check_table(table)  # its golden rows are run each time
        for problem in checked.problems:
            yield Problem(f"table {name!r}", problem)
        for finding in checked.findings:
            yield Problem(f"table {name!r}", str(finding), level="warning")
    asked = set()
    for block in every_block(document["steps"]):
        if block.get("table"):
            asked.add(block["table"])
            if block["table"] not in tables:
                hint = did_you_mean(block["table"], tables) or "add it to the definition's tables"
                yield Problem(at(block), f"there is no table {block['table']!r}", hint)
    for name in sorted(set(tables) - asked):
        yield Problem(f"table {name!r}", "no step asks it", level="warning")


def _block(block: JSON, known: Known) -> Iterator[Problem]:
    where, kind = at(block), block["kind"]
    if kind in ("lookup", "deliver"):
        yield from _call(where, block, known)
        undo = block.get("undo")
        if undo:
            yield from _call(
                where, {"connection": undo.get("connection", block["connection"]), **undo}, known
            )
    if kind == "event":
        yield from _event(where, block, known)
    if kind == "service":
        yield from _one(where, "service", block["service"], known.services)
    if kind in ("payment", "appointment") and block.get("provider"):
        yield from _one(where, "provider", block["provider"], known.providers.get(kind, ()))
    for unit in _units(block):
        yield from _one(where, "unit", unit, known.units)
    for template in _templates(block):
        yield from _one(where, "text", template, known.templates)
    for channel in block.get("channels", []) if kind == "notify" else []:
        yield from _one(where, "channel", channel, known.channels)


def _call(where: str, call: JSON, known: Known) -> Iterator[Problem]:
    connection = call["connection"]
    yield from _one(where, "connection", connection, known.operations)
    if connection in known.operations:
        operations = known.operations[connection]
        yield from _one(where, f"operation of {connection}", call["operation"], operations)


def _event(where: str, event: JSON, known: Known) -> Iterator[Problem]:
    yield from _one(where, "agency that tells events", event["from"], known.events)
    if event["from"] in known.events:
        yield from _one(where, f"event of {event['from']}", event["type"], known.events[event["from"]])


def _one(where: str, what: str, name: str, known: Any) -> Iterator[Problem]:
    if known and not name.startswith("=") and name not in known:
        yield Problem(where, f"there is no {what} {name!r}", did_you_mean(name, known))


def _units(block: JSON) -> Iterator[str]:
    if block["kind"] in ("task", "payment", "appointment"):
        yield block["unit"]
    for handling in (block.get("on_timeout"), block.get("on_rejected")):
        if isinstance(handling, dict):
            yield handling["unit"]


def _templates(block: JSON) -> Iterator[str]:
    if block["kind"] == "notify" and block.get("template") and not block.get("texts"):
        yield block["template"]
    yield from (one.get("template", "reminder") for one in block.get("remind", []) if not one.get("texts"))
