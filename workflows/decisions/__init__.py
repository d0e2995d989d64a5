"""Decision tables: the document, what a table decides for a scope, and why, as data.

``compile_table(document)`` once, then ``table.decide(scope, now=...)`` gives a :class:`Decision`: ``outputs``
and ``why``. Raises :class:`TableRefused` for a document that cannot run, :class:`Undecided` where the rows
leave a case open or contradict each other. ``check_table`` says whether a document may be published.
"""

from workflows.decisions.analysis import Finding, analyse
from workflows.decisions.checking import Checked, check_table
from workflows.decisions.document import TableRefused, read_table
from workflows.decisions.table import Decision, Table, Undecided, compile_table, decide

__all__ = [
    "Checked",
    "Decision",
    "Finding",
    "Table",
    "TableRefused",
    "Undecided",
    "analyse",
    "check_table",
    "compile_table",
    "decide",
    "read_table",
]
