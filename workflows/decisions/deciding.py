"""One decision in progress: the inputs, the rows that match, what the hit policy makes of them, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows.decisions.document import JSON
from workflows.decisions.values import WrongKind, as_type
from workflows.expressions import Budget, environment, native, plain
from workflows.expressions.build import build
from workflows.expressions.functions.statistics import maximum, minimum, total
from workflows.expressions.values import among, equal

if TYPE_CHECKING:
    from workflows.decisions.table import Table

STEPS = 200_000  # of one decision: a table of 2000 rows by 40 columns stays below
MANY = {"collect", "rule order", "output order"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a table decided.

    ``outputs`` is a mapping of output names to values, or a list of them for the policies collect (without
    aggregation), rule order and output order. ``why`` is JSON::

        {"table", "version", "title", "policy",
         "inputs": [{"name", "expression", "value"}],
         "rows": [{"id", "number", "reference", "note", "then": {…}}],   # every row that matched
         "took": [ids of the rows that the policy kept], "outputs": as above, "otherwise": bool}
    """

    outputs: Any
    why: JSON


class Undecided(Exception):
    """The table gives no answer: no row matched, rows contradict each other, or a value is wrong.

    Final until the table or the case's data change; ``why`` is the trace so far.
    """

    def __init__(self, reason: str, why: JSON) -> None:
        super().__init__(f"table {why['table']} v{why['version']}: {reason}")
        self.reason = reason
        self.why = why


class Deciding:
    """The working of one decision."""

    def __init__(self, table: "Table", scope: JSON, now: datetime) -> None:
        self.table = table
        self.document = table.document
        self.env = environment(native(scope), now=now, budget=Budget(STEPS))
        self.why: JSON = {
            "table": self.document.table,
            "version": self.document.version,
            "title": self.document.title,
            "policy": self.document.policy,
            "inputs": [],
            "rows": [],
            "took": [],
            "outputs": None,
            "otherwise": False,
        }

    def decision(self) -> Decision:
        """Match the rows and apply the hit policy."""
        values = self._inputs()
        matched = [at for at, row in enumerate(self.table.rows) if self._matches(row, values)]
        results = [(at, self._result(at)) for at in matched]
        self.why["rows"] = [self._row(at, result) for at, result in results]
        outputs = self._applied(results)
        self.why["outputs"] = plain(outputs, Budget(STEPS))
        return Decision(self.why["outputs"], self.why)

    def _inputs(self) -> list[Any]:
        values = []
        for at, column in enumerate(self.document.inputs):
            expression, allowed = self.table.inputs[at], self.table.allowed[at]
            value = expression(self.env) if expression else None
            self.why["inputs"].append(
                {"name": column.name, "expression": column.expression, "value": plain(value, Budget(STEPS))}
            )
            try:
                value = as_type(value, column.type)
            except WrongKind as error:
                raise Undecided(f"input {column.name!r}: {error}", self.why) from error
            if allowed is not None and value is not None and not allowed.passes(value, self.env):
                raise Undecided(f"input {column.name!r}: {value!r} is not among {column.allowed}", self.why)
            values.append(value)
        return values

    def _matches(self, row: list[Any], values: list[Any]) -> bool:
        return all(
            test is None or test.passes(value, self.env) for test, value in zip(row, values, strict=True)
        )

    def _result(self, at: int) -> JSON:
        row = self.document.rows[at]
        cells = zip(self.document.outputs, self.table.results[at], self.table.orders, strict=True)
        result = {}
        for column, cell, allowed in cells:
            value = cell(self.env) if cell else None
            try:
                result[column.name] = value = as_type(value, column.type)
            except WrongKind as error:
                raise Undecided(f"row {row.id!r} output {column.name!r}: {error}", self.why) from error
            if allowed is not None and value is not None and not allowed.passes(value, self.env):
                raise Undecided(
                    f"row {row.id!r} output {column.name!r}: {value!r} is not among {column.allowed}",
                    self.why,
                )
        return result

    def _row(self, at: int, result: JSON) -> JSON:
        row = self.document.rows[at]
        told = {"id": row.id, "number": at + 1, "reference": row.reference, "note": row.note}
        return {**told, "then": plain(result, Budget(STEPS))}

    def _took(self, results: list[tuple[int, JSON]]) -> None:
        self.why["took"] = [self.document.rows[at].id for at, _ in results]

    def _applied(self, results: list[tuple[int, JSON]]) -> Any:
        policy = self.document.policy
        if policy in MANY:
            ordered = self._by_priority(results) if policy == "output order" else results
            self._took(ordered)
            found = [result for _, result in ordered]
            return self._aggregated(found) if self.document.aggregation else found
        if not results:
            return self._otherwise()
        ids = ", ".join(self.document.rows[at].id for at, _ in results)
        if policy == "unique" and len(results) > 1:
            raise Undecided(f"the rows {ids} all match, where one may", self.why)
        if policy == "any" and any(
            equal(result, results[0][1], Budget(STEPS)) is not True for _, result in results
        ):
            raise Undecided(f"the rows {ids} all match and do not agree", self.why)
        kept = self._by_priority(results)[:1] if policy == "priority" else results[:1]
        self._took(kept if policy != "any" else results)
        return kept[0][1]

    def _otherwise(self) -> JSON:
        if any(cell is None for cell in self.table.otherwise):
            raise Undecided("no row matches; add a row, or what holds otherwise", self.why)
        self.why["otherwise"] = True
        cells = zip(self.document.outputs, self.table.otherwise, strict=True)
        return {column.name: cell(self.env) if cell else None for column, cell in cells}

    def _by_priority(self, results: list[tuple[int, JSON]]) -> list[tuple[int, JSON]]:
        """In the order of the outputs' allowed values; rows that are equal so keep their order."""

        def rank(result: JSON) -> list[int]:
            ranks = []
            for column, allowed in zip(self.document.outputs, self.table.orders, strict=True):
                tests = allowed.tree.tests if allowed is not None else ()  # type: ignore[union-attr]
                ranks.append(self._place(result[column.name], [build(test)(self.env) for test in tests]))
            return ranks

        return sorted(results, key=lambda one: rank(one[1]))

    def _place(self, value: Any, order: list[Any]) -> int:
        return next(
            (at for at, one in enumerate(order) if among(value, one, Budget(STEPS)) is True), len(order)
        )

    def _aggregated(self, found: list[JSON]) -> JSON:
        if self.document.aggregation == "count":
            return {column.name: len(found) for column in self.document.outputs}
        name = self.document.outputs[0].name
        values = [result[name] for result in found]
        reckon = {"sum": total, "min": minimum, "max": maximum}[self.document.aggregation]
        return {name: reckon(self.env, values)}
