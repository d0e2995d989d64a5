"""The way through the steps: names given twice, steps nothing leads to, and places nothing leads out of."""

from collections.abc import Iterator
from typing import Any

from workflows.definitions.checks.problem import Problem, at
from workflows.definitions.model import every_block

JSON = dict[str, Any]


def check(document: JSON) -> Iterator[Problem]:
    """Every fault of the flow."""
    yield from _repeated_ids(document)
    yield from _unreachable(document["steps"])
    for block in every_block(document["steps"]):
        yield from _dead_ends(document, block)
    yield from _lines(document)


def _repeated_ids(document: JSON) -> Iterator[Problem]:
    seen: set[str] = set()
    for block in every_block(document["steps"]):
        if block["id"] in seen:
            yield Problem(at(block), "another step has this id", "choose one that is not taken")
        seen.add(block["id"])


def _unreachable(blocks: list[JSON]) -> Iterator[Problem]:
    ended: JSON | None = None
    for block in blocks:
        if ended is not None:
            why = f"cannot be reached: {at(ended)} always ends the case"
            yield Problem(at(block), why, f"give {at(ended)} a condition (when), or take this step away")
        elif str(block.get("when", "")).strip() == "false":
            yield Problem(at(block), "cannot be reached: its condition is never true", "take the step away")
        if ended is None and always_ends(block):
            ended = block
        for inside in [*block.get("branches", []), block.get("steps", [])]:
            yield from _unreachable(inside)


def always_ends(block: JSON) -> bool:
    """Whether nothing can come after a step, because the case ends in it."""
    if "when" in block:
        return False
    if block["kind"] == "end":
        return True
    if block["kind"] == "loop":
        return _list_ends(block["steps"])
    if block["kind"] == "parallel":
        ends = [_list_ends(branch) for branch in block["branches"]]
        return any(ends) if block.get("join", "all") == "all" else all(ends)
    return False


def _list_ends(blocks: list[JSON]) -> bool:
    return any(always_ends(block) for block in blocks)


def _dead_ends(document: JSON, block: JSON) -> Iterator[Problem]:
    join, branches = block.get("join"), len(block.get("branches", []))
    if isinstance(join, int) and join > branches:
        yield Problem(
            at(block), f"waits for {join} of {branches} branches, for ever", f"say {branches} or all"
        )
    if block["kind"] == "decide" and block.get("rules") and "when" in block["rules"][-1]:
        why = "no rule holds in every case, so a case can come to a dead end"
        yield Problem(at(block), why, "give the last rule no condition")
    if block["kind"] == "service" and block["service"] == document["service"]:
        yield Problem(at(block), "begins its own service, without end", "name another service")
    if block["kind"] == "compensate":
        yield from _nothing_to_undo(document, block)


def _nothing_to_undo(document: JSON, block: JSON) -> Iterator[Problem]:
    undoable = {
        one["id"] for one in every_block(document["steps"]) if "undo" in one or one["kind"] == "payment"
    }
    for step in block.get("only", []):
        if step not in undoable:
            known = ", ".join(sorted(undoable)) or "none"
            why = f"takes back {step!r}, which has no undo"
            yield Problem(at(block), why, f"steps that can be taken back: {known}")
    if not undoable and not block.get("only"):
        yield Problem(at(block), "there is nothing to take back: no delivery has an undo", "give one an undo")


def _lines(document: JSON) -> Iterator[Problem]:
    known = {block["id"] for block in every_block(document["steps"])}
    for line in document.get("lines", []):
        for step in line["steps"]:
            if step not in known:
                yield Problem(f"line {line['id']!r}", f"names the step {step!r}, which does not exist")
