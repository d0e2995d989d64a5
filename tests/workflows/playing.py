"""Playing definitions in memory: steps made of few words, an engine that is fed events, effects by kind."""

import copy
from datetime import UTC, datetime
from typing import Any, TypeVar

from workflows.definitions.model import Definition
from workflows.engine import Effect, Event, Started, advance

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
JSON = dict[str, Any]
Kind = TypeVar("Kind")


def definition(*steps: JSON, **more: Any) -> Definition:
    """A definition of these steps."""
    return Definition({"service": "x", "version": 1, "steps": list(steps), "pages": [], **more})


def deliver(name: str, **more: Any) -> JSON:
    """A delivery to the tax office."""
    return {"id": name, "kind": "deliver", "connection": "tax", "operation": "do", **more}


class Play:
    """One case in memory. Every state that is handed in must come out unchanged."""

    def __init__(self, found: Definition, data: JSON | None = None, state: JSON | None = None) -> None:
        self.definition = found
        self.effects: list[Effect] = []
        self.state: JSON = state or {"data": data or {}}
        if state is None:
            self.feed(Started(NOW))

    def feed(self, *events: Event) -> list[Effect]:
        """Take in events; return what the last one asked for."""
        for event in events:
            before = copy.deepcopy(self.state)
            given = self.state
            self.state, self.effects = advance(self.definition, given, event)
            assert given == before, "the engine changed the state that it was given"
        return self.effects

    def asked(self, kind: type[Kind]) -> list[Kind]:
        """The last effects of one kind."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def waiting(self) -> list[str]:
        """The tokens that wait."""
        return list(self.state["waiting"])
