"""What is taken and what is refused, by bytes and by name."""

import io

import pytest
from PIL import Image

from tests.workflows.uploads.files import EICAR, archive, pdf, picture
from workflows.uploads import kinds
from workflows.uploads.kinds import judge
from workflows.uploads.names import LONGEST, clean_name
from workflows.uploads.refused import UploadRefused

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def refused(content: bytes) -> str:
    with pytest.raises(UploadRefused) as caught:
        judge(content)
    return caught.value.why


@pytest.mark.parametrize(
    ("content", "media_type", "extension"),
    [
        (pdf(), "application/pdf", ".pdf"),
        (picture("PNG"), "image/png", ".png"),
        (picture("JPEG"), "image/jpeg", ".jpg"),
    ],
)
def test_documents_and_pictures_are_taken(content: bytes, media_type: str, extension: str) -> None:
    judged = judge(content)
    assert (judged.media_type, judged.extension) == (media_type, extension)


@pytest.mark.parametrize("content", [HTML, SVG, b"alert(1)", b"#!/bin/sh\n", b"MZ\x90\x00", b"\x00" * 100])
def test_a118_pages_and_scripts_are_not_documents(content: bytes) -> None:
    assert refused(content) == "not-a-kind"


POLYGLOTS = {
    "an archive behind a document": pdf() + archive(inner=b"x"),
    "an archive before the pages": b"%PDF-1.7\nPK\x03\x04" + pdf(),
    "a page at its beginning": b"%PDF-1.7\n<html><script>alert(1)</script>\n" + pdf(),
    "a script behind a document": pdf() + b"\n<script>alert(1)</script>",
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a119_two_kinds_in_one_file_are_refused(name: str) -> None:
    assert refused(POLYGLOTS[name]) == "not-what-it-says"


def test_a119_what_hides_in_a_picture_does_not_survive() -> None:
    hidden = picture("PNG", place=True) + archive(inner=b"<script>") + HTML
    kept = judge(hidden).content
    for trace in (b"CANARY-PLACE", b"PK\x03\x04", b"<script"):
        assert trace not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (40, 30)


@pytest.mark.parametrize(
    "content",
    [pdf(script="app.alert(1)"), pdf(attachment="inner"), pdf(launch="cmd.exe")],
    ids=["script", "attachment", "launch"],
)
def test_a118_documents_that_act_are_refused(content: bytes) -> None:
    assert refused(content) == "active"


@pytest.mark.parametrize("content", [archive(inner=EICAR), archive(a=archive(b=b"0" * 5_000_000)), EICAR])
def test_a120_a122_archives_and_bare_viruses_are_no_kind(content: bytes) -> None:
    assert refused(content) == "not-a-kind"


def test_a125_too_many_pixels_are_refused_before_they_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "MOST_PIXELS", 1000)
    assert refused(picture(size=(40, 30))) == "too-many-pixels"
    assert judge(picture(size=(40, 25))).media_type == "image/png"


def test_a125_a_picture_that_says_it_is_enormous() -> None:
    content = bytearray(picture("PNG"))
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    import zlib

    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    assert refused(bytes(content)) == "too-many-pixels"


@pytest.mark.parametrize(
    "content", [b"", pdf()[:200], b"%PDF-1.7\n%%EOF", b"\xff\xd8\xff\xe0broken", b"\x89PNG\r\n\x1a\n"]
)
def test_what_cannot_be_opened_is_said(content: bytes) -> None:
    assert refused(content) in {"empty", "broken"}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("contract.pdf", "contract.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\lease.PDF", "lease.pdf"),
        ("lease\x00.exe", "lease.pdf"),
        ("invoice.pdf.exe", "invoice.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("<script>.html", "script.pdf"),
        ("عقد الإيجار.pdf", "عقد الإيجار.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("a" * 300 + ".pdf", "a" * (LONGEST - 4) + ".pdf"),
        ("\ud800x.pdf", "x.pdf"),
    ],
)
def test_a123_hostile_names_become_plain(given: str, name: str) -> None:
    assert clean_name(given, ".pdf") == name
