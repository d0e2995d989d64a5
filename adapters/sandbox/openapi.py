"""Checking a JSON request against a schema of an OpenAPI document: the keywords that the tax office uses."""

import re
from datetime import date
from typing import Any

JSON = dict[str, Any]
TYPES: dict[str, type | tuple[type, ...]] = {"object": dict, "string": str, "integer": int, "array": list}


def faults(document: JSON, schema: JSON, value: Any, pointer: str = "") -> list[JSON]:
    """Return what is wrong as ``{"pointer", "detail"}``, [] where nothing is."""
    while "$ref" in schema:
        target: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    expected = schema.get("type")
    if expected and (not isinstance(value, TYPES[expected]) or (expected == "integer" and value is True)):
        return [{"pointer": pointer, "detail": f"must be of type {expected}"}]
    if isinstance(value, dict):
        return _object_faults(document, schema, value, pointer)
    if isinstance(value, str):
        return [{"pointer": pointer, "detail": detail} for detail in _text_faults(schema, value)]
    return []


def _object_faults(document: JSON, schema: JSON, value: JSON, pointer: str) -> list[JSON]:
    properties = schema.get("properties", {})
    found = [
        {"pointer": f"{pointer}/{name}", "detail": "is required"}
        for name in schema.get("required", [])
        if name not in value
    ]
    for name, member in value.items():
        if name in properties:
            found += faults(document, properties[name], member, f"{pointer}/{name}")
        elif schema.get("additionalProperties") is False:
            found.append({"pointer": f"{pointer}/{name}", "detail": "is not known"})
    return found


def _text_faults(schema: JSON, value: str) -> list[str]:
    found = []
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"must match {schema['pattern']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"must be one of {', '.join(schema['enum'])}")
    if len(value) < schema.get("minLength", 0):
        found.append(f"must have {schema['minLength']} characters or more")
    if len(value) > schema.get("maxLength", len(value)):
        found.append(f"must have {schema['maxLength']} characters or fewer")
    if schema.get("format") == "date" and not _is_date(value):
        found.append("must be a date, YYYY-MM-DD")
    return found


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
