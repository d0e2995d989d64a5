"""An exchange with the sandbox becomes a test that passes, fails when the mapping changes, names nobody."""

import json
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters import exchange
from adapters.connection_spec import FOLDER
from adapters.errors import Unavailable
from adapters.events import MEDIA_TYPE
from adapters.models import Exchange, WorkbenchItem
from adapters.ports import Accepted, Context
from adapters.regression import cli
from adapters.regression.making import NotMade, make
from adapters.regression.pseudonyms import Pseudonyms
from adapters.regression.replay import load, replay
from adapters.regression.vocabulary import Vocabulary
from adapters.sandbox import Sandbox, run
from adapters.sandbox.hos import new_event
from onestop.lib import personal_number
from tests.adapters.connections import CHANGE, MARIA, PERSON, STRANGER
from tests.adapters.connections import load as load_connections
from tests.sandbox.waiting import eventually

ESTATE: dict[str, Any] = {"person": PERSON, "matter": "estate"}
pytestmark = pytest.mark.django_db
CONTEXT = Context("correlation", "0d5f2d2e-5a64-4b0e-9f1c-0a4f7c1f3a11", "MOV-2026-1", "step", "worker")
ASK: dict[str, Any] = {"person": PERSON}
PERSONAL = (
    MARIA,
    "19850312",
    "1985-03-12",
    "Lindqvist",
    "Okafor",
    "Maria",
    "Orchard",
    "Harbour Street",
    "52330",
)
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("npr", "get_household", ASK),
    ("npr", "get_household", {"person": {**PERSON, "identifier": {"notation": STRANGER}}}),
    ("laa", "get_address", {"addressID": "AU-10010001"}),
    ("vdr", "find_vehicles", ASK),
    ("tax", "update_domicile", CHANGE),
]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with run() as sandbox:
        load_connections(sandbox)
        yield sandbox


def recorded(key: str, operation: str, value: dict[str, Any]) -> Exchange:
    exchange.perform(key, operation, value, CONTEXT)
    return Exchange.objects.get()


def run_test(path: Path) -> None:
    """Call the one test of a generated file."""
    functions = [one for name, one in runpy.run_path(str(path)).items() if name.startswith("test_")]
    (function,) = functions
    function()


@pytest.mark.parametrize(("key", "operation", "value"), CALLS)
def test_it_passes_and_names_nobody(
    sandbox: Sandbox, tmp_path: Path, key: str, operation: str, value: dict[str, Any]
) -> None:
    row = recorded(key, operation, value)
    made = make(row, tmp_path)
    run_test(made.test)
    text = made.data.read_text()
    assert [one for one in PERSONAL if one in text] == []
    assert load(made.data).answer["state"] == row.state
    assert load(made.data).sent


def test_it_fails_when_the_mapping_changes(sandbox: Sandbox, tmp_path: Path) -> None:
    made = make(recorded("npr", "get_household", ASK), tmp_path / "out")
    kept = load(made.data)
    folder = tmp_path / "connections"
    shutil.copytree(FOLDER / "npr", folder / "npr")
    assert replay(kept, folder).answer == kept.answer
    mapping = folder / "npr" / "mapping.toml"
    mapping.write_text(mapping.read_text().replace('"familyName"', '"birthName"'))
    assert replay(kept, folder).answer != kept.answer


def test_one_person_has_one_stand_in_and_a_valid_number(sandbox: Sandbox, tmp_path: Path) -> None:
    kept = load(make(recorded("npr", "get_household", ASK), tmp_path).data)
    number = kept.value["person"]["identifier"]["notation"]
    assert personal_number.is_valid(number)
    assert "T" in number
    members = kept.answer["value"]["household"]["member"]
    assert number in [one["identifier"]["notation"] for one in members]
    assert number in kept.sent[0].body
    born = next(one for one in members if one["identifier"]["notation"] == number)["dateOfBirth"]
    assert number.startswith(born.replace("-", ""))


def test_stand_ins_keep_dates_apart_and_words_together() -> None:
    names = Pseudonyms(b"k" * 32, vocabulary=Vocabulary(frozenset({"call"})))
    first, second = names.text("dateOfBirth", "1985-03-12"), names.text("from", "1985-03-14")
    assert second > first != "1985-03-12"
    assert names.text("BirthDate", "19850312") == first.replace("-", "")
    assert names.text("at", "1985-03-12T10:00:00Z") == f"{first}T10:00:00Z"
    family = names.text("familyName", "Lindqvist")
    assert (
        names.text("Remark", "call Lindqvist, a.b@x.org")
        == f"call {family}, {names.text('mail', 'a.b@x.org')}"
    )
    assert names.text("Surname", "Lindqvist") == family
    assert names.text("phone", "+46701740605").startswith("+46")
    assert names.text("SexCode", "2") == "2"
    assert "SexCode" in names.kept
    assert Pseudonyms().text("familyName", "Lindqvist") != "Lindqvist"


