"""What changed between two shapes of a contract, in words that say whether it breaks anything.

A change breaks where a message that was right may be refused now, or an answer may hold what was not there
before: a removed operation, a field that became required in a request or may be missing in a reply, another
type, a value that requests may no longer have or that replies may now have.
"""

from dataclasses import asdict, dataclass
from typing import Any

from adapters.health.shape import Field, Fields, Shape


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``place`` is request or reply, ``field`` a path; both are "" for an operation."""

    kind: str  # operation-added, field-removed, now-required …
    operation: str
    place: str = ""
    field: str = ""
    before: str = ""
    after: str = ""
    breaking: bool = False

    def as_json(self) -> dict[str, Any]:
        """For the row of the check."""
        return asdict(self)


def changes(before: Shape, after: Shape) -> list[Change]:
    """Every difference, in order of operations and fields; an empty list where both mean the same."""
    found = [Change("operation-removed", name, breaking=True) for name in sorted(set(before) - set(after))]
    found += [Change("operation-added", name) for name in sorted(set(after) - set(before))]
    for name in sorted(set(before) & set(after)):
        for place in sorted({*before[name], *after[name]}):
            found += _in_message(name, place, before[name].get(place, {}), after[name].get(place, {}))
    return found


def _in_message(operation: str, place: str, before: Fields, after: Fields) -> list[Change]:
    asked = place != "reply"  # a message of an XSD may be either: then both rules hold
    told = place != "request"
    found = []
    for path in sorted(set(before) - set(after)):
        breaks = asked or (told and before[path]["required"])
        found.append(Change("field-removed", operation, place, path, breaking=breaks))
    for path in sorted(set(after) - set(before)):
        is_required = bool(after[path]["required"])
        breaks = asked and is_required and not _is_below_optional(path, after)
        kind = "required-field-added" if is_required else "field-added"
        found.append(Change(kind, operation, place, path, breaking=breaks))
    for path in sorted(set(before) & set(after)):
        found += _in_field(operation, place, path, before[path], after[path])
    return found


def _is_below_optional(path: str, fields: Fields) -> bool:
    """Whether an element around a field may be left out, and the field with it."""
    parts = path.split("/")
    around = ("/".join(parts[:count]) for count in range(1, len(parts)))
    return any(outer in fields and not fields[outer]["required"] for outer in around)


def _in_field(operation: str, place: str, path: str, before: Field, after: Field) -> list[Change]:
    asked, told = place != "reply", place != "request"
    where = (operation, place, path)
    found = []
    if before["required"] != after["required"]:
        kind = "now-required" if after["required"] else "now-optional"
        found.append(Change(kind, *where, breaking=asked if after["required"] else told))
    if before["type"] != after["type"]:
        found.append(Change("type-changed", *where, str(before["type"]), str(after["type"]), breaking=True))
    if before.get("repeats", False) != after.get("repeats", False):
        kind = "now-repeats" if after.get("repeats") else "no-longer-repeats"
        found.append(Change(kind, *where, breaking=told if after.get("repeats") else asked))
    return found + _in_values(where, before.get("values"), after.get("values"), asked=asked, told=told)


def _in_values(
    where: tuple[str, str, str],
    before: list[str] | None,
    after: list[str] | None,
    *,
    asked: bool,
    told: bool,
) -> list[Change]:
    if before is None and after is None:
        return []
    if before is None or after is None:
        kind = "values-limited" if before is None else "values-free"
        return [Change(kind, *where, after=", ".join(after or []), breaking=asked if after else told)]
    gone = [one for one in before if one not in after]
    new = [one for one in after if one not in before]
    found = [Change("values-removed", *where, before=", ".join(gone), breaking=asked)] if gone else []
    return found + ([Change("values-added", *where, after=", ".join(new), breaking=told)] if new else [])
