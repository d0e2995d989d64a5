"""PDF/A-3u as far as it can be checked without a validator."""

import re
from datetime import UTC, datetime

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


def test_values_become_facts_in_their_order() -> None:
    assert facts(VALUE) == [
        ("person.givenName", "Åsa نور Αθηνά"),
        ("person.movers 1", "a"),
        ("person.movers 2", ""),
        ("from", "2027-01-01"),
    ]
