"""A connection made from a contract alone, checked and verified; connections and kinds from elsewhere."""

import json
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from adapters import registry
from adapters.conformance.checks import CHECKS
from adapters.conformance.simulated import simulated
from adapters.conformance.verdicts import NO, Seen
from adapters.connection_spec import FOLDER, ConnectionSpec, from_folder
from adapters.contracts.violation import ContractUnreadable
from adapters.errors import Misconfigured
from adapters.onboarding import adapter_cli, check, mapping_cli, new, verify

RDW = "nl-suwinet/wsdls/RDWDossierGSD-v0200-b02/Diensten/RDWDossierGSD/v0200-b02/Impl/BKWI.wsdl"


@pytest.fixture
def household(tmp_path: Path) -> Path:
    """A connection made of the population register's WSDL, nothing edited."""
    return new.make("people", FOLDER / "npr" / "npr.wsdl", ["GetHousehold"], tmp_path).folder


def verdicts(spec: ConnectionSpec) -> dict[str, Seen]:
    return {one.check: one for one in verify.simulated(spec)}


def test_a_new_connection_passes_without_a_line_written(household: Path) -> None:
    found = verdicts(from_folder(household))
    assert {name for name, one in found.items() if one.verdict == NO} == set()
    assert set(CHECKS) <= set(found)
    assert "0 messages sent" in found["contract violation found before sending"].evidence


@pytest.mark.corpus
def test_a_foreign_vehicle_register_passes_without_a_line_written(corpus: Path, tmp_path: Path) -> None:
    made = new.make("rdw", corpus / RDW, ["KentekenInfo", "VoertuigbezitInfoPersoon"], tmp_path)
    found = verdicts(from_folder(made.folder))
    assert {name: one.evidence for name, one in found.items() if one.verdict == NO} == {}
    assert check.check(from_folder(made.folder)).errors == 0
    assert len(made.open_rules) < 30


def test_a_mapping_that_leaves_a_required_field_open_is_told(household: Path) -> None:
    path = household / "mapping.toml"
    rule = '  { agency = "PersonNumber", canonical = "person.identifier.notation" },\n]\nreply'
    assert rule in path.read_text()
    path.write_text(path.read_text().replace(rule, "]\nreply"))
    found = verdicts(from_folder(household))
    assert found["required fields are mapped"].verdict == NO
    assert "PersonNumber" in found["required fields are mapped"].evidence
    assert check.check(from_folder(household)).errors == 1


def test_a_name_or_operation_that_cannot_be_leaves_nothing(tmp_path: Path) -> None:
    for name, operation in (("No Name", "GetHousehold"), ("people", "GetNothing")):
        with pytest.raises(new.NotMade):
            new.make(name, FOLDER / "npr" / "npr.wsdl", [operation], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_contract_without_operations_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "empty.wsdl"
    source.write_text('<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:empty"/>')
    with pytest.raises((new.NotMade, ContractUnreadable)):
        new.make("empty", source, [], tmp_path)
    assert not (tmp_path / "empty").exists()


def test_commands_say_what_they_did(
    household: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        adapter_cli.main(["new", "cars", "--from", str(FOLDER / "vdr" / "vdr.wsdl"), "--dir", str(tmp_path)])
        == 0
    )
    assert adapter_cli.main(["verify", str(household), "--json"]) == 0
    shown = capsys.readouterr().out
    assert {one["verdict"] for one in json.loads(shown[shown.index("[\n") :])} == {"yes", "-"}
    assert mapping_cli.main(["check", str(household), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["round_trips"] == ["round trip get_household: as it went"]
    assert mapping_cli.main(["suggest", str(FOLDER / "npr" / "npr.wsdl"), "GetHousehold"]) == 0
    assert "Likely   PersonNumber (required) = person.identifier.notation" in capsys.readouterr().out
    assert adapter_cli.main(["verify", "nobody"]) == 2


@pytest.mark.django_db
def test_a_loaded_connection_is_called(
    household: Path, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CONNECTIONS_DIRS = [str(household.parent)]
    with simulated(from_folder(household)) as one:
        path = household / "connection.toml"
        address = f'base_url = "{one.agency.url.removesuffix("/")}"\nallow_private = true'
        lines = [address if line.startswith("base_url") else line for line in path.read_text().splitlines()]
        path.write_text("\n".join(lines))
        assert adapter_cli.main(["load"]) == 0
        assert adapter_cli.main(["call", "people", "get_household"]) == 0
        assert "Accepted" in capsys.readouterr().out
        (tmp_path / "value.json").write_text('{"person": {"identifier": {"notation": "nobody"}}}')
        value = ["--value", str(tmp_path / "value.json")]
        assert adapter_cli.main(["call", "people", "get_household", *value]) == 2
        assert "PersonNumber" in capsys.readouterr().err
        assert one.agency.store.ledger()["received"] == 1


def test_against_a_real_system_only_reads_are_sent(household: Path) -> None:
    spec = from_folder(household)
    with simulated(spec) as one:
        local = replace(spec, settings={**spec.settings, "allow_private": True})
        url = one.agency.url.removesuffix("/")
        assert [seen.verdict for seen in verify.against(local, url)][-1] == "-"
        assert one.agency.store.ledger()["received"] == 0
        reading = {**local.settings, "delivery": {"operations": {"get_household": "read"}}}
        assert [seen.verdict for seen in verify.against(replace(local, settings=reading), url)][-1] == "yes"
        assert one.agency.store.ledger()["received"] == 1


def test_connections_may_lie_elsewhere(household: Path, settings: Any) -> None:
    settings.CONNECTIONS_DIRS = [str(household.parent)]
    assert set(registry.keys()) >= {"people", "npr"}
    assert registry.folder_of("people") == household
    before = registry.contract_hash(household)
    part = household / "contract" / "npr.xsd"
    part.write_text(part.read_text() + "\n")
    assert registry.contract_hash(household) != before


def test_two_connections_of_one_name_are_refused(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "npr").mkdir()
    (tmp_path / "npr" / "connection.toml").write_text("")
    settings.CONNECTIONS_DIRS = [str(tmp_path)]
    with pytest.raises(Misconfigured, match="two connections"):
        registry.keys()


def build_foreign(spec: ConnectionSpec) -> Any:
    """What a third party's package would offer."""
    return ("foreign", spec.key)


def test_a_kind_may_come_from_another_package(monkeypatch: pytest.MonkeyPatch, household: Path) -> None:
    path = f"{__name__}:build_foreign"
    by_path = replace(from_folder(household), kind=path)
    assert registry.build(by_path) == ("foreign", "people")
    entry = EntryPoint("telex", path, registry.ENTRY_POINTS)
    monkeypatch.setattr(registry, "entry_points", lambda group, name: [entry] if name == "telex" else [])
    assert registry.build(replace(by_path, kind="telex")) == ("foreign", "people")
    with pytest.raises(Misconfigured, match="no kind 'fax'"):
        registry.build(replace(by_path, kind="fax"))
