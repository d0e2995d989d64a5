"""One advance in progress: the state being changed, the effects collected, and the walk over blocks.

The state is JSON::

    {"data": {…}, "frames": {id: {"at": path, "pc": n, "parent": id, "local": {…}}},
     "waiting": {token: {"kind", "step", "frame", …}}, "steps": {token: {"state", "at", …}}, "status": "open"}

A frame walks one list of blocks; a parallel block opens a frame for each branch, a repeated block one for
each item, which it holds as a local value. Since blocks nest and end together, no token can wait for
something that cannot come any more.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from workflows.definitions.model import Definition
from workflows.engine.events import Effect, Finished, Record

JSON = dict[str, Any]
Starter = Callable[["Run", str, JSON], bool]  # (run, frame, block) -> True when the block is over at once


class Run:
    """The working copy of one advance."""

    def __init__(
        self, definition: Definition, state: JSON, now: datetime, starters: dict[str, Starter]
    ) -> None:
        self.definition = definition
        self.state = state
        self.now = now
        self.effects: list[Effect] = []
        self._starters = starters

    def frame(self, name: str) -> JSON:
        """The frame of this name."""
        found: JSON = self.state["frames"][name]
        return found

    def scope(self, name: str) -> JSON:
        """What expressions of this frame see: the case's data, then what the repetitions around it hold."""
        frame = self.frame(name)
        outer = self.scope(frame["parent"]) if frame["parent"] else self.state["data"]
        return {**outer, **frame["local"]} if "local" in frame else outer

    def keep(self, name: str, into: str, value: Any) -> None:
        """Keep a value where the innermost repetition, or else the case, keeps its own."""
        while name:
            frame = self.frame(name)
            if "local" in frame:
                frame["local"][into] = value
                return
            name = frame["parent"]
        self.state["data"][into] = value

    def holds(self, name: str, expression: str | None) -> bool:
        """Whether a condition is true here; no condition always is."""
        if expression is None:
            return True
        return self.definition.compiled(expression)(self.scope(name)) is True

    def fill(self, name: str, template: Any) -> Any:
        """Fill a template: texts beginning with "=" are expressions, everything else stands for itself."""
        if isinstance(template, str) and template.startswith("="):
            return self.definition.compiled(template[1:])(self.scope(name))
        if isinstance(template, dict):
            filled = {key: self.fill(name, value) for key, value in template.items()}
            return {key: value for key, value in filled.items() if value is not None}
        if isinstance(template, list):
            return [self.fill(name, value) for value in template]
        return template

    def token(self, name: str, block: JSON, attempt: int = 1) -> str:
        """The token of a block in a frame: its id, the numbers of the items around it, a later attempt."""
        numbers = []
        while name:
            frame = self.frame(name)
            numbers += [str(frame["number"])] if "number" in frame else []
            name = frame["parent"]
        place = "#" + ".".join(reversed(numbers)) if numbers else ""
        return f"{block['id']}{place}" + (f"~{attempt}" if attempt > 1 else "")

    def emit(self, *effects: Effect) -> None:
        """Ask for effects."""
        self.effects += effects

    def record(self, token: str, kind: str, text: str, data: JSON | None = None) -> None:
        """Add an entry to the timeline."""
        self.effects.append(Record(token, kind, text, data or {}))

    def mark(self, token: str, state: str, **facts: Any) -> None:
        """Note where a step is, with the time, for the pages that show it."""
        known = self.state["steps"].get(token, {})
        self.state["steps"][token] = {**known, **facts, "state": state, "at": self.now.isoformat()}

    def open_frame(self, at: str, parent: str, **extra: Any) -> str:
        """Open a frame over the list of blocks at a path."""
        number = self.state.get("opened", 0)
        self.state["opened"] = number + 1
        self.state["frames"][f"f{number}"] = {"at": at, "pc": 0, "parent": parent, **extra}
        return f"f{number}"

    def walk(self, name: str) -> None:
        """Walk a frame until it waits or ends; an ended frame lets its parent go on."""
        while self.state["status"] == "open" and name in self.state["frames"]:
            frame = self.frame(name)
            blocks = self.definition.blocks(frame["at"])
            if frame["pc"] >= len(blocks):
                name = self._leave(name)
                if not name:
                    return
                continue
            block = blocks[frame["pc"]]
            if not self.holds(name, block.get("when")):
                self.mark(self.token(name, block), "skipped", step=block["id"])
            elif not self._starters[block["kind"]](self, name, block):
                return
            if name in self.state["frames"]:
                frame["pc"] += 1

    def step_over(self, name: str) -> None:
        """The block a frame waited at is over: walk on."""
        self.frame(name)["pc"] += 1
        self.walk(name)

    def finish(self, outcome: str) -> None:
        """End the case: nothing waits any more."""
        self.state["status"] = outcome
        self.state["frames"] = {}
        self.state["waiting"] = {}
        self.emit(Finished(outcome))

    def _leave(self, name: str) -> str:
        """Close an ended frame; return the frame to walk next, or "" where its parent still waits."""
        frame = self.state["frames"].pop(name)
        parent = frame["parent"]
        if not parent:
            self.finish("completed")
            return ""
        join = self.frame(parent)["join"]
        join["left"].remove(name)
        join["wanted"] -= 1
        if join["wanted"] > 0 and join["left"]:
            return ""
        for sibling in join["left"]:
            self.drop(sibling)
        del self.frame(parent)["join"]
        self.frame(parent)["pc"] += 1
        return str(parent)

    def drop(self, name: str) -> None:
        """Abandon a frame, what it waits for, and the frames below it."""
        for child in [key for key, frame in self.state["frames"].items() if frame["parent"] == name]:
            self.drop(child)
        for token in [key for key, wait in self.state["waiting"].items() if wait["frame"] == name]:
            del self.state["waiting"][token]
            self.mark(token, "skipped")
        self.state["frames"].pop(name, None)
