"""Is a document a definition that can run? Every problem is found at once, with the step and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from workflows.definitions.document import Document
from workflows.definitions.durations import duration
from workflows.definitions.model import every_block
from workflows.expressions import ExpressionError, compile_expression

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where (a step's id or a path in the document) and what to do."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class DefinitionRefused(Exception):
    """A document that cannot run. Final until it is mended; ``problems`` lists everything found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def check(document: JSON) -> list[Problem]:
    """Return everything wrong with a document; an empty list means that it can be published."""
    try:
        Document.model_validate(document)
    except ValidationError as error:
        return [Problem(_where(document, part["loc"]), part["msg"]) for part in error.errors()]
    return [*_repeated_ids(document), *_expressions(document), *_steps(document), *_lines(document)]


def _where(document: JSON, location: tuple[int | str, ...]) -> str:
    """Name the innermost step on the way to a location, then the rest of the way."""
    place: Any = document
    named, rest = "", []
    for part in location:
        try:
            place = place[part]
        except (KeyError, IndexError, TypeError):
            if not isinstance(part, str) or part not in {"lookup", "deliver", "parallel", "task"}:
                rest.append(str(part))
            continue
        rest.append(str(part))
        if isinstance(place, dict) and "id" in place:
            named, rest = f"step {place['id']!r}" if "kind" in place else f"{place['id']!r}", []
    return " ".join(filter(None, [named, ".".join(rest)])) or "document"


def _repeated_ids(document: JSON) -> Iterator[Problem]:
    seen: set[str] = set()
    for block in every_block(document["steps"]):
        if block["id"] in seen:
            yield Problem(f"step {block['id']!r}", "another step has this id; choose one that is not taken")
        seen.add(block["id"])


def _texts(value: Any) -> Iterator[str]:
    """Every expression inside a template."""
    if isinstance(value, str) and value.startswith("="):
        yield value[1:]
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _expressions(document: JSON) -> Iterator[Problem]:
    for block in [*every_block(document["steps"]), *document.get("lines", [])]:
        own = {key: value for key, value in block.items() if key not in {"steps", "branches"}}
        conditions = [own["when"]] if "when" in own else []
        conditions += [rule["when"] for rule in own.get("rules", []) if "when" in rule]
        for expression in [*conditions, *_texts(own)]:
            try:
                compile_expression(expression)
            except ExpressionError as error:
                yield Problem(f"step {block['id']!r}", f"{expression!r} cannot be read: {error}")


def _steps(document: JSON) -> Iterator[Problem]:
    for block in every_block(document["steps"]):
        where = f"step {block['id']!r}"
        if block["kind"] == "decide" and "when" in block["rules"][-1]:
            yield Problem(where, "no rule holds in every case; give the last rule no condition")
        if block.get("timeout") and "on_timeout" not in block:
            yield Problem(where, "has a timeout but says nowhere who looks then; add on_timeout")
        join, branches = block.get("join"), len(block.get("branches", []))
        if isinstance(join, int) and join > branches:
            yield Problem(where, f"waits for {join} of {branches} branches, for ever")
        for key in ("timeout", "chase", "within", "for"):
            if key in block:
                try:
                    duration(block[key])
                except ValueError as error:
                    yield Problem(where, str(error))


def _lines(document: JSON) -> Iterator[Problem]:
    known = {block["id"] for block in every_block(document["steps"])}
    for line in document.get("lines", []):
        for step in line["steps"]:
            if step not in known:
                yield Problem(f"line {line['id']!r}", f"names the step {step!r}, which does not exist")
