"""JSON sealed at rest, each value bound to its row and column by a label."""

import json
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from onestop.lib.sealing import seal, unseal


def written(value: Any) -> bytes:
    """A JSON value as compact UTF-8; half a surrogate pair stays escaped."""
    try:
        return to_json(value)  # in a third of the time of the standard library
    except PydanticSerializationError:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return text.encode(errors="backslashreplace")


def seal_json(value: Any, label: str) -> bytes:
    """Seal a JSON value."""
    return seal(written(value), label=label)


def unseal_json(sealed: bytes | memoryview, label: str) -> Any:
    """Open what :func:`seal_json` made; an empty column is ``{}``."""
    return json.loads(unseal(bytes(sealed), label=label)) if sealed else {}
