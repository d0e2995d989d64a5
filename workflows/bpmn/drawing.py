"""A flow as SVG, from top to bottom: for a page of the portal, or as a file of its own.

Inside a page only classes are written, and the site's stylesheet colours them; a file brings its own style,
with colours for light and dark. Every text is real text; title and description say what the picture shows.
"""

from collections.abc import Collection
from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape

from workflows.bpmn import icons, words
from workflows.bpmn.flow import Edge, Flow, Node
from workflows.bpmn.layout import Box, Layout, Point, Style, lay_out

WIDTH, LINE, SMALL = 216, 20, 17
TITLE, DETAIL, QUESTION = 22, 28, 24  # letters a line
CORNER = 10
HIDDEN = {"in", "out", "merge"}
KINDS = {
    "task": "person", "link": "person", "cosign": "person", "questions": "person", "payment": "person",
    "appointment": "person", "lookup": "agency", "deliver": "agency", "event": "agency", "decide": "rule",
    "service": "agency", "end": "end",
}  # fmt: skip
STYLE = """
.os-flow{--ink:#0b0c0c;--quiet:#484d52;--paper:#fff;--box:#fff;--line:#5a6167;--soft:#f3f5f7;--edge:#8a9299;
--person:#0f5c4a;--agency:#174f8f;--rule:#7a4a06;--now:#ffdd33;font-family:system-ui,-apple-system,"Segoe UI",
Roboto,"Noto Sans",Arial,sans-serif;background:var(--paper)}
@media (prefers-color-scheme:dark){.os-flow{--ink:#f1f3f4;--quiet:#b9c0c6;--paper:#14181b;--box:#1f2529;
--line:#9aa3ab;--soft:#191e22;--edge:#6d767e;--person:#6fd0b4;--agency:#8dbcf5;--rule:#e8b565;--now:#6b5700}}
"""
RULES = """
.os-flow text{fill:var(--ink);font-size:15px;font-weight:600}
.os-flow .d,.os-flow .l{fill:var(--quiet);font-size:13px;font-weight:400}
.os-flow .b{fill:var(--box);stroke:var(--edge);stroke-width:1.5}
.os-flow .i,.os-flow .s{fill:none;stroke:var(--line);stroke-width:1.6;stroke-linecap:round;
stroke-linejoin:round}
.os-flow .s{stroke-width:1.3}
.os-flow .person .i{stroke:var(--person)}.os-flow .agency .i{stroke:var(--agency)}
.os-flow .rule .i{stroke:var(--rule)}
.os-flow .person .bar{fill:var(--person)}.os-flow .agency .bar{fill:var(--agency)}
.os-flow .rule .bar{fill:var(--rule)}
.os-flow .bar{fill:var(--edge)}
.os-flow .g{fill:var(--soft);stroke:var(--edge);stroke-width:1.5;stroke-dasharray:1 5;stroke-linecap:round}
.os-flow .w{fill:none;stroke:var(--line);stroke-width:1.6}
.os-flow .a,.os-flow .dot{fill:var(--line)}
.os-flow .ask .b{fill:var(--soft)}.os-flow .start .b,.os-flow .fork .b{fill:var(--soft)}
.os-flow .end .b{stroke:var(--ink);stroke-width:3}
.os-flow .l{font-weight:600;paint-order:stroke;stroke:var(--paper);stroke-width:5px;stroke-linejoin:round}
.os-flow .now .b{fill:var(--now);stroke:var(--ink);stroke-width:3}.os-flow .now .d{fill:var(--ink)}
"""


@dataclass(frozen=True, slots=True)
class _Text:
    title: list[str]
    detail: list[str]
    notes: list[tuple[str, str]]  # sign and words: what happens when time is up, and the like

    @property
    def height(self) -> float:
        return LINE * len(self.title) + SMALL * (len(self.detail) + len(self.notes))


