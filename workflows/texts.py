"""Texts of definitions: chosen by language, with `{name}` standing for a value."""

import re
from typing import Any

JSON = dict[str, Any]
PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def in_language(texts: JSON, language: str) -> JSON:
    """The message in a language, else in English, else the first; ``{"title", "text"}``."""
    base = language.partition("-")[0]
    found: JSON = texts.get(base) or texts.get("en") or next(iter(texts.values()))
    return found


def filled(text: str, data: JSON) -> str:
    """The text with every `{name}` that the data has put in; one it does not have stays as it is."""
    return PLACE.sub(lambda found: str(data.get(found[1], found[0])), text)
