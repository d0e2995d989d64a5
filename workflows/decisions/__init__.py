"""Decision tables: the document, what a table decides for a scope, and why, as data.

``compile_table(document)`` once, then ``table.decide(scope, now=...)`` gives a :class:`Decision`: ``outputs``
and ``why``. Raises :class:`TableRefused` for a document that cannot run, :class:`Undecided` where the rows
leave a case open or contradict each other.
"""

from workflows.decisions.document import TableRefused, read_table
from workflows.decisions.table import Decision, Table, Undecided, compile_table, decide

__all__ = ["Decision", "Table", "TableRefused", "Undecided", "compile_table", "decide", "read_table"]
