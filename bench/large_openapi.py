"""``onestop adapter new`` on large OpenAPI documents: what an operation costs must not grow.

The documents are generated, shaped like those of Kubernetes: deep types that all refer on.
"""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from adapters.onboarding import new
from bench.measuring import Figure

FEW, MANY = 200, 800  # operations
GOAL = 1.5  # times as much an operation

FIELDS = 12  # of each type
METHODS = ("get", "post", "put", "delete")


def measure() -> list[Figure]:
    """CPU time of a connection made of many operations against one of few, an operation, in microseconds."""
    few, many = _each(FEW), _each(MANY)
    name = f"contract: adapter new, {MANY} operations, each"
    return [Figure(name, many / few, GOAL, many, few, f"each of {FEW} operations")]


def _each(operations: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "large.json"
        source.write_text(json.dumps(document(operations)), encoding="utf-8")
        started = time.process_time()
        new.make("large", source, [], Path(folder))
        return (time.process_time() - started) / operations * 1e6


def document(operations: int) -> dict[str, Any]:
    """An OpenAPI 3.0 document of that many operations, with a type for every four of them."""
    kinds = max(1, operations // len(METHODS))
    paths = {f"/apis/v1/kind{one}/{{name}}": _item(one) for one in range(kinds)}
    return {
        "openapi": "3.0.3",
        "info": {"title": f"{operations} operations", "version": "1"},
        "paths": paths,
        "components": {"schemas": _schemas(kinds)},
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _item(number: int) -> dict[str, Any]:
    kind = _ref(f"Kind{number}")
    return {
        "parameters": [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}],
        **{method: _operation(f"{method}Kind{number}", kind, method) for method in METHODS},
    }


def _operation(name: str, kind: dict[str, str], method: str) -> dict[str, Any]:
    content = {"application/json": {"schema": kind}}
    found: dict[str, Any] = {
        "operationId": name,
        "parameters": [
            {"name": one, "in": "query", "schema": {"type": "string"}}
            for one in ("pretty", "dryRun", "fieldManager", "fieldValidation")
        ],
        "responses": {
            status: {"description": "done", "content": content} for status in ("200", "201", "default")
        },
    }
    if method in {"post", "put"}:
        found["requestBody"] = {"required": True, "content": content}
    return found


def _schemas(kinds: int) -> dict[str, Any]:
    """A type for each kind and five below it, of which some are shared by all."""
    shared = {
        "Meta": _object({"owner": {"type": "array", "items": _ref("Owner")}}, "uid"),
        "Owner": _object({"extra": {"type": "object", "additionalProperties": {"type": "string"}}}, "kind"),
    }
    for number in range(kinds):
        below = [f"Kind{number}Part{part}" for part in range(5)]
        shared[f"Kind{number}"] = _object({"metadata": _ref("Meta"), "spec": _ref(below[0])}, "apiVersion")
        for here, further in zip(below, [*below[1:], "Meta"], strict=True):
            shared[here] = _object({"next": _ref(further)}, "type")
    return shared


def _object(members: dict[str, Any], required: str) -> dict[str, Any]:
    texts = {f"field{number}": {"type": "string", "maxLength": 63} for number in range(FIELDS)}
    return {
        "type": "object",
        "required": [required],
        "properties": {required: {"type": "string"}, **members, **texts},
    }
