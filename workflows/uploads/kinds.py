"""What a file is, by its bytes: a PDF without anything that acts, or a picture drawn anew.

A picture is decoded and written again, so that nothing hidden before, inside or after it survives, nor where
it was taken. A PDF is kept as it is, since it may be signed; one that acts, embeds files or is two things at
once is refused.
"""

import io
import re
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from workflows.uploads.refused import UploadRefused

MOST_PIXELS = 50_000_000
MOST_OBJECTS = 200_000  # of a PDF
# What a PDF may not hold: scripts, actions that leave it, files inside it, forms of other engines.
ACTIVE = {"/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA"}
ACTIVE |= {"/SubmitForm", "/ImportData", "/GoToE", "/Movie", "/Sound", "/Rendition"}
OTHER_BEGINNINGS = (
    b"PK\x03\x04",
    b"MZ",
    b"\x7fELF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
)
MARKUP = re.compile(rb"<\s*(?:html|script|svg|!doctype|iframe|body)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judged:
    """A file that may be kept: what it is, its extension, and the bytes to keep."""

    media_type: str
    extension: str
    content: bytes


def judge(content: bytes) -> Judged:
    """Tell what a file is; raises UploadRefused."""
    if not content:
        raise UploadRefused("empty")
    if content.startswith(b"%PDF-"):
        _judge_pdf(content)
        return Judged("application/pdf", ".pdf", content)
    if content.startswith(b"\xff\xd8\xff"):
        return Judged("image/jpeg", ".jpg", _drawn_anew(content, "JPEG"))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Judged("image/png", ".png", _drawn_anew(content, "PNG"))
    raise UploadRefused("not-a-kind")


def _drawn_anew(content: bytes, kind: str) -> bytes:
    written = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise UploadRefused("too-many-pixels", f"{picture.width} x {picture.height}")
                upright = ImageOps.exif_transpose(picture) or picture
                plain = upright.convert("RGB" if kind == "JPEG" else _mode(upright.mode))
        plain.info.clear()
        plain.save(written, kind, **({"quality": 90} if kind == "JPEG" else {"optimize": False}))
    except Image.DecompressionBombError as error:
        raise UploadRefused("too-many-pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError) as error:
        raise UploadRefused("broken", str(error)[:100]) from error
    return written.getvalue()


def _mode(mode: str) -> str:
    return mode if mode in {"1", "L", "LA", "RGB", "RGBA"} else "RGBA" if "A" in mode else "RGB"


def _judge_pdf(content: bytes) -> None:
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise UploadRefused("broken", "no end of file mark")
    after = content[end + len(b"%%EOF") :]
    if len(after.strip(b"\r\n \t\x00")) or any(mark in content[:1024] for mark in OTHER_BEGINNINGS):
        raise UploadRefused("not-what-it-says", "something else is in the same file")
    if MARKUP.search(content[:1024]):
        raise UploadRefused("not-what-it-says", "markup at its beginning")
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise UploadRefused("broken", "protected by a password")
        _refuse_active(reader)
        if not len(reader.pages):
            raise UploadRefused("broken", "no pages")
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError) as error:
        raise UploadRefused("broken", str(error)[:100]) from error


def _refuse_active(reader: PdfReader) -> None:
    """Walk everything that hangs from the trailer, each object once."""
    waiting: list[object] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if (found.idnum, found.generation) in seen:
                continue
            seen.add((found.idnum, found.generation))
            found = found.get_object()
        count += 1
        if count > MOST_OBJECTS:
            raise UploadRefused("broken", "too many objects")
        if isinstance(found, DictionaryObject):
            acting = ACTIVE & (set(found) | {str(found.get(name)) for name in ("/S", "/Type", "/Subtype")})
            if acting:
                raise UploadRefused("active", ", ".join(sorted(acting)))
            waiting.extend(found.raw_get(name) for name in found)
        elif isinstance(found, ArrayObject):
            waiting.extend(list.__iter__(found))
