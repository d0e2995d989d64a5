"""Texts of definitions: chosen by language, with `{name}` standing for a value."""

import re
from typing import Any

JSON = dict[str, Any]
PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def in_language(texts: JSON, language: str) -> JSON:
    """The message in a language, else in English, else the first; ``{"title", "text"}``."""
    base = language.partition("-")[0]
    found: JSON = texts.get(base) or in_order(texts)[0]
    return found


def in_order(texts: JSON) -> list[JSON]:
    """All messages, English first, then by language: a database need not keep an order."""
    return [texts[language] for language in sorted(texts, key=lambda one: (one != "en", one))]


def filled(text: str, data: JSON) -> str:
    """The text with every `{name}` that the data has put in; one it does not have stays as it is."""
    return PLACE.sub(lambda found: str(data.get(found[1], found[0])), text)
