"""A compiled decision table. What it makes of a case's data is in :mod:`.deciding`."""

from collections.abc import Callable
from datetime import datetime

from workflows.decisions.deciding import Deciding, Decision, Undecided
from workflows.decisions.document import JSON, TableDocument, TableRefused, read_table
from workflows.expressions import ExpressionError, Feel, compile_feel, compile_tests

__all__ = ["Decision", "Table", "Undecided", "compile_table", "decide"]


def decide(document: JSON, scope: JSON, *, now: datetime) -> Decision:
    """Compile and decide at once; where a table decides often, keep what ``compile_table`` gives."""
    return compile_table(document).decide(scope, now=now)


def compile_table(document: JSON) -> "Table":
    """A table ready to decide, safe to share between threads. Raises TableRefused with every fault."""
    return Table(read_table(document))


class Table:
    """One version of one table, its cells compiled."""

    def __init__(self, document: TableDocument) -> None:
        self.document = document
        problems: list[str] = []
        names = [column.name for column in document.inputs]
        self.inputs = [
            _made(compile_feel, column.expression, f"input {column.name!r}", problems)
            for column in document.inputs
        ]
        self.allowed = [
            _made(compile_tests, column.allowed, f"input {column.name!r} allowed", problems)
            for column in document.inputs
        ]
        self.rows = [
            [
                _made(compile_tests, cell, f"row {row.id!r} input {name!r}", problems)
                for cell, name in zip(row.when, names, strict=True)
            ]
            for row in document.rows
        ]
        outputs = [column.name for column in document.outputs]
        self.results = [
            [
                _made(compile_feel, cell, f"row {row.id!r} output {name!r}", problems)
                for cell, name in zip(row.then, outputs, strict=True)
            ]
            for row in document.rows
        ]
        self.otherwise = [
            _made(compile_feel, column.otherwise, f"output {column.name!r} otherwise", problems)
            for column in document.outputs
        ]
        self.orders = [
            _made(compile_tests, column.allowed, f"output {column.name!r} allowed", problems)
            for column in document.outputs
        ]
        if problems:
            raise TableRefused(problems)

    def decide(self, scope: JSON, *, now: datetime) -> Decision:
        """Decide for a case's data. Raises Undecided, and BudgetSpent for what takes too long."""
        return Deciding(self, scope, now).decision()


def _made(compiler: Callable[[str], Feel], source: str, place: str, problems: list[str]) -> Feel | None:
    """The compiled cell; None for an empty one. A fault is added to the problems."""
    if not source.strip():
        return None
    try:
        return compiler(source)
    except ExpressionError as error:
        problems.append(f"{place}: {source!r} cannot be read: {error}")
        return None
