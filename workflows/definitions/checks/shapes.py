"""What is known of the values that steps keep: a mapping of fields, or None where anything may be inside."""

from typing import Any

JSON = dict[str, Any]
Shape = dict[str, Any] | None
PERSON = (
    *("identifier", "givenName", "familyName", "birthName", "dateOfBirth", "placeOfBirth", "sex"),
    *("citizenship", "domicile", "contactPoint"),
)
ADDRESS = (
    *("fullAddress", "thoroughfare", "locatorDesignator", "locatorName", "postCode", "postName"),
    *("adminUnitL1", "adminUnitL2", "addressID"),
)
MOVER = ("notation", "givenName", "familyName", "adult", "person")
SETTLED = ("settled", "timedOut", "reason")  # of every wait that a person settled, or nobody answered


def fields(*names: str) -> JSON:
    """A shape with these fields, anything inside each."""
    return dict.fromkeys(names)


def of_pages(pages: list[JSON]) -> JSON:
    """The shape of answers to pages."""
    found: JSON = {}
    for page in pages:
        put(found, page["fields"])
    return found


def put(found: JSON, questions: list[JSON]) -> None:
    """Put the shape of each question at its path."""
    inside: dict[str, Shape] = {"address": fields(*ADDRESS), "household": fields(*MOVER)}
    for question in questions:
        *way, last = str(question.get("path") or question["name"]).split(".")
        place = found
        for name in way:
            if place.get(name) is None:
                place[name] = {}
            place = place[name]
        place[last] = inside.get(question["kind"])


def kept(block: JSON, tables: JSON) -> Shape:
    """The shape of what a step keeps under its ``into``."""
    kind = block["kind"]
    if kind == "cosign":
        return fields("agreed", "declined", "silent", *SETTLED)
    if kind == "decide":
        return _decided(block, tables)
    if kind == "link":
        found = fields("outcome", "answeredAt", *SETTLED)
        put(found, block.get("fields", []))
        return found
    if kind == "questions":
        return {**of_pages(block["pages"]), **fields("outcome", *SETTLED)}
    if kind == "event":
        return fields("outcome", "agency", "subject", "type", "time", "data", *SETTLED)
    if kind == "service":
        return fields("outcome", "reference", "result", "decision", *SETTLED)
    if kind == "document":
        return fields("outcome", "document", "name", "sha256", *SETTLED)
    return None


def _decided(block: JSON, tables: JSON) -> Shape:
    if block.get("table"):
        table = tables.get(block["table"])
        if not isinstance(table, dict):
            return None
        return fields(
            *(str(column.get("name")) for column in table.get("outputs", [])), "rule", "rows", *SETTLED
        )
    found: JSON = fields("rule", "because", *SETTLED)
    for rule in block.get("rules", []):
        for name, value in rule["set"].items():
            found[name] = fields(*value) if isinstance(value, dict) and name not in found else None
    return found


def missing(shape: Shape, path: tuple[str, ...]) -> tuple[str, list[str]] | None:
    """The first part of a path that a shape does not have, with those it has; None where all is there."""
    for name in path:
        if shape is None:
            return None
        if name not in shape:
            return name, list(shape)
        shape = shape[name]
    return None
