"""Where the parts of a flow stand: layers along a main axis, branches side by side across it.

Every part is measured from the inside out and then placed, so that boxes cannot lie on each other and ways
cross no boxes. Distances are along the main axis (``m``) and across it (``c``); only then do they become x
and y, so that one layout draws from left to right or from top to bottom. The same flow gives the same places.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from workflows.bpmn.flow import Boundary, Branch, Edge, Flow, Fork, Group, Node, Part, Row, Single

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box") -> bool:
        """Whether the two have an area in common."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def holds(self, other: "Box") -> bool:
        """Whether the other lies wholly inside."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes and distances. ``size`` gives width and height, ``room`` what a label needs around a node."""

    vertical: bool
    size: Callable[[Node], tuple[float, float]]
    room: Callable[[Node], float]  # below or right of a node, across the main axis
    along: float  # between layers
    across: float  # between branches
    pad: float  # inside a group
    header: Callable[[Node], float]  # on top of a group, for its name
    wide: Callable[[Node], float]  # the least width of a group
    borders: bool = True  # draw what hangs at borders, or leave it to the step's own text


@dataclass(slots=True)
class Layout:
    """Boxes by node, points by edge, and the whole size."""

    boxes: dict[str, Box] = field(default_factory=dict)
    ways: dict[str, list[Point]] = field(default_factory=dict)
    width: float = 0
    height: float = 0


@dataclass(frozen=True, slots=True)
class _Extent:
    length: float
    before: float  # of the axis, across
    after: float


def lay_out(flow: Flow, style: Style, margin: float = 20) -> Layout:
    """Place everything."""
    placing = _Placing(style)
    extent = placing.row(flow.row)
    placing.place_row(flow.row, margin, margin + extent.before)
    across = extent.before + extent.after + 2 * margin
    along = extent.length + 2 * margin
    layout = placing.layout
    layout.width, layout.height = (across, along) if style.vertical else (along, across)
    return layout


