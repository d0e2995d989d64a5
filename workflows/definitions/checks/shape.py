"""The shape of a document, by its schema: what pydantic says becomes a step, a reason, a suggestion."""

from typing import Any, get_args

from pydantic import ValidationError

from workflows.definitions.checks.problem import Problem, did_you_mean
from workflows.definitions.document import Document, Step

JSON = dict[str, Any]
KINDS = {
    kind: model
    for model in get_args(get_args(Step)[0])
    for kind in get_args(model.model_fields["kind"].annotation)
}
ABSENT = {
    "within": ("waits without a timeout", "add within, as P14D"),
    "at_most": ("is a loop without a bound", "add at_most, the most rounds it may go"),
    "on_timeout": ("has a timeout but says nowhere who looks then", "add on_timeout"),
}


def check(document: JSON) -> list[Problem]:
    """Everything that the schema does not allow."""
    try:
        Document.model_validate(document)
    except ValidationError as error:
        found = error.errors()
        deeper = [part for part in found if not _is_other_choice(document, part, found)]
        return list(dict.fromkeys(_problem(document, part) for part in deeper))
    return []


def _is_other_choice(document: JSON, part: Any, found: Any) -> bool:
    """Where one of several shapes will do, pydantic tells what is wrong by each; not all are meant."""
    if part["type"] not in ("string_type", "literal_error", "bool_type", "int_type", "list_type"):
        return False
    place = _resolved(document, part["loc"])
    others = [
        one for one in found if one is not part and _resolved(document, one["loc"])[: len(place)] == place
    ]
    return isinstance(part.get("input"), dict) and bool(others)


def _resolved(document: JSON, location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """A location without the names of shapes that pydantic puts between."""
    place: Any = document
    found = []
    for part in location:
        try:
            place = place[part]
        except (KeyError, IndexError, TypeError):
            continue
        found.append(part)
    return tuple(found)


def _problem(document: JSON, part: Any) -> Problem:
    where, block = _where(document, part["loc"])
    name = str(part["loc"][-1]) if part["loc"] else ""
    if part["type"] == "missing":
        why, hint = ABSENT.get(name, (f"{name} is missing", ""))
        return Problem(where.removesuffix(f" {name}"), why, hint)
    if part["type"] == "extra_forbidden":
        hint = did_you_mean(name, _words(block)) if block is not None else ""
        return Problem(where, f"there is no word {name!r} here", hint)
    if part["type"] == "union_tag_invalid":
        kind = str(part["ctx"]["tag"])
        return Problem(where, f"there is no kind of step {kind!r}", did_you_mean(kind, KINDS))
    return Problem(where, part["msg"].removeprefix("Value error, "))


def _words(block: JSON) -> list[str]:
    """The words that a step of this kind knows, or a definition."""
    model = KINDS.get(str(block.get("kind")), Document)
    return [field.alias or name for name, field in model.model_fields.items()]


def _where(document: JSON, location: tuple[int | str, ...]) -> tuple[str, JSON | None]:
    """Name the innermost step on the way to a location, then the rest of the way; and that step."""
    place: Any = document
    named, rest, block = "", [], document if len(location) == 1 else None
    for part in location:
        try:
            place = place[part]
        except (KeyError, IndexError, TypeError):
            if part == location[-1] and part not in KINDS and str(part).isidentifier():
                rest.append(str(part))
            continue
        rest.append(str(part))
        if isinstance(place, dict) and "id" in place:
            is_step = "kind" in place
            named, rest = f"step {place['id']!r}" if is_step else f"{place['id']!r}", []
            block = place if is_step else None
    return " ".join(filter(None, [named, ".".join(rest)])) or "document", block
