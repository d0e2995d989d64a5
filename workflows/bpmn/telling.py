"""A flow in words: a nested, ordered list that says the same as the picture."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.bpmn import words
from workflows.bpmn.flow import JSON, Boundary, Flow, Fork, Group, Node, Part, Row, Single

THEN = {"end": "the case ends as refused", "compensate": "what was told is taken back, and the case ends"}


@dataclass(slots=True)
class Item:
    """One entry: its text, the step that it is ("" for none), and the entries below it."""

    text: str
    step: str = ""
    inner: "list[Item]" = field(default_factory=list)


def tell(flow: Flow) -> list[Item]:
    """The entries from the start to the end."""
    return _row(flow.row)


def as_text(items: list[Item], indent: str = "") -> str:
    """The list as lines, numbered, each level deeper by three places."""
    return "".join(f"{line}\n" for line in _lines(items, indent))


def _lines(items: list[Item], indent: str) -> Iterator[str]:
    for number, item in enumerate(items, start=1):
        yield f"{indent}{number}. {item.text}"
        yield from _lines(item.inner, indent + "   ")


def _row(row: Row) -> list[Item]:
    items: list[Item] = []
    for part in row.parts:
        found = _part(part)
        if found is not None:
            items.append(found)
    return items


def _part(part: Part) -> Item | None:
    match part:
        case Single():
            return _single(part)
        case Group(node=node, row=row):
            return Item(f"{node.label}. {node.detail}:", node.id, _row(row))
        case Fork(kind="parallel"):
            return _parallel(part)
    return _conditional(part)


def _single(part: Single) -> Item | None:
    node = part.node
    if node.role in ("in", "out"):
        return None
    if node.block is None:
        return Item(f"{words.sentence(node.label)}.")
    if node.element == "endEvent":
        because = f" {node.block['because']}" if node.block.get("because") else ""
        return Item(f"The case ends: {node.detail.removeprefix('End: ').lower()}.{because}", node.id)
    item = Item(f"{node.label}. {node.detail}.", node.id)
    item.inner = [Item(f"If {rule}") for rule in _rules(node.block)]
    item.inner += [Item(_border(boundary, node.block)) for boundary in part.boundaries]
    return item


def _rules(block: JSON) -> Iterator[str]:
    """What a decision by rules says about itself."""
    if block["kind"] != "decide":
        return
    for rule in block.get("rules", []):
        if "when" in rule:
            because = f" {rule['because']}" if rule.get("because") else ""
            yield f"{words.condition(rule['when'])}:{because or ' another result.'}"


def _border(boundary: Boundary, block: JSON) -> str:
    role = boundary.node.role
    if role == "undo":
        return "It can be taken back later."
    stated = block.get("on_timeout", "continue") if role == "time" else block.get("on_rejected")
    if isinstance(stated, dict):
        then = f"a caseworker of {words.unit(stated['unit']).upper()} looks at it"
    else:
        then = THEN.get(str(stated), "the case goes on")
    return (
        f"If {boundary.node.label} have passed: {then}." if role == "time" else f"If it is refused: {then}."
    )


def _parallel(part: Fork) -> Item:
    node = part.split
    item = Item(f"{node.label}. {node.detail}, at the same time:", node.id)
    for branch in part.branches:
        entries = _row(branch.row)
        item.inner += entries if len(entries) == 1 else [Item("One after another:", "", entries)]
    return item


def _conditional(part: Fork) -> Item:
    """The step with its condition before it."""
    [inner] = part.branches[0].row.parts
    found = _part(inner)
    question = _lower(part.split)
    if found is None:
        return Item(f"Only if {question}.")
    return Item(f"Only if {question}: {found.text}", found.step, found.inner)


def _lower(split: Node) -> str:
    text = split.label.removesuffix("?")
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
