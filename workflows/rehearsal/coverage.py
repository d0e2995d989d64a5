"""Which steps and ways of a definition scenarios have gone: conditions, rules, rows, outcomes, times."""

from collections.abc import Iterator
from typing import Any

from workflows.definitions.model import Definition, every_block
from workflows.engine import Event, TaskDecided, TimerFired

JSON = dict[str, Any]
Way = tuple[str, str]  # the step, and which way: "reached", "when true", "rule 2", "outcome refuse" …


class Coverage:
    """What there is to go, and what was gone; add others to see several scenarios together."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.all: list[Way] = list(_ways(definition))
        self.gone: set[Way] = set()

    def saw(self, before: JSON, event: Event) -> None:
        """An event that changed something."""
        wait = before.get("waiting", {}).get(getattr(event, "token", ""), {})
        if isinstance(event, TaskDecided) and wait.get("kind") == "task":
            self.gone.add((wait["step"], f"outcome {event.outcome}"))
        if isinstance(event, TimerFired) and event.name in ("due", "timeout") and wait:
            self.gone.add((wait["step"], "time is up"))

    def ended(self, state: JSON) -> None:
        """The state at the end."""
        for step in state.get("steps", {}).values():
            block = self.definition.block(step["step"])
            if step["state"] == "skipped" and "when" in block:
                self.gone.add((block["id"], "when false"))
                continue
            self.gone |= {(block["id"], "reached"), (block["id"], "when true")}
            rules = step.get("rule", [])
            for rule in rules if isinstance(rules, list) else [rules]:
                self.gone.add((block["id"], f"row {rule}" if "table" in block else f"rule {rule + 1}"))
        self._around()

    def add(self, other: "Coverage") -> None:
        """Take in what another scenario has gone."""
        self.gone |= other.gone

    def missing(self, *, steps: bool = False) -> list[Way]:
        """Ways nobody has gone yet, of steps or of branches."""
        return [way for way in self.all if (way[1] == "reached") == steps and way not in self.gone]

    def share(self, *, steps: bool) -> tuple[int, int]:
        """How many of how many steps, or branches, were gone."""
        wanted = [way for way in self.all if (way[1] == "reached") == steps]
        return sum(way in self.gone for way in wanted), len(wanted)

    def _around(self) -> None:
        """A step that holds others was reached if any of them was."""
        for block in reversed(list(every_block(self.definition.document["steps"]))):
            inside = [
                *block.get("steps", []),
                *(one for branch in block.get("branches", []) for one in branch),
            ]
            reached = {(one["id"], way) for one in inside for way in ("reached", "when false")}
            if inside and reached & self.gone:
                self.gone |= {(block["id"], "reached"), (block["id"], "when true")}


def _ways(definition: Definition) -> Iterator[Way]:
    for block in every_block(definition.document["steps"]):
        name = block["id"]
        yield name, "reached"
        if "when" in block:
            yield from ((name, "when true"), (name, "when false"))
        for number in range(len(block.get("rules", [])) if len(block.get("rules", [])) > 1 else 0):
            yield name, f"rule {number + 1}"
        if block.get("table"):
            rows = definition.document["tables"][block["table"]]["rows"]
            yield from ((name, f"row {row['id']}") for row in rows)
        if block["kind"] == "task":
            yield from ((name, f"outcome {one}") for one in block["outcomes"])
        if block["kind"] != "timer" and (
            block.get("timeout") or (block.get("within") and block["kind"] != "task")
        ):
            yield name, "time is up"
