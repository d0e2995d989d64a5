"""The scoreboard counts what the tests show, and nothing else."""

from pathlib import Path

import pytest

from onestop.security import scoreboard


@pytest.mark.parametrize(
    ("node", "numbers"),
    [
        ("tests/x.py::test_a7_a8_replayed_code", ["A7", "A8"]),
        ("tests/x.py::TestOne::test_a45_wrong[]", ["A45"]),
        ("tests/x.py::test_forged[A46 wrong key]", ["A46"]),
        ("tests/x.py::test_a_citizen_moves", []),
        ("tests/x.py::test_answer[Amsterdam 1]", []),
        ("tests/a7_x.py::test_other", []),
    ],
)
def test_a_test_carries_the_numbers_in_its_name(node: str, numbers: list[str]) -> None:
    assert scoreboard.numbers_of(node) == numbers


def test_every_case_from_1_to_150_is_listed_once() -> None:
    assert list(scoreboard.cases()) == [f"A{number}" for number in range(1, 151)]


def test_verdicts_come_from_the_runs(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "def test_a1_good(): pass\n"
        "def test_a2_bad(): assert False\n"
        "def test_a3_a4_partly(): pass\n"
        "@pytest.mark.skip(reason='needs something')\n"
        "def test_a4_skipped(): pass\n"
        "@pytest.fixture\n"
        "def broken(): raise ValueError\n"
        "def test_a5_never_ran(broken): pass\n"
        "def test_a151_nobody_knows(): pass\n"
    )
    known = scoreboard.cases()
    unknown = scoreboard.run(
        known, [str(tmp_path), "--rootdir", str(tmp_path), "-p", "no:django"], root=tmp_path
    )
    assert [known[f"A{number}"].verdict for number in range(1, 7)] == [
        *("yes", "no", "yes", "no", "no", "not built")
    ]
    assert unknown == ["A151"]


def test_the_page_says_how_many() -> None:
    known = scoreboard.cases()
    known["A1"].passed = 2
    known["A2"].failed.append("tests/x.py::test_a2_bad")
    text = scoreboard.page(known)
    assert "2 concern what is built, and 1 of those are refused" in text
    assert "| A2 | another loopback port for a web client | no |  |" in text
