"""The weight of what every page loads, compressed, against its budget."""

import gzip
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parent.parent.parent / "onestop" / "static"


@pytest.mark.parametrize(("name", "most"), [("onestop.css", 25_000), ("onestop.js", 40_000)])
def test_the_budget_is_kept(name: str, most: int) -> None:
    compressed = (STATIC / f"{name}.gz").read_bytes()
    assert len(compressed) <= most
    assert gzip.decompress(compressed) == (STATIC / name).read_bytes(), "run make assets"


def test_no_declaration_of_the_style_sheet_is_left_physical() -> None:
    css = (STATIC / "onestop.css").read_text()
    assert "margin-left:" not in css
    assert "padding-right:" not in css
    assert "float:left" not in css
    assert "margin-inline-start:" in css
