"""``onestop decision``: check, run, import and export, as an administrator calls it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.decisions.test_deciding import table
from workflows.decisions.cli import main
from workflows.decisions.document import read_table

GOLDEN = [
    {"name": "a child", "given": {"applicant": {"age": 3}, "answers": {"moveDate": None}}, "then": {"fee": 0}}
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fee.json"
    document = table(golden=GOLDEN)
    document["rows"][1]["note"] = "until <31.12.2025> & no longer"
    document["outputs"][0]["otherwise"] = "99"
    path.write_text(json.dumps(document))
    return path


def test_a_table_goes_to_dmn_and_back_without_a_loss(file: Path, tmp_path: Path, capsys: Any) -> None:
    assert main(["export", str(file), "--into", str(tmp_path / "fee.dmn")]) == 0
    assert main(["import", str(tmp_path / "fee.dmn"), "--into", str(tmp_path / "back")]) == 0
    assert capsys.readouterr().err == ""
    back = json.loads((tmp_path / "back" / "parking-fee.json").read_text())
    assert read_table(back) == read_table(json.loads(file.read_text()))


def test_the_model_decides_as_the_table_does(file: Path, tmp_path: Path, capsys: Any) -> None:
    main(["export", str(file), "--into", str(tmp_path / "fee.dmn")])
    given = json.dumps({"applicant": {"age": 40}, "answers": {"moveDate": "2026-02-01"}})
    capsys.readouterr()
    assert main(["run", str(file), "--given", given]) == 0
    assert json.loads(capsys.readouterr().out)["outputs"] == {"fee": 15}
    assert main(["run", str(tmp_path / "fee.dmn"), "--given", given]) == 0
    assert json.loads(capsys.readouterr().out) == {"Fee of a parking permit": 15}


def test_check_says_what_is_wrong(file: Path, capsys: Any) -> None:
    assert main(["check", str(file)]) == 0
    assert "in order" in capsys.readouterr().out
    document = table(golden=[{**GOLDEN[0], "then": {"fee": 1}}])
    document["rows"][0]["when"][0] = "< 17"
    file.write_text(json.dumps(document))
    assert main(["check", str(file)]) == 1
    told = capsys.readouterr()
    assert "look at: no row matches age = 17" in told.out
    assert "golden row 'a child': gives {'fee': 0}; it should give {'fee': 1}" in told.err


@pytest.mark.parametrize(
    ("body", "name", "told"),
    [
        ("{", "t.json", "line 1, column 2"),
        ('{"table": "x"}', "t.json", "version: Field required"),
        ("<a/>", "t.dmn", "the root is no DMN"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, capsys: Any, body: str, name: str, told: str
) -> None:
    (tmp_path / name).write_text(body)
    assert main(["check", str(tmp_path / name)]) == 1
    assert told in capsys.readouterr().err
    assert main(["run", str(tmp_path / "none.json")]) == 1
    assert "No such file" in capsys.readouterr().err