def picture(flow: Flow, *, current: Collection[str] = (), alone: bool = True, key: str = "flow") -> str:
    """The SVG. ``current`` are ids of steps to highlight; ``alone`` makes it a file with its own style."""
    layout = lay_out(flow, STYLE_OF_PAGES, margin=16)
    title = f"How “{flow.document['title']}” goes"
    steps = sum(node.block is not None for node in flow.nodes.values())
    desc = f"A flow chart of {steps} steps, from top to bottom. The same stands as a list of steps in words."
    width, height = round(layout.width), round(layout.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="os-flow" role="img" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" aria-labelledby="{key}-title {key}-desc">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(desc)}</desc>'
    )
    parts = [head, f"<style>{STYLE}{RULES}</style>" if alone else ""]
    parts += [_group(node, layout.boxes[node.id]) for node in flow.nodes.values() if _is_group(node)]
    drawn = [edge for edge in flow.edges.values() if edge.id in layout.ways]
    parts += [_way(flow, edge, layout) for edge in drawn]
    parts += [
        _node(node, layout.boxes[node.id], node.id in current)
        for node in flow.nodes.values()
        if node.id in layout.boxes and node.role not in HIDDEN and not _is_group(node)
    ]
    parts += [_label(edge, layout) for edge in drawn if edge.label]
    return "".join(parts) + "</svg>"


def _is_group(node: Node) -> bool:
    return node.element == "subProcess"


def _text(node: Node) -> _Text:
    if node.element == "exclusiveGateway":
        return _Text(_lines(node.label, QUESTION, 4), [], [])
    if node.element in ("startEvent", "endEvent"):
        label = node.detail.removeprefix("End: ") if node.detail else node.label
        if node.block is not None and node.block.get("title"):
            label = node.label
        return _Text(_lines(words.sentence(label), TITLE + 2, 3), [], [])
    return _Text(_lines(node.label, TITLE, 4), _lines(node.detail, DETAIL, 3), _notes(node))


def _lines(text: str, letters: int, most: int) -> list[str]:
    found = wrap(text, letters)
    if len(found) > most:
        found = [*found[: most - 1], words.shortened(" ".join(found[most - 1 :]), letters)]
    return [words.shortened(line, letters + 2) for line in found]


def _notes(node: Node) -> list[tuple[str, str]]:
    """What hangs at the border of a step, in words of its own."""
    block = node.block or {}
    found: list[tuple[str, str]] = []
    if block.get("timeout") and block.get("on_timeout"):
        found.append((icons.CLOCK, f"After {words.time(block['timeout'])}: {_then(block['on_timeout'])}"))
    elif block.get("within") and block.get("on_timeout", "continue") != "continue":
        found.append((icons.CLOCK, f"Time is up: {_then(block['on_timeout'])}"))
    if block.get("on_rejected", "continue") != "continue":
        found.append((icons.ROUND, f"Refused: {_then(block['on_rejected'])}"))
    if "undo" in block:
        found.append((icons.BACK, "Can be taken back"))
    return [(sign, words.shortened(text, DETAIL - 2)) for sign, text in found]


def _then(stated: object) -> str:
    if isinstance(stated, dict):
        return f"{words.unit(stated['unit']).upper()} looks"
    return {"end": "the case ends", "compensate": "all is taken back"}.get(str(stated), "goes on")


def _size(node: Node) -> tuple[float, float]:
    if node.role in HIDDEN:
        return (0, 0)
    if node.role in ("then", "join"):
        return (12, 12) if not node.label else (WIDTH - 40, 36)
    text = _text(node)
    return (WIDTH, max(44.0, text.height + 22))


def _header(node: Node) -> float:
    text = _text(node)
    return text.height + 24


STYLE_OF_PAGES = Style(
    vertical=True,
    size=_size,
    room=lambda _: 0,
    along=42,
    across=30,
    pad=18,
    header=_header,
    wide=lambda _: WIDTH + 36,
    borders=False,
)


def _class(node: Node) -> str:
    if node.role == "when":
        return "ask"
    if node.element == "startEvent":
        return "start"
    if node.element == "endEvent":
        return "end"
    kind = node.block["kind"] if node.block else ""
    return {"parallel": "fork"}.get(kind, KINDS.get(kind, "plain"))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _rect(box: Box, radius: float, kind: str = "b") -> str:
    x, y, width, height = map(_number, (box.x, box.y, box.width, box.height))
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{_number(radius)}"/>'


def _hexagon(box: Box) -> str:
    left, right, top, bottom = box.x, box.x + box.width, box.y, box.y + box.height
    cut, middle = 16, (top + bottom) / 2
    points = [
        (left + cut, top),
        (right - cut, top),
        (right, middle),
        (right - cut, bottom),
        (left + cut, bottom),
    ]
    points.append((left, middle))
    shown = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
    return f'<polygon class="b" points="{shown}"/>'


