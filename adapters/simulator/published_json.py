"""JSON bodies judged by the published OpenAPI 3.1 document itself, apart from our own reading of it."""

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from adapters.contracts.openapi import RestOperation
from adapters.contracts.violation import Violation

_HERE = "urn:contract"


class PublishedJudge:
    """Checks request bodies by the schema at their place in the document, in its own dialect."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._validators: dict[str, Draft202012Validator] = {}

    @cached_property
    def _document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        return document

    def __call__(self, operation: RestOperation, body: Any) -> None:
        """Raise the first Violation that there is."""
        found = self.violations(operation.name, body)
        if found:
            raise found[0]

    def violations(self, operation: str, body: Any) -> list[Violation]:
        """All that is wrong, a missing or unknown member by its own place; ``/`` between members."""
        validator = self._validators.get(operation)
        if validator is None:
            validator = self._validators[operation] = self._validator(operation)
        return [_violation(error, place) for error in validator.iter_errors(body) for place in _places(error)]

    def _validator(self, operation: str) -> Draft202012Validator:
        """For the body of the operation of that ``operationId``."""
        path, method, found = next(
            (path, method, one)
            for path, methods in self._document["paths"].items()
            for method, one in methods.items()
            if isinstance(one, dict) and one.get("operationId") == operation
        )
        media_type = next(iter(found["requestBody"]["content"]))
        place = ("paths", path, method, "requestBody", "content", media_type, "schema")
        pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in place)
        registry = Registry().with_resource(_HERE, DRAFT202012.create_resource(self._document))
        return Draft202012Validator(
            {"$ref": f"{_HERE}#/{pointer}"}, registry=registry, format_checker=FormatChecker()
        )


def _places(error: Any) -> list[list[str]]:
    """Where an error is: each member that is unknown, the one that is missing, or the value itself."""
    place = [str(part) for part in error.absolute_path]
    if error.validator == "required":
        return [[*place, *re.findall(r"'([^']+)' is a required", error.message)]]
    if error.validator == "additionalProperties":
        known: Any = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        unknown = [name for name in dict(error.instance) if name not in known]
        return [[*place, name] for name in unknown]
    return [place]


def _violation(error: ValidationError, place: list[str]) -> Violation:
    return Violation(error.message, path="/".join(place))
