"""The whiteSpace facet: XML's four blanks only, never those of Unicode (XSD 1.0 part 2, 4.3.6)."""

import re

untidy = re.compile(r"[\t\n\r]|  |\A | \Z").search
_RUN = re.compile(r"[ \t\n\r]+")
_BLANKS = str.maketrans("\t\n\r", "   ")


def collapse(text: str) -> str:
    """Runs become one blank; none at the ends."""
    return text if untidy(text) is None else _RUN.sub(" ", text).strip(" ")


def normalize(text: str) -> str:
    """Each becomes a blank."""
    return text.translate(_BLANKS)
