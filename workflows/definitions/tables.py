"""The decision tables of a definition, by the port through which they are compiled and asked."""

from datetime import datetime
from importlib import import_module
from typing import Any, Protocol

JSON = dict[str, Any]


class Decided(Protocol):
    """What a table decided: its outputs, and why as JSON."""

    outputs: Any
    why: JSON


class Table(Protocol):
    """A table ready to be asked."""

    def decide(self, scope: JSON, *, now: datetime) -> Decided:
        """The outputs for what a step sees; raises where the table leaves the case open."""
        ...


def compile_table(document: JSON) -> Table:
    """Compile a table; raises where it cannot run."""
    table: Table = import_module("workflows.decisions").compile_table(document)
    return table
