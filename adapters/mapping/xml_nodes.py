"""Steps of an agency's path as elements of its contract: under wildcards, and by derived types."""

from adapters.contracts.outline import Node
from adapters.mapping.paths import Step, of_type
from adapters.mapping.rules import MappingWrong, Rule
from adapters.xsd.components import Wildcard


def stands_at(node: Node, part: Node | Wildcard, name: str) -> Node | None:
    """The element of that name at one place of the contract; a declared one goes before a wildcard."""
    if isinstance(part, Node):
        return part if part.name == name else None
    return None if any(child.name == name for child in node.children) else node.admitted(part, name)


def typed_hint(node: Node, name: str) -> str:
    """Where only derived types have an element of that name: how it is written."""
    have = [one for one in node.derived if (found := node.as_type(one)) is not None and found.child(name)]
    return f"; a derived type has it: {of_type(node.name, have[0])}/{name}" if have else ""


def narrowed(node: Node, one: Step, rule: Rule) -> Node:
    """The node by the derived type that a step names; raises MappingWrong where there is none."""
    found = node.as_type(one.type)
    if found is None:
        known = ", ".join(node.derived) or "none"
        raise MappingWrong(
            f"{rule}: no type {one.type} is derived from that of {node.name}; there is {known}"
        )
    return found
