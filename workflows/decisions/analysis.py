"""What is wrong with a table as a whole: gaps, overlaps and rows that never decide, each with an example.

Every input's values fall into kinds that its cells tell apart (:mod:`.domains`). A gap is a combination of
kinds that no row matches; it is searched column by column, with the rows that are still in play as a mask.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workflows.decisions.deciding import STEPS
from workflows.decisions.document import JSON
from workflows.decisions.domains import examples, is_plain, shown
from workflows.decisions.table import Table
from workflows.expressions import Budget, environment, native
from workflows.expressions.values import equal

MOST_FINDINGS = 20
MOST_STATES = 20_000  # of the search for gaps
MOST_STATES_OF_A_ROW = 1_000
MANY = {"collect", "rule order", "output order"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: kind is gap, overlap, never, opaque or unfinished; rows by their ids.

    ``example`` gives each input's value (``"-"``: any) of a case that shows it.
    """

    kind: str
    rows: tuple[str, ...] = ()
    example: JSON = field(default_factory=dict)
    is_fault: bool = False

    def __str__(self) -> str:
        case = ", ".join(f"{name} = {value}" for name, value in self.example.items())
        rows = " and ".join(self.rows)
        return {
            "gap": f"no row matches {case}",
            "overlap": f"the rows {rows} both match {case}",
            "never": f"the row {rows} never decides: rows before it match whatever it does",
            "opaque": f"the row {rows} has cells that depend on the case; its gaps and overlaps are not seen",
            "unfinished": "the table tells too many cases apart; not all gaps were looked for",
        }[self.kind]


def analyse(table: Table) -> list[Finding]:
    """Gaps, overlaps and rows that never decide. ``is_fault`` marks what the hit policy forbids."""
    columns = [_Column(table, at) for at in range(len(table.document.inputs))]
    ids = [row.id for row in table.document.rows]
    clear = [all(is_plain(cell) for cell in row) for row in table.rows]
    found = [Finding("opaque", (ids[at],)) for at, is_clear in enumerate(clear) if not is_clear]
    policy = table.document.policy
    if policy not in MANY:
        has_otherwise = all(cell is not None for cell in table.otherwise)
        found += [] if has_otherwise else _gaps(table, columns)
        if policy == "first":
            found += _never(columns, ids, clear)
    if policy in {"unique", "any"}:
        found += _overlaps(table, columns, ids, clear)
    return found


class _Column:
    """The examples of one input, and which rows match each: a bit a row, so that columns meet by ``&``."""

    def __init__(self, table: Table, at: int) -> None:
        self.name = table.document.inputs[at].name
        cells = [row[at] for row in table.rows]
        values = examples(cells, table.allowed[at], table.document.inputs[at].type)
        self.values: list[Any] = []
        self.sure: list[int] = []  # rows that match
        self.maybe: list[int] = []  # rows that match, or whose cell depends on the case
        for value in values or ["-"]:
            sure = maybe = 0
            for number, cell in enumerate(cells):
                if not is_plain(cell):
                    maybe |= 1 << number
                elif cell is None or not values or cell.passes(value, environment({}, budget=Budget())):
                    sure |= 1 << number
                    maybe |= 1 << number
            if not self.sure or (sure, maybe) != (self.sure[-1], self.maybe[-1]):
                self.values.append(value)
                self.sure.append(sure)
                self.maybe.append(maybe)


def _gaps(table: Table, columns: list[_Column]) -> list[Finding]:
    every = (1 << len(table.rows)) - 1
    found: list[Finding] = []
    for example in _search(columns, every):
        if example is None:
            return [*found, Finding("unfinished")]
        found.append(Finding("gap", (), example))
        if len(found) >= MOST_FINDINGS:
            break
    return found


def _search(columns: list[_Column], every: int) -> Iterator[JSON | None]:
    """Examples of cases that no row can match; None where there is too much to look through."""
    seen: set[tuple[int, int]] = set()
    stack: list[tuple[int, int, tuple[Any, ...]]] = [(0, every, ())]
    while stack:
        at, mask, chosen = stack.pop()
        if not mask:
            rest = ["-"] * (len(columns) - at)
            values = [shown(value) for value in chosen] + rest
            yield dict(zip([column.name for column in columns], values, strict=True))
            continue
        if at == len(columns) or (at, mask) in seen:
            continue
        seen.add((at, mask))
        if len(seen) > MOST_STATES:
            yield None
            return
        column = columns[at]
        for value, maybe in reversed(list(zip(column.values, column.maybe, strict=True))):
            stack.append((at + 1, mask & maybe, (*chosen, value)))


def _never(columns: list[_Column], ids: list[str], clear: list[bool]) -> Iterator[Finding]:
    """Rows of a ``first`` table that rows before them always forestall."""
    for number, row in enumerate(ids):
        if clear[number] and not _decides(columns, number):
            yield Finding("never", (row,))


def _decides(columns: list[_Column], number: int) -> bool:
    """Whether there is a case that this row matches and none before it surely does."""
    seen: set[tuple[int, int]] = set()
    stack = [(0, (1 << number) - 1)]
    while stack:
        at, mask = stack.pop()
        if not mask or len(seen) > MOST_STATES_OF_A_ROW:
            return _can_go_on(columns, at, number)
        if at == len(columns) or (at, mask) in seen:
            continue
        seen.add((at, mask))
        for sure in columns[at].sure:
            if sure >> number & 1:
                stack.append((at + 1, mask & sure))
    return False


def _can_go_on(columns: list[_Column], at: int, number: int) -> bool:
    return all(any(sure >> number & 1 for sure in column.sure) for column in columns[at:])


def _overlaps(table: Table, columns: list[_Column], ids: list[str], clear: list[bool]) -> Iterator[Finding]:
    results = [_constant(table, number) for number in range(len(ids))]
    count = 0
    for one in range(len(ids)):
        for other in range(one + 1, len(ids)):
            if not (clear[one] and clear[other]):
                continue
            if table.document.policy == "any" and _agree(results[one], results[other]):
                continue
            example = _common(columns, 1 << one | 1 << other)
            if example is not None:
                count += 1
                yield Finding("overlap", (ids[one], ids[other]), example, is_fault=True)
                if count >= MOST_FINDINGS:
                    return


def _common(columns: list[_Column], both: int) -> JSON | None:
    example = {}
    for column in columns:
        place = next((at for at, sure in enumerate(column.sure) if sure & both == both), None)
        if place is None:
            return None
        example[column.name] = shown(column.values[place])
    return example


def _constant(table: Table, number: int) -> list[Any] | None:
    """The results of a row, if they do not depend on the case."""
    cells = table.results[number]
    if not all(is_plain(cell) for cell in cells):
        return None
    env = environment(native({}), budget=Budget(STEPS))
    return [cell(env) if cell else None for cell in cells]


def _agree(one: list[Any] | None, other: list[Any] | None) -> bool:
    return one is not None and other is not None and equal(one, other, Budget(STEPS)) is True
