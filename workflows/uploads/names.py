"""File names as people may see them: no path, no control or turning character, one extension that is true."""

import re
import unicodedata

LONGEST = 100  # characters, extension included
UNTRUE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
RESERVED = re.compile(r'[<>:"|?*;%`$&\']')
DEFAULT = "document"


def clean_name(given: str, extension: str) -> str:
    """Return a name that ends in ``extension`` (with its dot), however hostile the given one is."""
    name = re.split(r"[/\\]", given)[-1]
    name = unicodedata.normalize("NFC", UNTRUE.sub("", name))
    stem = re.sub(r"\s+", " ", RESERVED.sub("", name)).strip(" .")
    while re.search(r"\.[^.]{1,5}$", stem):  # invoice.pdf.exe: no ending is believed
        stem = stem.rsplit(".", 1)[0].strip(" .")
    stem = stem.replace(".", " ")
    return (stem[: LONGEST - len(extension)].strip() or DEFAULT) + extension