def _node(node: Node, box: Box, is_current: bool) -> str:
    kind = _class(node) + (" now" if is_current else "")
    if node.role in ("then", "join") and not node.label:
        x, y = _number(box.x + box.width / 2), _number(box.y + box.height / 2)
        return f'<circle class="dot" cx="{x}" cy="{y}" r="6"/>'
    text = _text(node)
    if node.role == "when":
        shape = _hexagon(box)
    elif node.is_event and node.block is None or node.element == "endEvent" or node.role == "join":
        shape = _rect(box, box.height / 2 if box.height < 60 else 22)
    elif node.is_gateway:
        shape = _rect(box, 16)
    else:
        bar = Box(box.x, box.y + 8, 5, box.height - 16)
        shape = _rect(box, 6) + _rect(bar, 2.5, "bar")
    full = escape(f"{node.label}. {node.detail}".strip(" .")) if node.role != "join" else escape(node.detail)
    sign = icons.OF.get(node.block["kind"]) if node.block else None
    inner = _words(text, box, sign)
    note = ' aria-current="step"' if is_current else ""
    return f'<g class="{kind}"{note}><title>{full}</title>{shape}{inner}</g>'


def _words(text: _Text, box: Box, sign: str | None) -> str:
    """The lines of a box: in its middle, or beside the sign of its kind."""
    y = box.y + (box.height - text.height) / 2
    x, anchor = (box.x + 44, "") if sign else (box.x + box.width / 2, ' text-anchor="middle"')
    made = (
        [f'<path class="i" d="{sign}" transform="translate({_number(box.x + 15)} {_number(y)})"/>']
        if sign
        else []
    )
    for line in text.title:
        made.append(f'<text x="{_number(x)}" y="{_number(y + 15)}"{anchor}>{escape(line)}</text>')
        y += LINE
    for line in text.detail:
        made.append(f'<text class="d" x="{_number(x)}" y="{_number(y + 12)}"{anchor}>{escape(line)}</text>')
        y += SMALL
    for small, line in text.notes:
        place = f"translate({_number(x)} {_number(y + 1)}) scale(.65)"
        made.append(f'<path class="s" d="{small}" transform="{place}"/>')
        made.append(f'<text class="d" x="{_number(x + 18)}" y="{_number(y + 12)}">{escape(line)}</text>')
        y += SMALL
    return "".join(made)


def _group(node: Node, box: Box) -> str:
    text = _text(node)
    inner = Box(box.x + 2, box.y + 12, box.width, text.height)
    sign = icons.OF.get(node.block["kind"]) if node.block else None
    return f'<g class="plain">{_rect(box, 14, "g")}{_words(text, inner, sign)}</g>'


def _way(flow: Flow, edge: Edge, layout: Layout) -> str:
    points = layout.ways[edge.id]
    target = flow.nodes[edge.target]
    if target.role in ("out", "merge") or len(set(points)) < 2:
        return ""
    arrow = "" if target.role in ("then", "join") and not target.label else _arrow(points)
    return f'<path class="w" d="{_path(points)}"/>{arrow}'


def _path(points: list[Point]) -> str:
    """A line with round corners."""
    made = [f"M{_number(points[0][0])} {_number(points[0][1])}"]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        first, second = _towards(here, before), _towards(here, after)
        made.append(
            f"L{_number(first[0])} {_number(first[1])}"
            f"Q{_number(here[0])} {_number(here[1])} {_number(second[0])} {_number(second[1])}"
        )
    return "".join(made) + f"L{_number(points[-1][0])} {_number(points[-1][1])}"


def _towards(here: Point, there: Point) -> Point:
    """A point so near to a corner as its roundness, or half way where it is not far."""
    across, down = there[0] - here[0], there[1] - here[1]
    far = abs(across) + abs(down)
    part = min(CORNER, far / 2) / far if far else 0
    return here[0] + across * part, here[1] + down * part


def _arrow(points: list[Point]) -> str:
    (ax, ay), (x, y) = points[-2], points[-1]
    if ax == x:
        back = -9 if y > ay else 9
        corners = [(x, y), (x - 5, y + back), (x + 5, y + back)]
    else:
        back = -9 if x > ax else 9
        corners = [(x, y), (x + back, y - 5), (x + back, y + 5)]
    shown = " ".join(f"{_number(one)},{_number(two)}" for one, two in corners)
    return f'<polygon class="a" points="{shown}"/>'


def _label(edge: Edge, layout: Layout) -> str:
    (x, y), (next_x, _) = layout.ways[edge.id][:2]
    place = (x + 7, y + 18) if x == next_x else (x + 4, y - 6)
    return f'<text class="l" x="{_number(place[0])}" y="{_number(place[1])}">{escape(edge.label)}</text>'
