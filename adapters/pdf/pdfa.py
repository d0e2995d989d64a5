"""Labelled facts as PDF/A-3u (ISO 19005-3) that is tagged as PDF/UA-1 (ISO 14289-1) wants it.

Fonts are embedded, colours defined, text can be read out, and the structure says what is a heading and what a
paragraph, in the order of reading. The data that the document was made from may be attached as an associated
file. No script, no transparency, no encryption; fpdf2 refuses what the standard forbids.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import cast

from fontTools.ttLib import TTFont
from fpdf import FPDF, ViewerPreferences
from fpdf.enums import XPos, YPos

from adapters.pdf.metadata import xmp
from adapters.pdf.tagging import tagged

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
    description: str = "The data that this document was made from"


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
    pdf.set_xmp_metadata(xmp(page.title, page.author, page.language, made_at))
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    pdf.set_margin(20)
    pdf.add_page()
    pdf.set_text_shaping(use_shaping_engine=True)
    pdf.set_font(FAMILY, "B", 15)
    _text(pdf, "/H1", page.title, LINE * 1.4)
    pdf.ln(LINE / 2)
    pdf.set_font(FAMILY, "", 10.5)
    for line in page.lines:
        _text(pdf, "/P", line, LINE)
    pdf.ln(LINE / 2)
    for label, value in page.facts:
        _fact(pdf, label, value)
    for one in attachments:
        pdf.embed_file(
            bytes=one.content,
            basename=one.name,
            mime_type=one.media_type,
            modification_date=made_at,
            desc=one.description,
            associated_file_relationship=one.relationship,
        )
    return bytes(pdf.output())


def _text(pdf: FPDF, kind: str, text: str, height: float) -> None:
    """Text over the rest of the width, line by line, so that no element is cut by the end of a page."""
    left = pdf.get_x()
    lines = pdf.multi_cell(0, height, _printable(text), dry_run=True, output="LINES")
    for line in cast(list[str], lines):
        if pdf.will_page_break(height):
            pdf.add_page()
        pdf.set_x(left)
        with tagged(pdf, kind):
            pdf.multi_cell(0, height, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _fact(pdf: FPDF, label: str, value: str) -> None:
    if pdf.will_page_break(LINE):
        pdf.add_page()
    pdf.set_font(FAMILY, "B", 9.5)
    with tagged(pdf, "/P"):
        pdf.cell(LABEL_WIDTH, LINE, _printable(label)[:40])
    pdf.set_font(FAMILY, "", 10.5)
    _text(pdf, "/P", value or " ", LINE)


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
