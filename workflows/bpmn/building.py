"""The flow of a definition's document, step by step."""

from collections.abc import Callable
from typing import Any

from workflows.bpmn import words
from workflows.bpmn.flow import (
    Boundary,
    Branch,
    Edge,
    Element,
    Flow,
    Fork,
    Group,
    Node,
    Part,
    Row,
    Single,
    entry,
    leaves_from,
)

JSON = dict[str, Any]
ELEMENTS: dict[str, Element] = {
    "lookup": "serviceTask", "deliver": "serviceTask", "document": "serviceTask",
    "decide": "businessRuleTask", "notify": "sendTask", "task": "userTask", "cosign": "userTask",
    "link": "userTask", "questions": "userTask", "payment": "userTask", "appointment": "userTask",
    "event": "receiveTask",
    "timer": "intermediateCatchEvent", "service": "callActivity", "repeat": "subProcess",
    "loop": "subProcess", "compensate": "intermediateThrowEvent", "end": "endEvent",
    "parallel": "parallelGateway",
}  # fmt: skip
START, END = "_start", "_end"


def flow_of(document: JSON) -> Flow:
    """The flow of a definition that has a sound shape."""
    return _Building(document).built()


class _Building:
    def __init__(self, document: JSON) -> None:
        self.flow = Flow(document)
        self.group = ""

    def built(self) -> Flow:
        begins = {"event": "An agency tells of something", "service": "Another service begins this one"}
        label = begins.get(self.flow.document.get("begins", "citizen"), "The application is sent")
        if self.flow.document.get("begins") == "appeal":
            label = "The appeal is lodged"
        start = Single(self._node(START, "startEvent", label=label))
        row = self._row(self.flow.document["steps"], [start])
        if leaves_from(row.parts[-1]):
            self._append(row, Single(self._node(END, "endEvent", label="Completed")))
        self.flow.row = row
        return self.flow

    def _node(self, key: str, element: Element, **more: Any) -> Node:
        made = Node(key, element, group=self.group, **more)
        self.flow.nodes[key] = made
        return made

    def _edge(self, source: str, target: str, **more: Any) -> Edge:
        key, number = f"{source}..{target}", 2
        while key in self.flow.edges:
            key, number = f"{source}..{target}.{number}", number + 1
        made = Edge(key, source, target, group=self.group, **more)
        self.flow.edges[key] = made
        return made

    def _row(self, blocks: list[JSON], parts: list[Part] | None = None) -> Row:
        row = Row(list(parts or []))
        for block in blocks:
            self._append(row, self._part(block))
        return row

    def _append(self, row: Row, part: Part) -> None:
        if row.parts:
            source = leaves_from(row.parts[-1])
            open_ = isinstance(row.parts[-1], Fork) and row.parts[-1].kind == "aside"
            if source:
                more = {"default": True, "label": "no"} if open_ else {}
                row.links.append(self._edge(source, entry(part), **more))
        row.parts.append(part)

    def _part(self, block: JSON) -> Part:
        if "when" not in block:
            return self._bare(block)
        key, feel = block["id"], block["when"]
        label = words.question(feel)
        split = self._node(f"{key}.when", "exclusiveGateway", label=label, of=key, role="when")
        inner = self._bare(block)
        enter = self._edge(split.id, entry(inner), condition=feel, label="yes")
        if not leaves_from(inner):
            return Fork("aside", split, [Branch(Row([inner]), enter)])
        join = self._node(f"{key}.then", "exclusiveGateway", of=key, role="then")
        leave = self._edge(leaves_from(inner), join.id)
        past = self._edge(split.id, join.id, default=True, label="no")
        return Fork("when", split, [Branch(Row([inner]), enter, leave), Branch(Row(), past)], join)

    def _bare(self, block: JSON) -> Part:
        if block["kind"] == "parallel":
            return self._parallel(block)
        node = self._node(
            block["id"],
            ELEMENTS[block["kind"]],
            label=words.name(block),
            detail=words.detail(block),
            block=block,
            event=self._event(block),
        )
        if "steps" in block:
            return Group(node, self._inside(block))
        return self._with_borders(Single(node), block)

    def _inside(self, block: JSON) -> Row:
        outside, self.group = self.group, block["id"]
        key = block["id"]
        row = self._row(block["steps"], [Single(self._node(f"{key}.in", "startEvent", of=key, role="in"))])
        if leaves_from(row.parts[-1]):
            self._append(row, Single(self._node(f"{key}.out", "endEvent", of=key, role="out")))
        self.group = outside
        return row

    def _event(self, block: JSON) -> Any:
        if block["kind"] == "end":
            return "error" if self.group else "terminate"
        return {"timer": "timer", "compensate": "compensate"}.get(block["kind"], "")

    def _parallel(self, block: JSON) -> Fork:
        key, join_of = block["id"], block.get("join", "all")
        label, detail = words.name(block), words.detail(block)
        split = self._node(key, "parallelGateway", label=label, detail=detail, block=block)
        rows = [self._row(branch) for branch in block["branches"]]
        if all(row.parts and not leaves_from(row.parts[-1]) for row in rows):
            return Fork(
                "parallel", split, [Branch(row, self._edge(key, entry(row.parts[0]))) for row in rows]
            )
        gateway: Element = "parallelGateway" if join_of == "all" else "complexGateway"
        join = self._node(
            f"{key}.join", gateway, label="" if join_of == "all" else detail, of=key, role="join"
        )
        return Fork("parallel", split, [self._branch(key, row, join.id) for row in rows], join)

    def _branch(self, split: str, row: Row, join: str) -> Branch:
        if not row.parts:
            return Branch(row, self._edge(split, join))
        last = leaves_from(row.parts[-1])
        enter = self._edge(split, entry(row.parts[0]))
        return Branch(row, enter, self._edge(last, join) if last else None)

    def _with_borders(self, part: Single, block: JSON) -> Single:
        key = block["id"]
        stated = block.get("within") or block.get("timeout")
        merging: list[Callable[[Node], None]] = []
        if stated and block["kind"] != "timer":
            self._border(
                part, "time", "timer", block.get("on_timeout", "continue"), words.time(stated), merging
            )
        if block.get("on_rejected", "continue") != "continue":
            self._border(part, "rejected", "error", block["on_rejected"], "refused", merging)
        if merging:
            part.then = self._node(f"{key}.merge", "exclusiveGateway", of=key, role="merge")
            part.out = self._edge(key, part.then.id)
            for merge in merging:
                merge(part.then)
        if "undo" in block:
            self._undo(part, block)
        return part

    def _border(self, part: Single, role: str, event: Any, then: Any, label: str, merging: list[Any]) -> None:
        key = part.node.id
        asked = isinstance(then, dict)
        if then == "continue":
            node = self._boundary(part, role, event, label)

            def merge(target: Node) -> None:
                way = self._edge(node.id, target.id)
                part.boundaries.append(Boundary(node, way, Row(), None))

            merging.append(merge)
            return
        node = self._boundary(part, role, event, label, interrupts=not asked or event == "error")
        handler = self._handled(key, role, then)
        way = self._edge(node.id, entry(handler.parts[0]))
        part.boundaries.append(Boundary(node, way, handler))

    def _boundary(self, part: Single, role: str, event: Any, label: str, interrupts: bool = True) -> Node:
        key = part.node.id
        return self._node(
            f"{key}.{role}",
            "boundaryEvent",
            label=label,
            of=key,
            role=role,
            event=event,
            host=key,
            interrupts=interrupts,
        )

    def _handled(self, key: str, role: str, then: Any) -> Row:
        """What happens when time is up or an agency refuses: somebody is asked, or the case ends."""
        place = f"{key}.{role}"
        own = {"of": key, "role": "handler"}
        if not isinstance(then, dict):
            detail = "Refused, all taken back" if then == "compensate" else "Refused"
            kind = "error" if self.group else "terminate"
            return Row([Single(self._node(f"{place}.end", "endEvent", label=detail, event=kind, **own))])
        label, detail = words.sentence(then["task"]), f"Caseworker of {words.unit(then['unit']).upper()}"
        asked = Single(self._node(f"{place}.asked", "userTask", label=label, detail=detail, **own))
        row = Row([asked])
        self._append(row, Single(self._node(f"{place}.over", "endEvent", label="Settled", **own)))
        return row

    def _undo(self, part: Single, block: JSON) -> None:
        key = block["id"]
        node = self._boundary(part, "undo", "compensate", "")
        done = self._node(
            f"{key}.undo.done",
            "serviceTask",
            label=f"Take back: {words.name(block)}",
            detail=f"Tell {words.unit(block['undo'].get('connection') or block['connection']).upper()}",
            of=key,
            role="handler",
            event="compensate",
        )
        way = self._edge(node.id, done.id, association=True)
        part.boundaries.append(Boundary(node, way, Row([Single(done)])))
