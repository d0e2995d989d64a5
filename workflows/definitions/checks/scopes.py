"""Which names each step may see: what the case begins with, what steps before it keep, what is around it."""

from collections.abc import Iterator
from typing import Any

from workflows.definitions.checks import shapes
from workflows.definitions.checks.shapes import Shape

JSON = dict[str, Any]
Scope = dict[str, Shape]


def beginning(document: JSON) -> Scope:
    """What every case of a definition begins with."""
    found: Scope = dict.fromkeys(document.get("given", {}))
    found |= {"applicant": shapes.fields(*shapes.PERSON), "portal": shapes.fields("agencies")}
    begins = document.get("begins", "citizen")
    found["answers"] = shapes.of_pages(document.get("pages", [])) if document.get("pages") else None
    if begins == "appeal":
        found["about"] = shapes.fields(
            "reference", "service", "submittedAt", "decidedAt", "decision", "answers"
        )
    if begins == "event":
        found["event"] = shapes.fields("id", "agency", "subject", "type", "time", "data")
    if begins == "service":
        found["parent"] = shapes.fields("reference")
    return found


def is_open(document: JSON) -> bool:
    """Whether cases may begin with names that the definition does not say."""
    return document.get("begins") == "service"


def steps(document: JSON) -> Iterator[tuple[JSON, Scope]]:
    """Yield each step with the names that it may see, in reading order."""
    yield from _list(document["steps"], beginning(document), document.get("tables", {}))


def after_all(document: JSON) -> Scope:
    """Every name that a case keeps at some time outside repetitions, which pages may look at."""
    scope = beginning(document)
    keep(document["steps"], scope, document.get("tables", {}))
    return scope


def _list(blocks: list[JSON], scope: Scope, tables: JSON) -> Iterator[tuple[JSON, Scope]]:
    """Walk a list; the scope given grows by what its steps keep."""
    for block in blocks:
        yield block, scope
        if block["kind"] == "repeat":
            yield from _list(block["steps"], {**scope, block["as"]: None}, tables)
        elif block["kind"] == "loop":
            inside = dict(scope)
            keep(block["steps"], inside, tables)  # a later round sees what an earlier one kept
            yield from _list(block["steps"], inside, tables)
        else:
            for branch in block.get("branches", []):
                yield from _list(branch, dict(scope), tables)
        keep([block], scope, tables)


def keep(blocks: list[JSON], scope: Scope, tables: JSON) -> None:
    """Add to a scope what steps keep outside their repetitions."""
    for block in blocks:
        if block.get("into"):
            known = shapes.kept(block, tables)
            before = scope.get(block["into"], {})
            scope[block["into"]] = None if known is None or before is None else {**before, **known}
        for branch in block.get("branches", []):
            keep(branch, scope, tables)
        if block["kind"] == "loop":
            keep(block["steps"], scope, tables)
