"""A definition made ready to run: blocks by path and by id, expressions compiled once."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from workflows.definitions.tables import Tables
from workflows.expressions import CLOCK, Compiled, compile_expression

JSON = dict[str, Any]


class Definition:
    """One version of one service. Made once a process for each version; safe to share between threads."""

    def __init__(self, document: JSON) -> None:
        self.document = document
        self.service: str = document["service"]
        self.version: int = document["version"]
        self.calendar: str = document.get("calendar", "national")
        self.stuck_unit: str = document.get("stuckUnit", "integration")
        self._given: JSON = document.get("given", {})
        self._lists: dict[str, list[JSON]] = {}
        self._compiled: dict[str, Compiled] = {}
        self.tables = Tables(document.get("tables", {}))

    def blocks(self, at: str) -> list[JSON]:
        """The list of blocks at a path such as ``steps`` or ``steps/4/branches/2``."""
        if at not in self._lists:
            place: Any = self.document
            for part in at.split("/"):
                place = place[int(part)] if isinstance(place, list) else place[part]
            self._lists[at] = place
        return self._lists[at]

    def block(self, step: str) -> JSON:
        """The block with this id; raises KeyError."""
        return self._by_id[step]

    def block_of(self, token: str) -> JSON:
        """The block that a token of the engine belongs to: ``step``, with what tells repetitions apart."""
        return self.block(re.split("[!#~^]", token, maxsplit=1)[0])

    def known_block_of(self, token: str) -> JSON:
        """The same, or nothing for a step that only another version has."""
        return self._by_id.get(re.split("[!#~^]", token, maxsplit=1)[0], {})

    def scope(self, data: JSON, now: datetime) -> dict[Any, Any]:
        """What expressions outside a repetition see: the definition's `given`, the data, the clock."""
        return {**self._given, **data, CLOCK: now}

    def fill(self, template: Any, scope: JSON) -> Any:
        """Fill a template: texts beginning with "=" are expressions, everything else stands for itself.

        A value that is null leaves its name out.
        """
        if isinstance(template, str):
            return self.compiled(template[1:])(scope) if template.startswith("=") else template
        if isinstance(template, dict):
            filled = {key: self.fill(value, scope) for key, value in template.items()}
            return {key: value for key, value in filled.items() if value is not None}
        if isinstance(template, list):
            return [self.fill(value, scope) for value in template]
        return template

    @cached_property
    def _by_id(self) -> dict[str, JSON]:
        return {block["id"]: block for block in every_block(self.document["steps"])}

    @cached_property
    def optional(self) -> dict[str, JSON]:
        """The blocks that are sent with the applicant's consent only, by id, in reading order."""
        return {name: block for name, block in self._by_id.items() if "optional" in block}

    def has(self, step: str) -> bool:
        """Whether there is a block with this id."""
        return step in self._by_id

    def holder(self, step: str) -> str:
        """The id of the block that holds this one, or "" for one at the top; raises KeyError."""
        parts = self.place(step)[0].split("/")
        for end in range(len(parts) - 1, 0, -1):
            if parts[end].isdigit() and parts[end - 1] != "branches":
                return str(self.blocks("/".join(parts[:end]))[int(parts[end])]["id"])
        return ""

    def place(self, step: str) -> tuple[str, int]:
        """Where a block stands: the path of its list and its position there; raises KeyError."""
        return self._places[step]

    @cached_property
    def _places(self) -> dict[str, tuple[str, int]]:
        return {block["id"]: (path, n) for path, n, block in placed(self.document["steps"])}

    def compiled(self, expression: str) -> Compiled:
        """The expression as a function of a scope, compiled at its first use."""
        if expression not in self._compiled:
            self._compiled[expression] = compile_expression(expression)
        return self._compiled[expression]

    def page(self, name: str) -> JSON:
        """The question page with this id; raises KeyError."""
        return self._pages[name]

    @cached_property
    def _pages(self) -> dict[str, JSON]:
        return {page["id"]: page for page in self.document["pages"]}


def every_block(blocks: list[JSON]) -> Iterator[JSON]:
    """Yield each block of a list and of the lists inside it, in reading order."""
    for block in blocks:
        yield block
        for branch in block.get("branches", []):
            yield from every_block(branch)
        yield from every_block(block.get("steps", []))


def placed(blocks: list[JSON], path: str = "steps") -> Iterator[tuple[str, int, JSON]]:
    """Yield each block with the path of its list and its position there, in reading order."""
    for number, block in enumerate(blocks):
        yield path, number, block
        here = f"{path}/{number}"
        for branch, inside in enumerate(block.get("branches", [])):
            yield from placed(inside, f"{here}/branches/{branch}")
        yield from placed(block.get("steps", []), f"{here}/steps")
