"""Files made for the tests: whole ones, hostile ones, and the test virus that every scanner knows."""

import io
import zipfile

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

# The test file that the European Institute for Computer Antivirus Research published for this purpose.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def pdf(**more: str) -> bytes:
    """A PDF of one page, with a ``script``, ``attachment``, ``text`` as title, ``stream`` or ``launch``."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if "script" in more:
        action = {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject(more["script"]),
        }
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if "attachment" in more:
        writer.add_attachment("inner.txt", more["attachment"].encode())
    if "text" in more:
        writer.add_metadata({"/Title": more["text"]})
    if "stream" in more:
        stream = StreamObject()
        stream.set_data(more["stream"].encode())
        writer._root_object[NameObject("/Extra")] = writer._add_object(stream)
    if "launch" in more:
        action = {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject(more["launch"])}
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), place: bool = False) -> bytes:
    """A picture; with ``place`` it says where it was taken (EXIF)."""
    written = io.BytesIO()
    image = Image.new("RGB", size, "teal")
    exif = Image.Exif()
    if place:
        exif[0x010E] = "CANARY-PLACE"
    image.save(written, kind, exif=exif) if place else image.save(written, kind)
    return written.getvalue()


def archive(**files: bytes) -> bytes:
    """A ZIP file."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return written.getvalue()
