"""What a broken definition is told: the step, the reason and a suggestion, each kind of fault once."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.faults import ASK, FAULTS, RULE, cites, notify
from tests.workflows.playing import deliver
from workflows import service_cli
from workflows.definitions import loading
from workflows.definitions.checking import DefinitionRefused, Known, check, review
from workflows.known import here

JSON = dict[str, Any]


@pytest.mark.parametrize(
    ("broken", "where", "why", "hint"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_a_fault_names_the_step_the_reason_and_a_way_out(
    broken: JSON, where: str, why: str, hint: str
) -> None:
    problems = check(broken)
    found = [problem for problem in problems if problem.where == where and why in problem.message]
    assert found, problems
    assert hint in found[0].hint


WORLD = Known(
    operations={"tax": frozenset({"update_domicile"}), "npr": frozenset()},
    units=frozenset({"tax", "integration"}),
    templates=frozenset({"welcome"}),
    services=frozenset({"appeal"}),
    events={"hos": frozenset({"aurelia.hos.birth.v1"})},
    channels=frozenset({"portal", "email"}),
    providers={"payment": frozenset({"bank"})},
)
TASK = {
    "id": "k",
    "kind": "task",
    "unit": "taxx",
    "task": "t",
    "into": "k",
    "outcomes": ["a"],
    "within": "P1D",
}
FEE = {"id": "f", "kind": "payment", "amount": 1, "subject": "s", "unit": "tax", "within": "P1D", "into": "f"}
UNKNOWN: list[tuple[JSON, str, str]] = [
    (deliver("a", connection="taxx"), "no connection 'taxx'", "did you mean 'tax'?"),
    (deliver("a", operation="update"), "no operation of tax 'update'", "update_domicile"),
    (deliver("a", operation="update_domicile", undo={"operation": "undo"}), "no operation of tax 'undo'", ""),
    (TASK, "no unit 'taxx'", "did you mean 'tax'?"),
    (
        deliver("a", operation="update_domicile", on_rejected={"unit": "vdr", "task": "t"}),
        "no unit 'vdr'",
        "there are",
    ),
    ({"id": "n", "kind": "notify", "template": "wellcome"}, "no text 'wellcome'", "did you mean 'welcome'?"),
    (notify(channels=["sms"]), "no channel 'sms'", ""),
    ({**ASK, "within": "P1D"}, "no event of hos 'born'", "aurelia.hos.birth.v1"),
    (
        {"id": "s", "kind": "service", "service": "appeals", "within": "P1D"},
        "no service 'appeals'",
        "'appeal'",
    ),
    ({**FEE, "provider": "bnk"}, "no provider 'bnk'", "'bank'"),
]


@pytest.mark.parametrize(("step", "why", "hint"), UNKNOWN)
def test_names_that_nothing_answers_to_are_found_where_it_will_run(step: JSON, why: str, hint: str) -> None:
    found = cites(step)
    assert check(found) == []
    problem = next(problem for problem in check(found, WORLD) if why in problem.message)
    assert problem.where == f"step {step['id']!r}"
    assert hint in problem.hint


def test_what_may_wait_for_ever_is_a_warning_that_stops_nobody() -> None:
    task = {key: value for key, value in TASK.items() if key != "within"}
    found = cites(deliver("a"), task)
    assert check(found) == []
    assert [(one.where, one.level) for one in review(found)] == [
        ("step 'a'", "warning"),
        ("step 'k'", "warning"),
    ]


def test_the_shipped_definitions_name_only_what_is_there() -> None:
    assert [problem for shipped in loading.shipped() for problem in check(shipped, here())] == []


def test_names_seen_are_not_called_unknown() -> None:
    table = {"table": "t", "version": 1, "title": "T", "policy": "first"}
    table |= {"inputs": [{"name": "n", "expression": "answers.n"}], "outputs": [{"name": "fee"}]}
    table["rows"] = [{"id": "r", "when": ["-"], "then": ["1"]}]
    loop = {
        "id": "l",
        "kind": "loop",
        "until": "told.ok",
        "at_most": 2,
        "steps": [deliver("t", into="told", chase="P1D")],
    }
    steps = [
        {**RULE, "rules": [], "table": "t"},
        loop,
        {"id": "p", "kind": "parallel", "branches": [[{**ASK, "within": "P1D", "into": "b"}]]},
        notify(when="d.fee = 1 and told.ok and b.data.x = 1 and b.timedOut = null and today() > told.day"),
        notify(
            id="m", data={"x": "=for a in answers.n return a.b", "y": "=given.sum", "z": "=told.y[v = 1].v"}
        ),
    ]
    assert check(cites(*steps, tables={"t": table}, given={"given": {"sum": 1}})) == []


def test_a_table_may_lie_in_a_file_beside_the_definition(tmp_path: Path) -> None:
    table = {
        "table": "t",
        "version": 1,
        "title": "T",
        "policy": "first",
        "inputs": [],
        "outputs": [],
        "rows": [],
    }
    (tmp_path / "fee.json").write_text(json.dumps(table))
    (tmp_path / "x.v1.json").write_text(json.dumps(cites(RULE, tables={"fee": "fee.json"})))
    assert loading.parsed(tmp_path / "x.v1.json")["tables"]["fee"] == table
    for name in ("lost.json", "../x.json"):
        (tmp_path / "x.v1.json").write_text(json.dumps(cites(RULE, tables={"fee": name})))
        with pytest.raises(DefinitionRefused, match="no file"):
            loading.parsed(tmp_path / "x.v1.json")


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.v1.json"
    path.write_text(json.dumps(cites(notify(when="anwsers.n = 1"))))
    assert service_cli.main(["check", str(path)]) == 1
    said = capsys.readouterr().out
    assert "error: step 'n': 'anwsers.n = 1' reads 'anwsers'" in said
    assert "1 errors, 0 warnings" in said
    path.write_text(json.dumps(cites(notify())))
    assert service_cli.main(["check", str(path)]) == 0
    assert service_cli.main(["check", str(tmp_path / "lost")]) == 2
    for broken in ("{", "[]", "\x00"):
        path.write_text(broken)
        assert service_cli.main(["check", str(path)]) == 1


@pytest.mark.parametrize("seed", range(30))
def test_a_document_broken_anywhere_is_refused_in_words_and_never_raises(seed: int) -> None:
    """Take away, or put something else in the place of, any part of a sound document."""
    import random

    chance = random.Random(seed)
    broken = copy.deepcopy(loading.shipped()[seed % 2])
    for _ in range(3):
        place, key = chance.choice(list(_places(broken)))
        change: Callable[[], Any] = chance.choice(
            [lambda: None, lambda: 7, lambda: "=x(", lambda: [], lambda: {}]
        )
        place[key] = change()
    for problem in review(broken, WORLD):
        assert problem.where
        assert problem.message


def _places(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield value, key
        yield from _places(item)
