"""Conditions of rules and outcomes, compiled to functions of a value.

``path``, ``not path``, ``path = word``, ``path != word``, ``path in one, two``; several joined by ``and``.
A word may stand in double quotes.
"""

from collections.abc import Callable
from typing import Any

from adapters.mapping.paths import Getter, as_text, getter
from adapters.mapping.wrong import MappingWrong

Condition = Callable[[Any], bool]


def split(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """A condition as (path, operator, words); operators are ``is``, ``not``, ``=``, ``!=``, ``in``."""
    return [_part(part.strip()) for part in _outside(text, " and ")]


def condition(text: str, get: Callable[[str], Getter] = getter) -> Condition:
    """Compile a condition; ``get`` makes a getter of a path. Raises MappingWrong."""
    parts = [_compiled(get(path), operator, words) for path, operator, words in split(text)]
    if len(parts) == 1:
        return parts[0]
    return lambda value: all(part(value) for part in parts)


def _compiled(get: Getter, operator: str, words: tuple[str, ...]) -> Condition:
    if operator == "is":
        return lambda value: bool(get(value))
    if operator == "not":
        return lambda value: not get(value)
    if operator == "=":
        word = words[0]
        return lambda value: as_text(get(value)) == word
    if operator == "!=":
        word = words[0]
        return lambda value: as_text(get(value)) != word
    return lambda value: as_text(get(value)) in words


def _part(text: str) -> tuple[str, str, tuple[str, ...]]:
    if not text:
        raise MappingWrong("a condition is empty")
    for sign in ("!=", "="):
        path, *rest = _outside(text, sign)
        if rest:
            return path.strip(), sign, (_word(sign.join(rest)),)
    path, *rest = _outside(text, " in ")
    if rest:
        return path.strip(), "in", tuple(_word(word) for word in rest[0].split(","))
    if text.startswith("not "):
        return text[4:].strip(), "not", ()
    return text, "is", ()


def _outside(text: str, separator: str) -> list[str]:
    """Split at a separator that stands outside brackets and quotes."""
    parts, start, at, inside, quoted = [], 0, 0, 0, False
    while at < len(text):
        letter = text[at]
        quoted ^= letter == '"'
        if not quoted:
            inside += (letter == "[") - (letter == "]")
            if not inside and text.startswith(separator, at):
                parts.append(text[start:at])
                at += len(separator)
                start = at
                continue
        at += 1
    return [*parts, text[start:]]


def _word(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
