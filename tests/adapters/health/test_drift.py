"""Differences between two shapes of a contract, and which of them break."""

from typing import Any

import pytest

from adapters.health.drift import changes

TEXT = {"required": True, "type": "string"}


def one(place: str, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, bool]]:
    found = changes({"op": {place: before}}, {"op": {place: after}})
    return [(change.kind, change.field, change.breaking) for change in found]


def test_the_same_is_no_change() -> None:
    assert one("request", {"a": TEXT}, {"a": TEXT}) == []


def test_operations_come_and_go() -> None:
    found = changes({"old": {}, "same": {}}, {"new": {}, "same": {}})
    assert [(change.kind, change.operation, change.breaking) for change in found] == [
        ("operation-removed", "old", True),
        ("operation-added", "new", False),
    ]


@pytest.mark.parametrize(
    ("place", "before", "after", "expected"),
    [
        ("request", {}, {"a": TEXT}, ("required-field-added", "a", True)),
        ("reply", {}, {"a": TEXT}, ("required-field-added", "a", False)),
        ("request", {}, {"a": {**TEXT, "required": False}}, ("field-added", "a", False)),
        ("request", {"a": TEXT}, {}, ("field-removed", "a", True)),
        ("reply", {"a": TEXT}, {}, ("field-removed", "a", True)),
        ("reply", {"a": {**TEXT, "required": False}}, {}, ("field-removed", "a", False)),
        ("request", {"a": {**TEXT, "required": False}}, {"a": TEXT}, ("now-required", "a", True)),
        ("reply", {"a": {**TEXT, "required": False}}, {"a": TEXT}, ("now-required", "a", False)),
        ("request", {"a": TEXT}, {"a": {**TEXT, "required": False}}, ("now-optional", "a", False)),
        ("reply", {"a": TEXT}, {"a": {**TEXT, "required": False}}, ("now-optional", "a", True)),
        ("reply", {"a": TEXT}, {"a": {**TEXT, "type": "int"}}, ("type-changed", "a", True)),
        ("request", {"a": TEXT}, {"a": {**TEXT, "repeats": True}}, ("now-repeats", "a", False)),
        ("reply", {"a": TEXT}, {"a": {**TEXT, "repeats": True}}, ("now-repeats", "a", True)),
        ("request", {"a": TEXT}, {"a": {**TEXT, "values": ["x"]}}, ("values-limited", "a", True)),
        ("reply", {"a": {**TEXT, "values": ["x"]}}, {"a": TEXT}, ("values-free", "a", True)),
    ],
)
def test_one_change_and_whether_it_breaks(
    place: str, before: dict[str, Any], after: dict[str, Any], expected: tuple[str, str, bool]
) -> None:
    assert one(place, before, after) == [expected]


def test_values_that_go_break_requests_and_values_that_come_break_replies() -> None:
    before, after = {"a": {**TEXT, "values": ["x", "y"]}}, {"a": {**TEXT, "values": ["y", "z"]}}
    assert one("request", before, after) == [("values-removed", "a", True), ("values-added", "a", False)]
    assert one("reply", before, after) == [("values-removed", "a", False), ("values-added", "a", True)]


def test_what_is_required_within_something_optional_breaks_nothing() -> None:
    outer = {"a": {"required": False, "type": "T"}}
    after = {**outer, "a/b": TEXT}
    assert one("request", outer, after) == [("required-field-added", "a/b", False)]