class _Placing:
    def __init__(self, style: Style) -> None:
        self.style = style
        self.layout = Layout()
        self._spots: dict[str, tuple[float, float, float, float]] = {}  # m, c of the corner, both lengths
        self._known: dict[int, _Extent] = {}

    # Measuring

    def _lengths(self, node: Node) -> tuple[float, float]:
        width, height = self.style.size(node)
        return (height, width) if self.style.vertical else (width, height)

    def row(self, row: Row) -> _Extent:
        """The extent of parts one after another."""
        if not row.parts:
            return _Extent(0, 6, 6)
        found = [self.part(part) for part in row.parts]
        gaps = sum(self._gap(one, next_) for one, next_ in zip(row.parts, row.parts[1:], strict=False))
        length = sum(one.length for one in found) + gaps
        return _Extent(length, max(one.before for one in found), max(one.after for one in found))

    def _gap(self, one: Part, next_: Part) -> float:
        """No distance where something is not drawn."""
        hidden = [
            part for part in (one, next_) if isinstance(part, Single) and not any(self._lengths(part.node))
        ]
        return self.style.along / 2 if hidden else self.style.along

    def part(self, part: Part) -> _Extent:
        """The extent of one part."""
        if id(part) not in self._known:
            match part:
                case Single():
                    found = self._single(part)
                case Group():
                    found = self._group(part)
                case Fork():
                    found = self._fork(part)
            self._known[id(part)] = found
        return self._known[id(part)]

    def _single(self, part: Single) -> _Extent:
        along, across = self._lengths(part.node)
        plain = _Extent(along, across / 2, across / 2 + self.style.room(part.node))
        if not (self.style.borders and part.boundaries):
            return plain
        length, after = along, across / 2 + BORDER
        for boundary in reversed(part.boundaries):
            inner = self.row(boundary.handler)
            after += inner.before + inner.after + self.style.across / 2
            length = max(length, along + self.style.along / 2 + inner.length)
        if part.then is not None:
            length += self.style.along + self._lengths(part.then)[0]
        return _Extent(length, plain.before, max(plain.after, after))

    def _group(self, part: Group) -> _Extent:
        inner, pad, header = self.row(part.row), self.style.pad, self.style.header(part.node)
        if self.style.vertical:
            missing = max(0.0, self.style.wide(part.node) - inner.before - inner.after - 2 * pad) / 2
            side = pad + missing
            return _Extent(inner.length + header + pad, inner.before + side, inner.after + side)
        length = max(inner.length + 2 * pad, self.style.wide(part.node))
        return _Extent(length, inner.before + header + pad, inner.after + pad)

    def _fork(self, part: Fork) -> _Extent:
        along, across = self._lengths(part.split)
        rows = [self.row(branch.row) for branch in part.branches]
        half, style = across / 2, self.style
        after = half + style.room(part.split)
        join = style.along + self._lengths(part.join)[0] if part.join else 0
        if part.kind == "aside":
            [side] = rows
            length = along if _is_short(part) else along + style.along + side.length
            return _Extent(max(length, side.length), half, after + style.across + side.before + side.after)
        if part.kind == "when":
            length = along + style.along + rows[0].length + join
            return _Extent(length, max(half, rows[0].before), self._lane(part) + LANE)
        axes, total = self._axes(rows)
        middle = (axes[0] + axes[-1]) / 2
        length = along + style.along + max(one.length for one in rows) + join
        return _Extent(length, max(half, middle), max(after, total - middle))

    def _lane(self, part: Fork) -> float:
        """How far from the axis the way past a step runs."""
        _, across = self._lengths(part.split)
        clear = max(across / 2 + self.style.room(part.split), self.row(part.branches[0].row).after)
        return clear + self.style.across / 2

    def _axes(self, rows: list[_Extent]) -> tuple[list[float], float]:
        """Where the axes of branches lie, from the edge of the first; and the whole breadth."""
        at, axes = 0.0, []
        for one in rows:
            axes.append(at + one.before)
            at += one.before + one.after + self.style.across
        return axes, at - self.style.across

    # Placing

    def _put(self, node: Node, m: float, c: float) -> None:
        """Place a node by the start of its main side and its axis."""
        along, across = self._lengths(node)
        self._box(node.id, m, c - across / 2, along, across)

    def _box(self, key: str, m: float, c: float, along: float, across: float) -> None:
        self._spots[key] = (m, c, along, across)
        self.layout.boxes[key] = Box(c, m, across, along) if self.style.vertical else Box(m, c, along, across)

    def _end(self, key: str) -> Point:
        m, c, along, across = self._spots[key]
        return m + along, c + across / 2

    def _start(self, key: str) -> Point:
        m, c, _, across = self._spots[key]
        return m, c + across / 2

    def _side(self, key: str) -> Point:
        m, c, along, across = self._spots[key]
        return m + along / 2, c + across

    def _way(self, edge: Edge, *points: Point) -> None:
        found = [points[0]]
        for point in points[1:]:
            if point != found[-1]:
                found.append(point)
        if len(found) == 1:
            found.append(found[0])
        self.layout.ways[edge.id] = [(c, m) for m, c in found] if self.style.vertical else found

    def place_row(self, row: Row, m: float, c: float) -> None:
        """Place parts one after another, with the ways between them."""
        for number, part in enumerate(row.parts):
            self._place(part, m, c)
            m += self.part(part).length
            if number + 1 < len(row.parts):
                m += self._gap(part, row.parts[number + 1])
        for edge in row.links:
            self._way(edge, self._end(edge.source), self._start(edge.target))

    def _place(self, part: Part, m: float, c: float) -> None:
        match part:
            case Single():
                self._place_single(part, m, c)
            case Group():
                self._place_group(part, m, c)
            case Fork():
                self._place_fork(part, m, c)

    def _place_single(self, part: Single, m: float, c: float) -> None:
        self._put(part.node, m, c)
        end = m + self.part(part).length
        if part.then is not None and part.out is not None:
            self._put(part.then, end - self._lengths(part.then)[0], c)
            self._way(part.out, self._end(part.node.id), self._start(part.then.id))
        if self.style.borders:
            self._place_borders(part, m, c)

    def _place_borders(self, part: Single, m: float, c: float) -> None:
        along, across = self._lengths(part.node)
        edge_at = c + across / 2
        row_at = edge_at + BORDER
        step = along / (len(part.boundaries) + 1)
        for number, boundary in reversed(list(enumerate(part.boundaries, start=1))):
            size, _ = self._lengths(boundary.node)
            middle = m + step * number
            self._put(boundary.node, middle - size / 2, edge_at)
            inner = self.row(boundary.handler)
            axis = row_at + inner.before
            self._place_handler(part, boundary, (middle, edge_at + size / 2), (m + along, axis))
            row_at = axis + inner.after + self.style.across / 2

    def _place_handler(self, part: Single, boundary: Boundary, out: Point, lane: Point) -> None:
        m, axis = lane
        if boundary.handler.parts:
            self.place_row(boundary.handler, m + self.style.along / 2, axis)
            self._way(boundary.way, out, (out[0], axis), self._start(boundary.way.target))
        elif part.then is not None:
            merge = self._side(part.then.id)
            self._way(boundary.way, out, (out[0], axis), (merge[0], axis), merge)

    def _place_group(self, part: Group, m: float, c: float) -> None:
        extent = self.part(part)
        self._box(part.node.id, m, c - extent.before, extent.length, extent.before + extent.after)
        start = self.style.header(part.node) if self.style.vertical else self.style.pad
        self.place_row(part.row, m + start, c)
        self._spots[part.node.id] = (m, c - 1, extent.length, 2)  # ways meet it on its axis

    def _place_fork(self, part: Fork, m: float, c: float) -> None:
        along, across = self._lengths(part.split)
        self._put(part.split, m, c)
        end = m + self.part(part).length
        if part.join is not None:
            self._put(part.join, end - self._lengths(part.join)[0], c)
        if part.kind == "aside":
            self._place_aside(part, m, c)
            return
        rows = [self.row(branch.row) for branch in part.branches]
        start = m + along + self.style.along
        if part.kind == "when":
            axes = [c, c + self._lane(part)]
        else:
            found, _ = self._axes(rows)
            axes = [c + axis - (found[0] + found[-1]) / 2 for axis in found]
        for branch, axis in zip(part.branches, axes, strict=True):
            self._place_branch(part, branch, start, c, axis)

    def _place_branch(self, part: Fork, branch: Branch, m: float, c: float, axis: float) -> None:
        split, join = part.split, part.join
        ends = self._port(split, c, axis, self._end)
        back = self._port(join, c, axis, self._start) if join is not None else []
        if not branch.row.parts:
            self._way(branch.enter, *ends, *reversed(back))
            return
        self.place_row(branch.row, m, axis)
        self._way(branch.enter, *ends, self._start(branch.enter.target))
        if branch.leave is not None:
            self._way(branch.leave, self._end(branch.leave.source), *reversed(back))

    def _port(self, node: Node, c: float, axis: float, straight: Callable[[str], Point]) -> list[Point]:
        """From a gateway to the axis of a branch: straight on, or out at its side and along its layer."""
        if abs(axis - c) < 0.5:
            return [straight(node.id)]
        m, low, along, across = self._spots[node.id]
        if abs(axis - c) <= across / 2 - 12:  # too near for its side
            return [(straight(node.id)[0], axis)]
        return [(m + along / 2, low + across if axis > c else low), (m + along / 2, axis)]

    def _place_aside(self, part: Fork, m: float, c: float) -> None:
        [branch] = part.branches
        along, across = self._lengths(part.split)
        inner = self.row(branch.row)
        axis = c + across / 2 + self.style.room(part.split) + self.style.across + inner.before
        side = self._side(part.split.id)
        if not _is_short(part):
            self.place_row(branch.row, m + along + self.style.along, axis)
            self._way(branch.enter, side, (side[0], axis), self._start(branch.enter.target))
            return
        middle = m + along / 2
        self.place_row(branch.row, middle - inner.length / 2, axis)
        target = self._spots[branch.enter.target]
        self._way(branch.enter, side, (middle, target[1]))


LANE = 8  # beside the way past a step
BORDER = 46  # below a step: the other half of its border events, and their labels


def _is_short(part: Fork) -> bool:
    """Whether what stands aside is a single end, which fits beside its gateway."""
    return len(part.branches[0].row.parts) == 1 and isinstance(part.branches[0].row.parts[0], Single)
