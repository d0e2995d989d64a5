"""Layouts written in a test, and read as a connection's would be."""

from pathlib import Path

from adapters.contracts import layout
from adapters.contracts.layout import FileLayout


def compiled(folder: Path, text: str) -> FileLayout:
    """The file of a layout; raises ContractUnreadable."""
    path = folder / "test.layout.toml"
    path.write_text(text, encoding="utf-8")
    return layout.read(path)["file"]
