"""Contrast of the palette, light and dark, by the formula of WCAG 2.2: text 4.5, borders of controls 3."""

import re
from pathlib import Path

import pytest

PALETTE = Path(__file__).resolve().parent.parent.parent / "assets" / "scss" / "_palette.scss"


def palette(theme: str) -> dict[str, str]:
    source = PALETTE.read_text()
    maps = [re.search(rf"\${name}: \((.*?)\n\);", source, re.S) for name in (theme, f"own-{theme}")]
    return {
        name: colour
        for found in maps
        if found
        for name, colour in re.findall(r'"?([a-z-]+)"?: (#[0-9a-f]{6})', found[1])
    }


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("body-background", "card", "surface-background")
TEXTS = ("text", "secondary-text", "link", "link-visited", "link-hover", "error", "success", "brand")
PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS]
PAIRS += [(f"{name}-text", name) for name in ("header", "button", "quiet", "danger", "focus")]
PAIRS += [(f"{name}-text", name) for name in ("warn", "done", "wait", "bad", "neutral")]
PAIRS += [("header-quiet", "header"), ("button-text", "button-hover"), ("quiet-text", "quiet-hover")]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    colours = palette(theme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("edge", "ground"), [("input-border", "card"), ("input-border", "body-background"), ("gold", "header")]
)
def test_controls_can_be_seen(theme: str, edge: str, ground: str) -> None:
    colours = palette(theme)
    assert contrast(colours[edge], colours[ground]) >= 3


def test_the_formula_is_right() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
