"""Several JSON Schemas that hold together, as one."""

from collections.abc import Iterator
from typing import Any


def merged(schemas: list[Any]) -> Any:
    """Several schemas as one: members and requirements together, else the last word counts."""
    found: dict[str, Any] = {}
    for schema in _objects(schemas):
        for key, one in schema.items():
            if key in {"properties", "patternProperties"}:
                found[key] = {**found.get(key, {}), **one}
            elif key == "required":
                found[key] = [*dict.fromkeys([*found.get(key, []), *one])]
            elif key == "allOf":
                found[key] = [*found.get(key, []), *one]
            else:
                found[key] = one
    return found


def _objects(schemas: list[Any]) -> Iterator[dict[str, Any]]:
    for schema in schemas:
        if isinstance(schema, dict):
            yield schema
