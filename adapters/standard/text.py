"""Text as the standard allows it: what XML forbids is refused, and a helper strips it and says so.

The canonical models refuse a forbidden character at its field, because a register must not be sent something
other than what was checked. A form that wants to be kind calls :func:`clean_text` first and shows what it
took away.
"""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

# XML 1.0 section 2.2, production Char, turned round; surrogates cannot be encoded at all.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Text without the characters XML forbids, and the code points taken away, like ``U+0007``."""

    text: str
    removed: tuple[str, ...] = ()


def code_point(character: str) -> str:
    """Name a character that cannot be shown: ``U+0007``."""
    return f"U+{ord(character):04X}"


def clean_text(text: str) -> Cleaned:
    """Strip what XML forbids and the blanks at both ends; say which characters went."""
    removed = tuple(code_point(character) for character in FORBIDDEN.findall(text))
    return Cleaned(FORBIDDEN.sub("", text).strip(), removed)


def refuse_forbidden(text: str) -> str:
    """Return the text, or refuse it with the first character that XML forbids."""
    match = FORBIDDEN.search(text)
    if match is None:
        return text
    raise PydanticCustomError(
        "forbidden_character",
        "Contains a character that cannot be sent ({code}); remove it",
        {"code": code_point(match[0])},
    )


Checked = AfterValidator(refuse_forbidden)
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), Checked]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500), Checked]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000), Checked]
Code = Annotated[str, StringConstraints(min_length=1, max_length=100), Checked]
