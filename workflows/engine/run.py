"""One advance in progress: the state being changed, the effects collected, and the walk over blocks.

The state is JSON::

    {"data": {…}, "frames": {id: {"at": path, "pc": n, "parent": id, "local": {…}, "number": n, "join": {…}}},
     "waiting": {token: {"kind", "step", "frame", …}}, "steps": {token: {"state", "at", …}}, "status": "open",
     "opened": n, "undo": [what can be taken back], "undoing": {…}, "result": "…"}

A frame walks one list of blocks; a parallel block opens a frame for each branch, a repeated block one for
each item, which it holds as a local value, a loop one for each round. Since blocks nest and end together, no
token can wait for something that cannot come any more.

The state that was given is never changed: what is written to is copied first, one level at a time.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from workflows.definitions.model import Definition
from workflows.definitions.terms import end
from workflows.engine.effects import Close, CloseCoSign, CloseTask, Effect, Finished, Record

JSON = dict[str, Any]
Starter = Callable[["Run", str, JSON], bool]  # (run, frame, block) -> True when the block is over at once
PARTS = ("frames", "waiting", "steps", "data")
TASKS = frozenset({"task", "repair", "second"})
INSIDE = frozenset(
    {"call", "timer", "stuck", "undo", "settling"}
)  # waits that nobody outside need hear the end of


class Run:
    """The working copy of one advance."""

    __slots__ = ("_own", "_starters", "at", "definition", "effects", "fresh", "now", "state")

    def __init__(
        self, definition: Definition, state: JSON, now: datetime, starters: dict[str, Starter]
    ) -> None:
        self.definition = definition
        self.state = {**state, **{part: dict(state[part]) for part in PARTS}}
        self.now = now
        self.at = now.isoformat()
        self.effects: list[Effect] = []
        self.fresh: list[str] = []  # frames that a block has opened and that are to be walked
        self._starters = starters
        self._own: set[str] = set()

    def frame(self, name: str) -> JSON:
        """The frame of this name, to be read."""
        found: JSON = self.state["frames"][name]
        return found

    def own(self, part: str, name: str) -> JSON:
        """A frame (``frames``) or a wait (``waiting``) that may be written to."""
        key = f"{part}/{name}"
        if key not in self._own:
            self.state[part][name] = dict(self.state[part][name])
            self._own.add(key)
        found: JSON = self.state[part][name]
        return found

    def scope(self, name: str) -> JSON:
        """What expressions of this frame see: the case's data, then what the repetitions around it hold."""
        if not name:
            return self.definition.scope(self.state["data"], self.now)
        frame = self.state["frames"][name]
        outer = self.scope(frame["parent"])
        return {**outer, **frame["local"]} if "local" in frame else outer

    def keep(self, name: str, into: str, value: Any) -> None:
        """Keep a value where the innermost repetition, or else the case, keeps its own."""
        while name:
            frame = self.frame(name)
            if "local" in frame:
                self.own("frames", name)["local"] = {**frame["local"], into: value}
                return
            name = frame["parent"]
        self.state["data"][into] = value

    def holds(self, name: str, expression: str | None) -> bool:
        """Whether a condition is true here; no condition always is."""
        return expression is None or self.value(name, expression) is True

    def value(self, name: str, expression: str) -> Any:
        """What an expression gives here."""
        return self.definition.compiled(expression)(self.scope(name))

    def fill(self, name: str, template: Any) -> Any:
        """Fill a template: texts beginning with "=" are expressions, everything else stands for itself."""
        if not template or (isinstance(template, str) and template[0] != "="):
            return template  # it stands for itself, whatever the scope
        return self.definition.fill(template, self.scope(name))

    def ends(self, stated: str | JSON) -> datetime:
        """When a time of the definition that begins now is over."""
        return end(self.now, stated, self.definition.calendar)

    def token(self, name: str, block: JSON) -> str:
        """A fresh token of a block: its id, the numbers of the items around it, and which attempt it is."""
        numbers = []
        while name:
            frame = self.state["frames"][name]
            if "number" in frame:
                numbers.append(str(frame["number"]))
            name = frame["parent"]
        base = f"{block['id']}#{'.'.join(reversed(numbers))}" if numbers else str(block["id"])
        token, attempt, known = base, 1, self.state["steps"]
        while token in known:
            attempt += 1
            token = f"{base}~{attempt}"
        return token

    def wait(self, token: str, kind: str, name: str, block: JSON, **facts: Any) -> JSON:
        """Let a frame wait at a block under a token."""
        wait = {"kind": kind, "step": block["id"], "frame": name, **facts}
        self.state["waiting"][token] = wait
        self._own.add(f"waiting/{token}")
        return wait

    def emit(self, *effects: Effect) -> None:
        """Ask for effects."""
        self.effects += effects

    def record(self, token: str, kind: str, text: str, data: JSON | None = None) -> None:
        """Add an entry to the timeline."""
        self.effects.append(Record(token, kind, text, data or {}))

    def mark(self, token: str, state: str, **facts: Any) -> None:
        """Note where a step is, with the time, for the pages that show it."""
        steps = self.state["steps"]
        known = steps.get(token)
        told = {**facts, "state": state, "at": self.at}
        steps[token] = {**known, **told} if known else told

    def open_frame(self, at: str, parent: str, **extra: Any) -> str:
        """Open a frame over the list of blocks at a path."""
        number = self.state.get("opened", 0)
        self.state["opened"] = number + 1
        name = f"f{number}"
        self.state["frames"][name] = {"at": at, "pc": 0, "parent": parent, **extra}
        self._own.add(f"frames/{name}")
        return name

    def finish(self, outcome: str) -> None:
        """End the case: nothing waits any more."""
        self.state["status"] = outcome
        self.state["frames"] = {}
        self.state["waiting"] = {}
        self.emit(Finished(outcome))

    def drop(self, name: str, mark: str = "skipped") -> None:
        """Abandon a frame, what it waits for, and the frames below it."""
        frames, waiting = self.state["frames"], self.state["waiting"]
        for child in [key for key, frame in frames.items() if frame["parent"] == name]:
            self.drop(child, mark)
        for token in [key for key, wait in waiting.items() if wait["frame"] == name]:
            self.forget(token, mark)
        frames.pop(name, None)

    def forget(self, token: str, mark: str = "skipped") -> None:
        """Wait no more under a token, and tell whoever was asked."""
        self.close(token)
        del self.state["waiting"][token]
        if token in self.state["steps"]:  # the questions about a step are no steps
            self.mark(token, mark)

    def close(self, token: str) -> None:
        """Tell whoever was asked under a token that no answer is wanted any more."""
        kind = self.state["waiting"][token]["kind"]
        if kind in TASKS:
            self.emit(CloseTask(token))
        elif kind == "cosign":
            self.emit(CloseCoSign(token))
        elif kind not in INSIDE:
            self.emit(Close(token, kind))

    def begin(self, name: str, block: JSON, *, anyhow: bool = False) -> bool:
        """Reach a block: True when it is over at once, or is passed over. ``anyhow`` asks no condition."""
        if not anyhow and not self.holds(name, block.get("when")):
            self.mark(self.token(name, block), "skipped", step=block["id"])
            return True
        consents = self.state["data"].get("consents", {}) if "optional" in block else {}
        if "optional" in block and consents.get(block["id"]) != "given":
            self.mark(self.token(name, block), "skipped", step=block["id"], code="no-consent")
            return True
        return self._starters[block["kind"]](self, name, block)
