"""Numbers and texts that the facets of a JSON Schema allow."""

import random
from typing import Any

from adapters.samples.text import NoExample
from adapters.xsd.patterns import PatternError, example

_FORMATS = {
    "date": "2026-01-15",
    "date-time": "2026-01-15T09:30:00Z",
    "time": "09:30:00Z",
    "duration": "P1D",
    "email": "maria@example.org",
    "idn-email": "maria@example.org",
    "hostname": "agency.example",
    "uri": "https://agency.example/resource",
    "uri-reference": "https://agency.example/resource",
    "iri": "https://agency.example/resource",
    "uuid": "3f2c1b9e-5a47-4e0c-9d0b-6c1f0a7e2d11",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "QW4gZXhhbXBsZQ==",
    "binary": "QW4gZXhhbXBsZQ==",
    "regex": "[a-z]+",
    "json-pointer": "/example",
}


def number(schema: Any, seed: random.Random, *, whole: bool) -> Any:
    """A number within the bounds of a schema, and of its step."""
    step = schema.get("multipleOf", 1 if whole else 0.5)
    low, high = (
        _bound(schema, "minimum", "exclusiveMinimum", step),
        _bound(schema, "maximum", "exclusiveMaximum", -step),
    )
    value = low if low is not None else min(1, high) if high is not None else seed.randint(1, 99)
    if "multipleOf" in schema:
        value = -(-value // step) * step
    return int(value) if whole else value


def text(schema: Any, name: str, seed: random.Random) -> str:
    """A text of the pattern or format that a schema says, else its member's name, of the length that it says.

    Raises NoExample.
    """
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    if "pattern" in schema:
        try:
            return example(_unanchored(schema["pattern"]), seed, low)
        except PatternError as error:
            raise NoExample(name, str(error)) from error
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    word = name or "text"
    while len(word) < low:
        word += f"-{name or 'text'}"
    return word if high is None else word[:high]


def _unanchored(pattern: str) -> str:
    """JSON Schema's patterns search; one with anchors is what an XSD pattern is without them."""
    text = pattern.removeprefix("^")
    return text.removesuffix("$") if not text.endswith("\\$") else text


def _bound(schema: Any, inclusive: str, exclusive: str, step: Any) -> Any:
    bound = schema.get(exclusive)
    if bound is True:  # OpenAPI 3.0
        return schema[inclusive] + step if inclusive in schema else None
    if isinstance(bound, int | float) and not isinstance(bound, bool):
        return bound + step
    return schema.get(inclusive)
