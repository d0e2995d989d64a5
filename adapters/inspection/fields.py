"""One field of a message, whatever the contract is written in."""

from dataclasses import dataclass, field
from typing import Any

UNBOUNDED = -1


@dataclass(slots=True)
class Field:
    """A place in a message.

    ``required``: no message is valid without it (where its parents are there). ``codes`` are pairs of value
    and label. ``note`` says what a type cannot: a choice, a recursion, where a parameter stands.
    """

    path: str
    type: str
    required: bool
    minimum: int = 1
    maximum: int = 1
    codes: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    nillable: bool = False

    @property
    def cardinality(self) -> str:
        """``0..1``, ``1..*``."""
        return f"{self.minimum}..{'*' if self.maximum == UNBOUNDED else self.maximum}"

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        found: dict[str, Any] = {
            "path": self.path,
            "type": self.type,
            "required": self.required,
            "min": self.minimum,
            "max": None if self.maximum == UNBOUNDED else self.maximum,
        }
        if self.codes:
            found["codes"] = [{"value": value, "label": label} for value, label in self.codes]
        if self.note:
            found["note"] = self.note
        if self.nillable:
            found["nillable"] = True
        return found


@dataclass(slots=True)
class Message:
    """A request, an answer, a fault or a header, and its fields."""

    title: str
    name: str
    fields: list[Field]
    left_out: int = 0  # optional fields that are not listed

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "title": self.title,
            "name": self.name,
            "fields": [one.as_json() for one in self.fields],
            "optional_fields_left_out": self.left_out,
        }


@dataclass(slots=True)
class Operation:
    """Something that can be called, or a kind of message where the contract knows no operations."""

    name: str
    facts: dict[str, str]
    messages: list[Message]

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"name": self.name, **self.facts, "messages": [one.as_json() for one in self.messages]}


@dataclass(slots=True)
class Listing:
    """A whole contract."""

    source: str
    kind: str
    operations: list[Operation]
    skipped: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "source": self.source,
            "kind": self.kind,
            "operations": [one.as_json() for one in self.operations],
            "skipped": self.skipped,
            "notes": self.notes,
        }
