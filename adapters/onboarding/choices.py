"""Choices that a message must make: parts of which the contract wants one, whichever it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.contracts.outline import Node
from adapters.mapping.paths import of_type

MAX_DEPTH = 14


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: the path of the part that makes it, and the names it chooses from.

    ``within`` is the nearest optional part around it, "" where every message must choose.
    """

    path: str
    within: str
    names: tuple[str, ...]

    def is_made(self, filled: set[str]) -> bool:
        """Whether something of one alternative is among the filled places."""
        begin = f"{self.path}/" if self.path else ""
        return any(
            path == f"{begin}{name}" or path.startswith(f"{begin}{name}/")
            for path in filled
            for name in self.names
        )


def of_element(root: Node) -> Iterator[Choice]:
    """The choices of an XML message: ``xs:choice``, substitution groups, abstract types."""
    yield from _of_node(root, "", "", frozenset(), 0)


def _of_node(node: Node, path: str, within: str, above: frozenset[Any], depth: int) -> Iterator[Choice]:
    yield from (Choice(path, within, names) for names in node.choices)
    declared = (node.tag, node.type_name)
    if depth >= MAX_DEPTH or declared in above:
        return
    for child in node.children:
        here = f"{path}/{child.name}" if path else child.name
        opened = within if child.required else here
        if child.is_abstract:
            names = tuple(of_type(child.name, name) for name in child.derived)
            yield Choice(path, within if child.required else here, names)
        else:
            yield from _of_node(child, here, opened, above | {declared}, depth + 1)


def of_schema(schema: Any, resolve: Callable[[Any], Any], path: str = "", depth: int = 0) -> Iterator[Choice]:
    """The choices of a JSON body: ``oneOf`` and ``anyOf`` whose every variant requires something."""
    schema = resolve(schema)
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return
    for word in ("oneOf", "anyOf"):
        wanted = [
            tuple(one.get("required", ()))
            for one in map(resolve, schema.get(word, []))
            if isinstance(one, dict)
        ]
        if wanted and all(wanted):
            yield Choice(path, "", tuple(dict.fromkeys(name for names in wanted for name in names)))
    needed = set(schema.get("required", ()))
    for part in (schema, *schema.get("allOf", [])):
        if part is not schema:
            yield from of_schema(part, resolve, path, depth + 1)
            continue
        for name, member in part.get("properties", {}).items():
            if name in needed:
                yield from of_schema(member, resolve, f"{path}/{name}" if path else name, depth + 1)
