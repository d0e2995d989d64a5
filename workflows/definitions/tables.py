"""The decision tables of a definition, each compiled at its first use."""

from typing import Any

from workflows.decisions import Table, compile_table

JSON = dict[str, Any]


class Tables:
    """The tables by name; safe to share between threads (a table made twice is the same)."""

    def __init__(self, documents: JSON) -> None:
        self._documents = documents
        self._made: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        """The table of this name; raises KeyError and TableRefused."""
        if name not in self._made:
            self._made[name] = compile_table(self._documents[name])
        return self._made[name]
