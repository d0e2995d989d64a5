"""Marked content (ISO 32000-1 section 14.7): what is written within becomes an element of the structure tree.

The library tags pictures only; its structure tree is used here for text too. The version is bounded in
pyproject.toml, and the tests read the tree back.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from fpdf import FPDF


@contextmanager
def tagged(pdf: FPDF, kind: str) -> Iterator[None]:
    """Tag what is written as ``kind`` (``/H1``, ``/P``); it must stay on one page."""
    number = pdf.struct_builder.next_mcid_for_page(pdf.page)
    pdf._add_marked_content(struct_type=kind, mcid=number)
    pdf._out(f"{kind} <</MCID {number}>> BDC")
    page = pdf.page
    yield
    if pdf.page != page:
        raise ValueError("tagged text runs over the end of a page")
    pdf._out("EMC")
