"""PDF/A-3u and PDF/UA-1 as far as they can be checked without a validator of either."""

import re
import shutil
import subprocess
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.pdf.pdfa import Attachment, Page, facts, render

VALUE = {"person": {"givenName": "Åsa نور Αθηνά", "movers": ["a", None]}, "from": "2027-01-01"}


@pytest.fixture(scope="module")
def document() -> bytes:
    page = Page("A person moves", "OneStop", ["Two lines", "of text"], facts(VALUE))
    return render(
        page, datetime(2027, 1, 1, tzinfo=UTC), [Attachment("case.json", "application/json", b"{}")]
    )


def test_it_says_which_standard_it_follows(document: bytes) -> None:
    assert document.startswith(b"%PDF-1.7")
    xmp = document[document.index(b"<rdf:RDF") : document.index(b"</rdf:RDF>")].decode()
    assert re.search(r"pdfaid:part(>|=\")3", xmp)
    assert re.search(r"pdfaid:conformance(>|=\")U", xmp)
    assert re.search(r"pdfuaid:part(>|=\")1", xmp)
    assert "http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>" in xmp, "described, as PDF/A wants it"
    assert "A person moves" in xmp


@pytest.mark.parametrize(
    "wanted", [b"/OutputIntents", b"/GTS_PDFA1", b"/DestOutputProfile", b"/ID", b"/Lang"]
)
def test_what_the_standard_wants_is_there(document: bytes, wanted: bytes) -> None:
    assert wanted in document


def test_every_font_is_embedded_and_can_be_read_out(document: bytes) -> None:
    fonts = document.count(b"/Type0")
    assert fonts > 0
    assert document.count(b"/FontFile2") == document.count(b"/ToUnicode") == fonts
    assert b"/Type1" not in document


@pytest.mark.parametrize(
    "forbidden", [b"/JavaScript", b"/JS", b"/Encrypt", b"/SMask", b"/Launch", b"/AA", b"/LZWDecode"]
)
def test_what_the_standard_forbids_is_not(document: bytes, forbidden: bytes) -> None:
    assert not re.search(re.escape(forbidden) + rb"[\s/<(\[]", document)


def test_the_data_is_inside_as_an_associated_file(document: bytes) -> None:
    assert b"/AFRelationship /Data" in document
    assert b"/EmbeddedFile" in document
    assert b"case.json" in document


def test_its_title_is_shown_and_its_language_said(document: bytes) -> None:
    assert b"/DisplayDocTitle true" in document
    assert re.search(rb"/Lang \(en\)", document)
    assert b"/Marked true" in document


def long_document() -> bytes:
    told = {"note": " ".join(f"word{number}" for number in range(2000)), "after": "the end"}
    page = Page("A long one", "OneStop", ["A line"], facts(told))
    return render(page, datetime(2027, 1, 1, tzinfo=UTC), [Attachment("a.json", "application/json", b"{}")])


def streams(content: bytes) -> list[bytes]:
    """What the pages paint."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        with suppress(zlib.error):
            found.append(zlib.decompress(match[1]))
    return [one for one in found if b" BDC" in one]


@pytest.mark.parametrize("is_long", [False, True])
def test_all_text_is_tagged_once_and_in_order(document: bytes, is_long: bool) -> None:
    """Every text that is painted stands in marked content, and the tree names each piece by its number."""
    content = long_document() if is_long else document
    pages = streams(content)
    assert len(pages) > 1 if is_long else len(pages) == 1
    for page in pages:
        outside = re.sub(rb"/(?:H1|P) <</MCID \d+>> BDC.*?EMC", b"", page, flags=re.DOTALL)
        assert not re.search(rb"T[jJ]\b", outside)
        numbers = [int(one) for one in re.findall(rb"<</MCID (\d+)>> BDC", page)]
        assert numbers == list(range(len(numbers)))
    elements = re.findall(rb"/S /(\w+)\n/Type /StructElem", content)
    pieces = sum(page.count(b" BDC") for page in pages)
    assert elements.count(b"H1") == 1
    assert elements.count(b"Document") == 1
    assert elements.count(b"P") + 1 == pieces


@pytest.mark.parametrize("is_long", [False, True])
def test_other_programs_read_it(document: bytes, is_long: bool, tmp_path: Path) -> None:
    """qpdf finds no error; poppler reads the structure: a heading first, then paragraphs."""
    missing = [name for name in ("qpdf", "pdfinfo") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)} (Debian: qpdf, poppler-utils)")
    path = tmp_path / "case.pdf"
    path.write_bytes(long_document() if is_long else document)
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    told = subprocess.run(["pdfinfo", "-struct-text", path], capture_output=True, text=True, check=True)
    lines = [line.strip() for line in told.stdout.splitlines() if line.strip()]
    assert lines[:3] == ["Document", "H1 (block)", '"A long one"' if is_long else '"A person moves"']
    assert set(lines[1::2]) == {"H1 (block)", "P (block)"}


def test_values_become_facts_in_their_order() -> None:
    assert facts(VALUE) == [
        ("person.givenName", "Åsa نور Αθηνά"),
        ("person.movers 1", "a"),
        ("person.movers 2", ""),
        ("from", "2027-01-01"),
    ]
