"""The common data standard: the types that pass between citizens, cases and agencies."""

from adapters.standard.base import Canonical
from adapters.standard.cases import Case, Decision, Document, Evidence, StatusEvent
from adapters.standard.faults import field_errors
from adapters.standard.people import Address, ContactPoint, Household, Identifier, Person, Vehicle
from adapters.standard.text import clean_text

TYPES: tuple[type[Canonical], ...] = (
    Person,
    Address,
    Household,
    Identifier,
    ContactPoint,
    Case,
    StatusEvent,
    Document,
    Evidence,
    Decision,
    Vehicle,
)

__all__ = [
    "TYPES",
    "Address",
    "Canonical",
    "Case",
    "ContactPoint",
    "Decision",
    "Document",
    "Evidence",
    "Household",
    "Identifier",
    "Person",
    "StatusEvent",
    "Vehicle",
    "clean_text",
    "field_errors",
]
