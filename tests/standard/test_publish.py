"""The exported files are valid, agree with the types, and the committed reference page is up to date."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from adapters.standard import TYPES, Canonical
from adapters.standard.cli import main
from adapters.standard.publish import files, json_schema, reference
from onestop.lib import aurelia
from tests.standard.test_people import canonical_person


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_schema_is_valid_and_described(model: type[Canonical]) -> None:
    schema = json_schema(model)
    Draft202012Validator.check_schema(schema)
    assert all("description" in part and "x-term" in part for part in schema["properties"].values())


def test_schema_takes_people_and_refuses_strangers() -> None:
    person = Draft202012Validator(json_schema(TYPES[0]))
    value = canonical_person(aurelia.people()[0])
    assert person.is_valid(value)
    assert not person.is_valid({**value, "nickname": "M"})


def test_export_writes_and_names_every_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    for name, text in files().items():
        assert (tmp_path / "out" / name).read_text(encoding="utf-8") == text
        assert name in printed


def test_export_says_where_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(["export", str(tmp_path / "file")]) == 1
    assert "Cannot write to" in capsys.readouterr().err


def test_the_committed_reference_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "standard" / "reference.md"
    assert page.read_text(encoding="utf-8") == reference()
