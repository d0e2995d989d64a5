"""What a table decides under each hit policy, and the trace that says why."""

from datetime import UTC, datetime
from typing import Any

import pytest

from workflows.decisions import TableRefused, Undecided, compile_table, decide

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def table(policy: str = "unique", **changes: Any) -> dict[str, Any]:
    return {
        "table": "parking-fee",
        "version": 2,
        "title": "Fee of a parking permit",
        "policy": policy,
        "inputs": [
            {"name": "age", "expression": "applicant.age", "type": "number"},
            {"name": "moved", "expression": "answers.moveDate", "type": "date"},
        ],
        "outputs": [{"name": "fee", "type": "number"}],
        "rows": [
            {"id": "young", "when": ["< 18", "-"], "then": ["0"], "reference": "Fees Act § 4(1)"},
            {
                "id": "old-law",
                "when": [">= 18", '< date("2026-01-01")'],
                "then": ["12.50"],
                "reference": "§ 9",
            },
            {
                "id": "new-law",
                "when": [">= 18", '>= date("2026-01-01")'],
                "then": ["10 + 5"],
                "reference": "§ 5",
            },
        ],
        **changes,
    }


def scope(age: int, moved: str = "2026-02-01") -> dict[str, Any]:
    return {"applicant": {"age": age}, "answers": {"moveDate": moved}}


def test_a_unique_table_gives_outputs_and_says_why() -> None:
    found = decide(table(), scope(30), now=NOW)
    assert found.outputs == {"fee": 15}
    assert found.why["inputs"] == [
        {"name": "age", "expression": "applicant.age", "value": 30},
        {"name": "moved", "expression": "answers.moveDate", "value": "2026-02-01"},
    ]
    assert found.why["rows"] == [
        {"id": "new-law", "number": 3, "reference": "§ 5", "note": "", "then": {"fee": 15}}
    ]
    assert found.why["took"] == ["new-law"]
    assert decide(table(), scope(30, "2025-12-31"), now=NOW).outputs == {"fee": 12.5}


def rows(*cells: tuple[str, str]) -> dict[str, Any]:
    made = [
        {"id": f"r{at}", "when": [when, "-"], "then": [then]}
        for at, (when, then) in enumerate(cells, start=1)
    ]
    return {"rows": made, "outputs": [{"name": "fee", "allowed": "30, 20, 10"}]}


OVERLAPPING = rows(("> 10", "10"), ("> 20", "30"), ("> 20", "20"))


@pytest.mark.parametrize(
    ("policy", "aggregation", "age", "outputs", "took"),
    [
        ("first", "", 25, {"fee": 10}, ["r1"]),
        ("priority", "", 25, {"fee": 30}, ["r2"]),
        ("rule order", "", 25, [{"fee": 10}, {"fee": 30}, {"fee": 20}], ["r1", "r2", "r3"]),
        ("output order", "", 25, [{"fee": 30}, {"fee": 20}, {"fee": 10}], ["r2", "r3", "r1"]),
        ("collect", "", 15, [{"fee": 10}], ["r1"]),
        ("collect", "", 5, [], []),
        ("collect", "sum", 25, {"fee": 60}, ["r1", "r2", "r3"]),
        ("collect", "min", 25, {"fee": 10}, ["r1", "r2", "r3"]),
        ("collect", "max", 25, {"fee": 30}, ["r1", "r2", "r3"]),
        ("collect", "count", 25, {"fee": 3}, ["r1", "r2", "r3"]),
        ("any", "", 15, {"fee": 10}, ["r1"]),
    ],
)
def test_hit_policies(policy: str, aggregation: str, age: int, outputs: Any, took: list[str]) -> None:
    found = decide(table(policy, aggregation=aggregation, **OVERLAPPING), scope(age), now=NOW)
    assert found.outputs == outputs
    assert found.why["took"] == took


@pytest.mark.parametrize(
    ("policy", "age", "reason"),
    [
        ("unique", 25, "the rows r1, r2, r3 all match, where one may"),
        ("any", 25, "the rows r1, r2, r3 all match and do not agree"),
        ("first", 5, "no row matches"),
    ],
)
def test_what_a_table_cannot_decide_is_said_with_the_rows(policy: str, age: int, reason: str) -> None:
    with pytest.raises(Undecided, match=reason) as refusal:
        decide(table(policy, **OVERLAPPING), scope(age), now=NOW)
    assert refusal.value.why["inputs"][0]["value"] == age


def test_what_holds_otherwise_is_taken_and_said() -> None:
    otherwise = {**OVERLAPPING, "outputs": [{"name": "fee", "otherwise": "99"}]}
    found = decide(table("first", **otherwise), scope(5), now=NOW)
    assert (found.outputs, found.why["otherwise"]) == ({"fee": 99}, True)


def test_a_value_of_the_wrong_kind_is_told_with_its_input() -> None:
    with pytest.raises(Undecided, match="input 'moved': 'soon' is no date"):
        decide(table(), scope(30, "soon"), now=NOW)


def test_every_cell_at_fault_is_named() -> None:
    broken = rows(("< ", "10"), ("> 1", "20 +"))
    with pytest.raises(TableRefused) as refusal:
        compile_table(table(**broken))
    assert [problem.partition(":")[0] for problem in refusal.value.problems] == [
        "row 'r1' input 'age'",
        "row 'r2' output 'fee'",
    ]


def test_the_clock_is_the_attempts() -> None:
    today = rows(("-", "1"))
    today["rows"][0]["then"] = ["string(today())"]
    today["outputs"] = [{"name": "fee"}]
    assert decide(table(**today), scope(1), now=NOW).outputs == {"fee": "2026-03-01"}