def test_what_cannot_become_a_test_is_said(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.agencies["laa"].switch(down=True)
    with pytest.raises(Unavailable):
        exchange.perform("laa", "get_address", {"addressID": "AU-10010001"}, CONTEXT)
    row = Exchange.objects.get()
    with pytest.raises(NotMade, match="no answer in this exchange"):
        make(row, tmp_path)
    assert cli.main(["to-test", str(row.public_id), "--out", str(tmp_path)]) == 2
    assert cli.main(["to-test", "nothing"]) == 2
    assert "there is no exchange nothing" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_written_becomes_a_test(sandbox: Sandbox, tmp_path: Path) -> None:
    made = make(recorded("sia", "register_change", CHANGE), tmp_path)
    run_test(made.test)
    kept = load(made.data)
    (sent,) = kept.sent
    number = kept.value["person"]["identifier"]["notation"]
    assert personal_number.is_valid(number)
    assert json.loads(sent.body)[1]["insuredNo"] == number
    assert [one for one in PERSONAL if one in made.data.read_text()] == []


def test_an_acknowledgement_becomes_a_test(sandbox: Sandbox, tmp_path: Path) -> None:
    exchange.perform("sia", "register_change", CHANGE, CONTEXT)
    reference = Exchange.objects.get().detail
    eventually(lambda: isinstance(exchange.check("sia", "register_change", reference, CONTEXT), Accepted))
    row = Exchange.objects.filter(operation="register_change.check", state="accepted").get()
    made = make(row, tmp_path)
    run_test(made.test)
    kept = load(made.data)
    assert kept.answer["reference"].startswith("J")
    assert "T" in kept.received
    assert [one for one in PERSONAL if one in made.data.read_text()] == []


def test_an_item_for_the_workbench_becomes_a_test(sandbox: Sandbox, tmp_path: Path) -> None:
    before = WorkbenchItem.objects.count()
    made = make(recorded("crt", "open_case", ESTATE), tmp_path)
    assert WorkbenchItem.objects.count() == before + 1, "the replay puts nothing into the queue"
    run_test(made.test)
    kept = load(made.data)
    assert kept.answer["reference"] == "@reference"
    assert json.loads(kept.sent[0].body)["value"]["person"] == kept.value["person"]
    assert [one for one in PERSONAL if one in made.data.read_text()] == []


def test_an_event_becomes_a_test(tmp_path: Path) -> None:
    event = new_event("birth")
    body = json.dumps(event).encode()
    exchange.record_inbound("hos", "event", "", "", body, "taken", received_type=MEDIA_TYPE)
    row = Exchange.objects.get()
    made = make(row, tmp_path)
    run_test(made.test)
    value = load(made.data).answer["value"]
    assert personal_number.is_valid(value["data"]["mother"])
    assert value["subject"] == value["data"]["mother"]
    assert [one for one in PERSONAL if one in made.data.read_text()] == []


def test_a_whole_case_has_one_stand_in_for_one_person(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for key, operation, value in (("npr", "get_household", ASK), ("vdr", "find_vehicles", ASK)):
        exchange.perform(key, operation, value, CONTEXT)
    assert cli.main(["list", "--case", CONTEXT.case]) == 0
    shown = capsys.readouterr().out
    assert [line.split()[4] for line in shown.splitlines()] == ["npr.get_household", "vdr.find_vehicles"]
    assert cli.main(["to-test", "--case", CONTEXT.case, "--out", str(tmp_path)]) == 0
    numbers = {load(path).value["person"]["identifier"]["notation"] for path in tmp_path.glob("*.json")}
    assert len(list(tmp_path.glob("*.json"))) == 2
    assert len(numbers) == 1
    assert cli.main(["to-test", "--case", "MOV-0"]) == 2


def test_the_command_says_what_was_replaced_and_kept(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = recorded("npr", "get_household", ASK)
    assert cli.main(["to-test", str(row.public_id), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "replaced PersonNumber (number)" in said
    assert "SexCode" in said.partition("kept")[2]
    (test,) = tmp_path.glob("test_*.py")
    run_test(test)
