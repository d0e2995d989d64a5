"""Gaps, overlaps and rows that never decide, each with a case that shows it; golden rows at every publish."""

from typing import Any

import pytest

from tests.workflows.decisions.test_deciding import NOW
from workflows.decisions import analyse, check_table, compile_table, decide
from workflows.decisions.deciding import Undecided


def table(inputs: list[Any], rows: list[tuple[list[str], str]], **changes: Any) -> dict[str, Any]:
    columns = [{"name": name, "expression": name, "type": kind, **more} for name, kind, more in inputs]
    made = [{"id": f"r{at}", "when": when, "then": [then]} for at, (when, then) in enumerate(rows, start=1)]
    document = {"table": "t", "version": 1, "title": "T", "inputs": columns, "outputs": [{"name": "out"}]}
    return {**document, "rows": made, **changes}


AGE = ("age", "number", {})
SINCE = ("since", "date", {})
KIND = ("kind", "text", {})
MARRIED = ("married", "boolean", {})


def told(document: dict[str, Any]) -> list[str]:
    return [str(finding) for finding in analyse(compile_table(document))]


@pytest.mark.parametrize(
    ("inputs", "rows", "found"),
    [
        ([AGE], [(["< 18"], "1"), ([">= 18"], "2")], []),
        ([AGE], [(["< 18"], "1"), (["> 18"], "2")], ["no row matches age = 18"]),
        ([AGE], [(["<= 18"], "1"), ([">= 18"], "2")], ["the rows r1 and r2 both match age = 18"]),
        (
            [AGE],
            [(["[0..10]"], "1"), (["(10..20]"], "2")],
            ["no row matches age = -1", "no row matches age = 21"],
        ),
        ([("age", "number", {"allowed": "[0..20]"})], [(["[0..10]"], "1"), (["(10..20]"], "2")], []),
        (
            [SINCE],
            [(['< date("2026-01-01")'], "1"), (['> date("2026-01-03")'], "2")],
            [
                "no row matches since = 2026-01-01",
            ],
        ),
        ([MARRIED], [(["true"], "1")], ["no row matches married = False"]),
        ([KIND], [(['"a", "b"'], "1"), (['not("a", "b")'], "2")], []),
        ([KIND], [(['"a"'], "1"), (['"b"'], "2")], ["no row matches kind = any other text"]),
        ([("kind", "text", {"allowed": '"a", "b"'})], [(['"a"'], "1"), (['"b"'], "2")], []),
        (
            [AGE, MARRIED],
            [(["< 18", "-"], "1"), ([">= 18", "true"], "2")],
            ["no row matches age = 18, married = False"],
        ),
        (
            [AGE, MARRIED],
            [(["< 18", "-"], "1"), ([">= 18", "-"], "2"), (["> 60", "true"], "3")],
            ["the rows r2 and r3 both match age = 61, married = True"],
        ),
    ],
)
def test_gaps_and_overlaps_come_with_a_case(inputs: list[Any], rows: list[Any], found: list[str]) -> None:
    assert told(table(inputs, rows)) == found


def test_each_example_is_true_of_the_table_itself() -> None:
    document = table(
        [AGE, KIND], [(["[0..10)", '"a"'], "1"), (["[5..30]", "-"], "2"), (["> 30", '"b"'], "3")]
    )
    compiled = compile_table(document)
    findings = analyse(compiled)
    assert {finding.kind for finding in findings} == {"gap", "overlap"}
    for finding in findings:
        case = {name: 1 if value == "-" else value for name, value in finding.example.items()}
        case["kind"] = "-" if finding.example["kind"] == "-" else finding.example["kind"]
        with pytest.raises(Undecided, match="no row" if finding.kind == "gap" else "all match"):
            compiled.decide(case, now=NOW)


def test_rows_that_never_decide_are_named() -> None:
    rows = [(["< 10"], "1"), (["< 20"], "2"), (["[5..15]"], "3"), (["-"], "4")]
    assert told(table([AGE], rows, policy="first")) == [
        "the row r3 never decides: rows before it match whatever it does"
    ]


def test_agreeing_rows_of_an_any_table_are_no_overlap() -> None:
    rows = [(["< 10"], '"x"'), (["< 20"], '"x"'), ([">= 19"], '"y"')]
    assert told(table([AGE], rows, policy="any")) == ["the rows r2 and r3 both match age = 19"]


def test_what_depends_on_the_case_is_said_and_hides_gaps_only_there() -> None:
    rows = [(["< limit"], "1"), (["> 5"], "2")]
    assert told(table([AGE], rows)) == [
        "the row r1 has cells that depend on the case; its gaps and overlaps are not seen"
    ]


def test_a_wide_table_is_analysed_in_time() -> None:
    inputs = [(f"n{at}", "number", {}) for at in range(12)]
    rows = [([f"> {row}" if at == row % 12 else "-" for at in range(12)], "1") for row in range(60)]
    found = analyse(compile_table(table(inputs, rows, policy="first")))
    assert found


def test_golden_rows_are_run_and_told() -> None:
    golden = [
        {"name": "a child", "given": {"age": 3}, "then": {"out": 1}},
        {"name": "a grown-up", "given": {"age": 30}, "then": {"out": 1}},
        {"name": "nobody", "given": {"age": "x"}, "then": None},
        {"name": "left open", "given": {"age": 4}, "then": None},
    ]
    checked = check_table(table([AGE], [(["< 18"], "1"), ([">= 18"], "2")], golden=golden))
    assert checked.problems == [
        "golden row 'a grown-up': gives {'out': 2}; it should give {'out': 1}",
        "golden row 'left open': gives {'out': 1}; it should leave the case open",
    ]


def test_an_overlap_of_a_unique_table_stands_against_publishing() -> None:
    checked = check_table(table([AGE], [(["<= 18"], "1"), ([">= 18"], "2")]))
    assert checked.problems == ["policy 'unique': the rows r1 and r2 both match age = 18"]
    assert decide(table([AGE], [(["<= 18"], "1")]), {"age": 1}, now=NOW).outputs == {"out": 1}
