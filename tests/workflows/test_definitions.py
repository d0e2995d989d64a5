"""Definitions: the shipped one is sound, broken ones are refused with the step and what to do."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from workflows.definitions import loading
from workflows.definitions.checking import DefinitionRefused, check
from workflows.definitions.checks.shape import KINDS
from workflows.definitions.document import schema

JSON = dict[str, Any]


@pytest.fixture
def document() -> JSON:
    return copy.deepcopy(next(d for d in loading.shipped() if d["service"] == "moving-house"))


def step(document: JSON, name: str) -> JSON:
    found: JSON = next(block for block in document["steps"] if block["id"] == name)
    return found


def test_the_shipped_definitions_are_sound() -> None:
    assert loading.shipped()


def test_moving_house_asks_for_at_most_seven_typed_fields(document: JSON) -> None:
    typed = {"text": 1, "date": 1, "email": 1, "telephone": 1, "address": 2}
    fields = [field for page in document["pages"] for field in page["fields"]]
    assert sum(typed.get(field["kind"], 0) for field in fields) <= 7


def test_the_published_schema_is_up_to_date() -> None:
    published = json.loads((loading.HERE / "schema.json").read_text())
    assert published == schema()


BREAKS: list[tuple[str, Callable[[JSON], Any], str, str]] = [
    ("no such kind", lambda d: step(d, "co-sign").update(kind="magic"), "co-sign", "magic"),
    ("word too many", lambda d: step(d, "co-sign").update(colour="red"), "co-sign", "colour"),
    ("same id", lambda d: step(d, "co-sign").update(id="officer"), "officer", "another step has this id"),
    ("bad rule", lambda d: step(d, "officer").update(when="npr.status ="), "officer", "cannot be read"),
    ("no last rule", lambda d: step(d, "decision")["rules"].pop(), "decision", "no rule holds"),
    ("bad time", lambda d: step(d, "co-sign").update(within="7 days"), "co-sign", "within"),
    ("for ever", lambda d: step(d, "tell-everybody").update(join=9), "tell-everybody", "for ever"),
    ("lost line", lambda d: d["lines"][0]["steps"].append("nowhere"), "npr", "nowhere"),
]


@pytest.mark.parametrize(
    ("breakage", "where", "word"), [row[1:] for row in BREAKS], ids=[row[0] for row in BREAKS]
)
def test_a_broken_definition_names_the_step(
    document: JSON, breakage: Callable[[JSON], Any], where: str, word: str
) -> None:
    breakage(document)
    problems = check(document)
    assert any(where in problem.where and word in str(problem) for problem in problems), problems


def test_a_timeout_that_nobody_looks_at_is_refused(document: JSON) -> None:
    step(document, "register-move")["timeout"] = "P9D"
    assert "add on_timeout" in str(check(document)[0])


def test_broken_json_names_the_line(tmp_path: Any) -> None:
    path = tmp_path / "x.v1.json"
    path.write_text('{\n"service": "x",\n oops}')
    with pytest.raises(DefinitionRefused, match="line 3"):
        loading.read(path)


def test_every_kind_of_step_is_documented_with_an_example() -> None:
    page = (loading.HERE.parent.parent / "docs" / "definitions.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f'"kind": "{kind}"' not in page] == []
