"""What `onestop mapping check` finds in a mapping, each kind of finding by a mapping that has it."""

import shutil
from pathlib import Path

import pytest

from adapters.connection_spec import FOLDER, from_folder
from adapters.onboarding import check, standard_paths


@pytest.mark.parametrize("key", ["npr", "tax", "vdr", "laa", "sia", "brg", "pen"])
def test_our_own_mappings_have_no_errors(key: str) -> None:
    report = check.check(from_folder(FOLDER / key))
    assert [one for one in report.findings if one.level == check.ERROR] == []


def changed(folder: Path, old: str, new: str) -> check.Report:
    """LAA's mapping with one thing changed, checked."""
    shutil.copytree(FOLDER / "laa", folder / "laa")
    path = folder / "laa" / "mapping.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    return check.check(from_folder(folder / "laa"))


ROAD = '{ agency = "Road", canonical = "thoroughfare" },'
ZIP = '{ agency = "Zip", canonical = "postCode" },\n  { agency = "Road"'


@pytest.mark.parametrize(
    ("old", "new", "level", "words"),
    [
        (ZIP, '{ agency = "Road"', "error", "Zip is required by the agency"),
        ('call = "FindAddress"', 'call = "FindNothing"', "error", "no operation 'FindNothing'"),
        (ROAD, '{ agency = "Lane", canonical = "thoroughfare" },', "error", "no Entry/Lane"),
        (ROAD, '{ agency = "Road", canonical = "street" },', "warning", "Address has no street"),
        (ROAD, ROAD + ' { agency = "Flat", canonical = "thoroughfare" },', "error", "has a rule already"),
        (
            ROAD,
            '{ agency = "Road", canonical = "thoroughfare", when = "a = 1 and a = 2" },',
            "error",
            "never holds",
        ),
        (
            ROAD,
            '{ agency = "Road", canonical = "thoroughfare", transform = ["cut 5"] },',
            "warning",
            "longer than 5",
        ),
        (ROAD, '{ agency = "Road", canonical = "thoroughfare", transform = ["latin"] },', "warning", "marks"),
        ('Vestvik = "VESTV"', 'Vestvik = "EASTH"', "warning", "not one to one"),
        ('Vestvik = "VESTV"', 'Vestvik = "WEST"', "warning", "WEST, which the contract does not list"),
        (
            "[shapes]",
            '[codes.unused]\ndefault = "refuse"\n[shapes]\nidle = []',
            "warning",
            "is used by no rule",
        ),
        (
            'reply = [{ agency = "Entry", canonical = "address", each = "address" }]',
            'reply = [{ agency = "Entry", canonical = "address", each = "address" }]\n'
            'outcome = [{ is = "accepted" }, { is = "retry" }]',
            "error",
            "those after it are dead",
        ),
    ],
)
def test_finds(tmp_path: Path, old: str, new: str, level: str, words: str) -> None:
    report = changed(tmp_path, old, new)
    assert [one.level for one in report.findings if words in one.message][:1] == [level], report.findings


def test_a_round_trip_that_changes_the_value_is_shown(tmp_path: Path) -> None:
    report = changed(
        tmp_path,
        '{ agency = "@key", canonical = "addressID" }]',
        '{ agency = "@key", canonical = "addressID", transform = ["upper"] }]',
    )
    assert "round trip get_address: as it went" in report.round_trips
    (tmp_path / "laa" / "samples.json").write_text('{"get_address": {"addressID": "au-10010001"}}')
    again = check.check(from_folder(tmp_path / "laa"))
    assert "round trip get_address: addressID: 'au-10010001' came back as 'AU-10010001'" in again.round_trips


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("persn.familyName", "is person meant?"),
        ("person.familiyName", "is familyName meant?"),
        ("adress.postCode", "is address meant?"),
        ("application.reason", ""),
        ("person.familyName", ""),
    ],
)
def test_a_misspelt_name_of_the_standard_is_noticed(path: str, meant: str) -> None:
    wrong = standard_paths.missing(path)
    assert wrong.endswith(meant) if meant else wrong == ""


def test_a_value_that_does_not_come_back_is_an_error(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "laa", tmp_path / "laa")
    (tmp_path / "laa" / "samples.json").write_text('{"get_address": {"addressID": "AU-1", "lost": "x"}}')
    report = check.check(from_folder(tmp_path / "laa"))
    assert any(one.level == check.ERROR and "lost" in one.message for one in report.findings)


def test_an_empty_code_list_that_refuses_is_said(tmp_path: Path) -> None:
    codes = '[codes.district]\nEastholm = "EASTH"\nVestvik = "VESTV"\nNorrby = "NORRB"\ndefault = "OTHER"\n'
    report = changed(tmp_path, codes, '[codes.district]\ndefault = "refuse"\n')
    assert any("is empty and refuses every word" in one.message for one in report.findings)
