"""Labelled facts as PDF/A-3u (ISO 19005-3): fonts embedded, colours defined, text that can be read out.

The data that the document was made from may be attached as an associated file. No script, no transparency, no
encryption; fpdf2 refuses what the standard forbids.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table it cuts
FONTS = Path(__file__).parent / "fonts"
FACES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
FAMILY = "DejaVuSans"
LINE = 6.0  # millimetres
LABEL_WIDTH = 62.0
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the document. ``relationship`` is the standard's word for what it is to it."""

    name: str
    media_type: str
    content: bytes
    relationship: str = "Data"


@dataclass(frozen=True, slots=True)
class Page:
    """What a document says: a title, lines of text, labelled facts."""

    title: str
    author: str
    lines: Sequence[str]
    facts: Sequence[Fact]
    language: str = "en"


def render(page: Page, made_at: datetime, attachments: Sequence[Attachment] = ()) -> bytes:
    """The document's bytes. ``made_at`` has a zone."""
    pdf = FPDF(format="A4", enforce_compliance="PDF/A-3u")
    for style, name in FACES.items():
        pdf.add_font(FAMILY, style, FONTS / name)
    pdf.set_lang(page.language)
    pdf.set_title(page.title)
    pdf.set_author(page.author)
    pdf.set_creator(page.author)
    pdf.set_creation_date(made_at)
    pdf.set_margin(20)
    pdf.add_page()
    pdf.set_text_shaping(use_shaping_engine=True)
    _heading(pdf, page.title)
    for line in page.lines:
        pdf.multi_cell(0, LINE, _printable(line), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(LINE / 2)
    for label, value in page.facts:
        _fact(pdf, label, value)
    for one in attachments:
        pdf.embed_file(
            bytes=one.content,
            basename=one.name,
            mime_type=one.media_type,
            modification_date=made_at,
            associated_file_relationship=one.relationship,
        )
    return bytes(pdf.output())


def _heading(pdf: FPDF, title: str) -> None:
    pdf.set_font(FAMILY, "B", 15)
    pdf.multi_cell(0, LINE * 1.4, _printable(title), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_font(FAMILY, "", 10.5)
    pdf.ln(LINE / 2)


def _fact(pdf: FPDF, label: str, value: str) -> None:
    pdf.set_font(FAMILY, "B", 9.5)
    pdf.cell(LABEL_WIDTH, LINE, _printable(label)[:40])
    pdf.set_font(FAMILY, "", 10.5)
    pdf.multi_cell(0, LINE, _printable(value), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


@cache
def _known() -> frozenset[int]:
    return frozenset(TTFont(FONTS / FACES[""]).getBestCmap())


def _printable(text: str) -> str:
    """The text with every character that the font lacks replaced by one that says so."""
    known = _known()
    return "".join(one if ord(one) in known or one in "\n" else "\N{WHITE SQUARE}" for one in text)


def facts(value: object, path: str = "") -> list[Fact]:
    """A JSON value as labelled facts, in its order: ``address.postCode`` is labelled by its path."""
    if isinstance(value, dict):
        return [
            fact for name, one in value.items() for fact in facts(one, f"{path}.{name}" if path else name)
        ]
    if isinstance(value, list):
        return [fact for number, one in enumerate(value, 1) for fact in facts(one, f"{path} {number}")]
    return [(path, "" if value is None else str(value))]
