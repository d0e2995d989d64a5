"""What `onestop mapping check` finds in a mapping, each kind of finding by a mapping that has it."""

import shutil
from pathlib import Path

import pytest

from adapters.connection_spec import FOLDER, from_folder
from adapters.onboarding import check, standard_paths
from adapters.onboarding.findings import ERROR, Finding


@pytest.mark.parametrize("key", ["npr", "tax", "vdr", "laa", "sia", "brg", "pen"])
def test_our_own_mappings_have_no_errors(key: str) -> None:
    report = check.check(from_folder(FOLDER / key))
    assert [one for one in report.findings if one.level == ERROR] == []


def changed(folder: Path, old: str, new: str) -> check.Report:
    """LAA's mapping with one thing changed, checked."""
    shutil.copytree(FOLDER / "laa", folder / "laa")
    path = folder / "laa" / "mapping.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    return check.check(from_folder(folder / "laa"))


ROAD = '{ agency = "Road", canonical = "thoroughfare" },'
REPLY = 'reply = [{ agency = "Entry", canonical = "address", each = "address" }]'
ZIP = '{ agency = "Zip", canonical = "postCode" },\n  { agency = "Road"'


@pytest.mark.parametrize(
    ("old", "new", "level", "words"),
    [
        (ZIP, '{ agency = "Road"', "error", "Zip is required by the agency"),
        ('call = "FindAddress"', 'call = "FindAddres"', "error", "'FindAddres'; is FindAddress meant?"),
        ('call = "FindAddress"', 'call = "FindAddress"\nrequst = []', "warning", "is request meant?"),
        (ROAD, '{ agency = "Lane", canonical = "thoroughfare" },', "error", "no Entry/Lane"),
        (
            REPLY,
            'reply = [{ agency = "Entry", canonical = "found", type = "present" }]',
            "warning",
            "nothing of",
        ),
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
    assert any(one.level == ERROR and "lost" in one.message for one in report.findings)


def test_an_empty_code_list_that_refuses_is_said(tmp_path: Path) -> None:
    codes = '[codes.district]\nEastholm = "EASTH"\nVestvik = "VESTV"\nNorrby = "NORRB"\ndefault = "OTHER"\n'
    report = changed(tmp_path, codes, '[codes.district]\ndefault = "refuse"\n')
    assert any("is empty and refuses every word" in one.message for one in report.findings)


def test_an_unknown_operation_is_told_once_with_its_line(tmp_path: Path) -> None:
    report = changed(tmp_path, 'call = "FindAddress"', 'call = "Nothing"')
    line = (tmp_path / "laa" / "mapping.toml").read_text().split("[operations.find_address]")[0].count(
        "\n"
    ) + 1
    errors = [one for one in report.findings if one.level == ERROR]
    assert [one.where for one in errors] == [f"mapping.toml, line {line}: operations.find_address"]


CHOICE = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:m" targetNamespace="urn:m"
 elementFormDefault="qualified">
 <xs:element name="Ask"><xs:complexType><xs:sequence>
  <xs:choice><xs:element name="Number" type="xs:string"/><xs:sequence><xs:element name="Surname">
   <xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="24"/></xs:restriction></xs:simpleType>
   </xs:element><xs:element name="Born" type="xs:date"/></xs:sequence></xs:choice>
  <xs:choice minOccurs="0"><xs:element name="Mail" type="xs:string"/></xs:choice>
  <xs:element name="Note" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
 <xs:element name="AskResponse" type="xs:string"/>
</xs:schema>"""


def asked(folder: Path, rule: str) -> list[Finding]:
    """What is found in a connection whose agency wants a number, or a name and a date."""
    home = folder / "choosing"
    home.mkdir()
    (home / "c.xsd").write_text(CHOICE)
    (home / "connection.toml").write_text(
        'name = "C"\nkind = "xmlhttp"\nbase_url = "http://127.0.0.1:1"\npath = "/"\ncontract = "c.xsd"\n'
    )
    (home / "mapping.toml").write_text(
        f'[operations.ask]\ncall = "Ask"\nanswer = "AskResponse"\nrequest = [{rule}]\nreply = []\n'
    )
    return check.check(from_folder(home)).findings


def test_a_choice_that_nothing_makes_is_an_error(tmp_path: Path) -> None:
    found = asked(tmp_path, '{ agency = "Note", canonical = "note" }')
    wanted = [one for one in found if "one of Number, Surname, Born" in one.message]
    assert [one.level for one in wanted] == [ERROR]
    assert not any("Mail" in one.message for one in found)


def test_a_choice_that_is_made_is_none(tmp_path: Path) -> None:
    found = asked(tmp_path, '{ agency = "Number", canonical = "person.identifier.notation" }')
    assert [one for one in found if "one of" in one.message] == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("", "person.familyName may have 200 characters and the agency takes 24"),
        (', transform = ["cut 30"]', "makes texts of 30 characters, and the agency takes 24"),
        (', transform = ["cut 24"]', "loses what is longer than 24"),
    ],
)
def test_texts_longer_than_the_agency_takes_are_lossy(tmp_path: Path, more: str, words: str) -> None:
    found = asked(tmp_path, f'{{ agency = "Surname", canonical = "person.familyName"{more} }}')
    assert any(words in one.message and "line 4" in one.where for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "level", "words"),
    [
        ("acknowledged.K1", "acknowledged.K9", "error", "no record K9; it has"),
        ("acknowledged.F1", "acknowledged.R2", "warning", "the acknowledging record F1 is read by nothing"),
        ('agency = "journalNo"', 'agency = "journal"', "error", "the contract has no journal"),
        (
            'outcome = [{ is = "rejected" }]',
            'outcome = [{ is = "retry" }, { is = "accepted" }]',
            "error",
            "dead",
        ),
    ],
)
def test_acknowledgements_are_checked_place_by_place(
    tmp_path: Path, old: str, new: str, level: str, words: str
) -> None:
    shutil.copytree(FOLDER / "sia", tmp_path / "sia")
    path = tmp_path / "sia" / "mapping.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    found = check.check(from_folder(tmp_path / "sia")).findings
    assert [one.level for one in found if words in one.message] == [level], found
