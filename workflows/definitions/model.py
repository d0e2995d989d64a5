"""A definition made ready to run: blocks by path and by id, expressions compiled once."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from workflows.expressions import Compiled, compile_expression

JSON = dict[str, Any]


class Definition:
    """One version of one service. Made once a process for each version; safe to share between threads."""

    def __init__(self, document: JSON) -> None:
        self.document = document
        self.service: str = document["service"]
        self.version: int = document["version"]
        self._lists: dict[str, list[JSON]] = {}
        self._compiled: dict[str, Compiled] = {}

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
        return self.block(re.split("[!#~]", token, maxsplit=1)[0])

    @cached_property
    def _by_id(self) -> dict[str, JSON]:
        return {block["id"]: block for block in every_block(self.document["steps"])}

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
