"""Is a table fit to be published? Its shape, its golden rows, and what the analysis finds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workflows.decisions.analysis import Finding, analyse
from workflows.decisions.deciding import Undecided
from workflows.decisions.document import JSON, Golden, TableRefused
from workflows.decisions.table import Table, compile_table
from workflows.expressions import BudgetSpent, NoClock


@dataclass(frozen=True, slots=True)
class Checked:
    """What stands against publishing a table, and what its author should look at."""

    problems: list[str]
    findings: list[Finding]


def check_table(document: JSON) -> Checked:
    """Every problem of a table: none, and it can be published. Golden rows are run each time."""
    try:
        table = compile_table(document)
    except TableRefused as refused:
        return Checked(refused.problems, [])
    problems = [told for golden in table.document.golden if (told := run_golden(table, golden))]
    findings = analyse(table)
    problems += [f"policy {table.document.policy!r}: {one}" for one in findings if one.is_fault]
    return Checked(problems, [one for one in findings if not one.is_fault])


def run_golden(table: Table, golden: Golden) -> str:
    """What a golden row shows to be wrong, or "" where the table decides as it says."""
    where = f"golden row {golden.name!r}"
    try:
        now = datetime.fromisoformat(golden.now)
    except ValueError:
        return f"{where}: now is no date and time: {golden.now!r}"
    try:
        found: Any = table.decide(golden.given, now=now if now.tzinfo else now.replace(tzinfo=UTC)).outputs
    except Undecided as undecided:
        return "" if golden.then is None else f"{where}: {undecided.reason}; it should give {golden.then!r}"
    except (BudgetSpent, NoClock) as error:
        return f"{where}: {error}"
    if golden.then is None:
        return f"{where}: gives {found!r}; it should leave the case open"
    return "" if found == golden.then else f"{where}: gives {found!r}; it should give {golden.then!r}"
