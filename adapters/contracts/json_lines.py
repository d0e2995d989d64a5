"""The line of a place in a JSON document, so that what was not understood can be found."""

import json
import re
from collections.abc import Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]  # documented, not in the stubs

_blank = re.compile(r"[ \t\n\r]*").match
_decoder = json.JSONDecoder()


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) of the value at ``path`` in a well-formed document, or of its deepest part."""
    at = _skip(text, 0)
    for name in path:
        found = _step(text, at, name)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1


def _skip(text: str, at: int) -> int:
    match = _blank(text, at)
    return match.end() if match else at


def _step(text: str, at: int, name: str | int) -> int | None:
    """The position of one member or item, None where it is absent."""
    closing = {"{": "}", "[": "]"}.get(text[at : at + 1])
    if closing is None:
        return None
    at, number = _skip(text, at + 1), 0
    while text[at] != closing:
        key: str | int = number
        if closing == "}":
            key, at = scanstring(text, at + 1, True)
            at = _skip(text, _skip(text, at) + 1)  # past the colon
        if key == name:
            return at
        _, at = _decoder.raw_decode(text, at)
        at, number = _skip(text, at), number + 1
        if text[at] == ",":
            at = _skip(text, at + 1)
    return None
