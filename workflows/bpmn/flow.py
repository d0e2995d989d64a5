"""The flow of a definition: nodes and edges, and the parts that they make up, one inside another.

A definition is block-structured, so that its flow is too: a :class:`Row` of parts, where a part is a step
with what hangs at its border, a fork of branches, or a group of steps. Pictures, texts and BPMN read this.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

JSON = dict[str, Any]
Element = Literal[
    "startEvent", "endEvent", "userTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask",
    "callActivity", "subProcess", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    "exclusiveGateway", "parallelGateway", "complexGateway",
]  # fmt: skip
Event = Literal["", "timer", "error", "compensate", "terminate", "message"]


@dataclass(slots=True, eq=False)
class Node:
    """One thing of the flow. ``block`` is the step that it is; helpers such as joins have none."""

    id: str
    element: Element
    label: str = ""
    detail: str = ""
    block: JSON | None = None
    of: str = ""  # the step that a helper belongs to
    role: str = ""  # of a helper: when, then, join, time, rejected, undo, handler
    event: Event = ""
    host: str = ""  # of a boundary event: the step at whose border it is
    interrupts: bool = True
    group: str = ""  # the id of the group around it, or ""

    @property
    def is_event(self) -> bool:
        """Whether BPMN draws it as a circle."""
        return self.element.endswith("Event")

    @property
    def is_gateway(self) -> bool:
        """Whether BPMN draws it as a diamond."""
        return self.element.endswith("Gateway")


@dataclass(slots=True, eq=False)
class Edge:
    """A way from one node to another. A condition is FEEL; an association is no way that a case goes."""

    id: str
    source: str
    target: str
    label: str = ""
    condition: str = ""
    default: bool = False
    association: bool = False
    group: str = ""


@dataclass(slots=True, eq=False)
class Row:
    """Parts one after another; ``links[n]`` leads from part n to the next."""

    parts: "list[Part]" = field(default_factory=list)
    links: list[Edge] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Boundary:
    """An event at the border of a step, the way from it, and where that comes back, if it does."""

    node: Node
    way: Edge
    handler: Row
    back: Edge | None = None


@dataclass(slots=True, eq=False)
class Single:
    """A step, what hangs at its border, and the merge behind it if that comes back."""

    node: Node
    boundaries: list[Boundary] = field(default_factory=list)
    out: Edge | None = None
    then: Node | None = None


@dataclass(slots=True, eq=False)
class Branch:
    """One way out of a fork; without parts, ``enter`` leads right to the join."""

    row: Row
    enter: Edge
    leave: Edge | None = None


@dataclass(slots=True, eq=False)
class Fork:
    """Branches between a gateway and its join.

    ``kind`` is ``parallel``; ``when``, one branch that is passed over or not; or ``aside``, one branch that
    ends the case, while what comes next follows the gateway itself.
    """

    kind: Literal["parallel", "when", "aside"]
    split: Node
    branches: list[Branch]
    join: Node | None = None


@dataclass(slots=True, eq=False)
class Group:
    """Steps that are walked several times: a repetition or a loop."""

    node: Node
    row: Row


Part = Single | Fork | Group


@dataclass(slots=True, eq=False)
class Flow:
    """The whole: nodes and edges in reading order, and the row at the top."""

    document: JSON
    row: Row = field(default_factory=Row)
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)


def entry(part: Part) -> str:
    """The node that a way into the part leads to."""
    return part.split.id if isinstance(part, Fork) else part.node.id


def leaves_from(part: Part) -> str:
    """The node that the way out of the part begins at, or "" where nothing comes after it."""
    match part:
        case Fork(kind="aside"):
            return part.split.id
        case Fork():
            return part.join.id if part.join else ""
        case Single():
            if part.then is not None:
                return part.then.id
            return "" if part.node.element == "endEvent" else part.node.id
    return part.node.id


def every_row(row: Row) -> Iterator[Row]:
    """The row and all inside it."""
    yield row
    for part in row.parts:
        inner = {
            Single: lambda one: [boundary.handler for boundary in one.boundaries],
            Fork: lambda one: [branch.row for branch in one.branches],
            Group: lambda one: [one.row],
        }[type(part)](part)
        for found in inner:
            yield from every_row(found)
