"""Events that agencies send by themselves: CloudEvents 1.0 in structured JSON mode, checked by the contract.

The contract is a JSON Schema beside the connection, whose ``$defs`` are named as the types of events are;
``source`` in connection.toml says where the agency's events come from.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from adapters.connection_spec import ConnectionSpec
from adapters.errors import Misconfigured

MEDIA_TYPE = "application/cloudevents+json"
Word = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]


class EventRefused(Exception):
    """The event does not follow CloudEvents or its contract. Final; ``path`` is what is wrong."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path


class _Envelope(BaseModel):
    """The attributes of an event (CloudEvents 1.0 section 3); extensions are allowed and kept."""

    model_config = ConfigDict(extra="allow", strict=True)

    specversion: Literal["1.0"]
    id: Word
    source: Word
    type: Word
    time: AwareDatetime
    subject: Annotated[str, StringConstraints(max_length=200)] = ""
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it was understood. ``time`` is ISO 8601."""

    id: str
    type: str
    subject: str
    time: str
    data: dict[str, Any]


def read(spec: ConnectionSpec, value: Any) -> Event:
    """Understand a parsed body; raises EventRefused, or Misconfigured where the contract cannot be read."""
    try:
        envelope = _Envelope.model_validate_json(json.dumps(value))
    except ValidationError as error:
        first = error.errors()[0]
        raise EventRefused(first["msg"], ".".join(str(part) for part in first["loc"])) from error
    if envelope.source != spec.option("source"):
        raise EventRefused("is not where this agency's events come from", "source")
    validators = _contract(spec.key, spec.contract)
    validator = validators.get(envelope.type)
    if validator is None:
        raise EventRefused(f"is not one of {', '.join(sorted(validators))}", "type")
    wrong = best_match(validator.iter_errors(envelope.data))
    if wrong is not None:
        raise EventRefused(wrong.message, ".".join(["data", *(str(part) for part in wrong.absolute_path)]))
    return Event(envelope.id, envelope.type, envelope.subject, envelope.time.isoformat(), envelope.data)


@lru_cache(maxsize=32)
def _contract(key: str, path: Path) -> dict[str, Draft202012Validator]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(document)
        found = {name: {"$ref": f"#/$defs/{name}", "$defs": document["$defs"]} for name in document["$defs"]}
    except (OSError, ValueError, KeyError, TypeError, SchemaError) as error:
        raise Misconfigured(key, f"{path.name} is no contract of events: {error}") from error
    checker = Draft202012Validator.FORMAT_CHECKER
    return {name: Draft202012Validator(schema, format_checker=checker) for name, schema in found.items()}
