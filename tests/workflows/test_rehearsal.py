"""Rehearsal: nothing is sent, time is its own, faults happen where chosen, and differences are told."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.playing import definition, deliver
from workflows import service_cli
from workflows.definitions import loading
from workflows.definitions.model import Definition
from workflows.rehearsal import Scenario, ScenarioWrong, read, rehearse
from workflows.rehearsal.cli import SCENARIOS

FILES = sorted(SCENARIOS.glob("*/*.json"))
NEWEST = {one["service"]: one for one in loading.shipped()}


def scenario(**more: Any) -> Scenario:
    return Scenario.model_validate({"scenario": "s", "title": "S", "service": "x", **more})


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_every_recorded_scenario_ends_as_it_did(path: Path) -> None:
    found = read(path)
    assert found.expect is not None
    assert rehearse(Definition(NEWEST[found.service]), found).differences == []


def test_the_scenarios_of_moving_house_go_every_way() -> None:
    reports = [
        rehearse(Definition(NEWEST["moving-house"]), read(path)) for path in FILES if "moving" in str(path)
    ]
    together = reports[0].coverage
    for report in reports[1:]:
        together.add(report.coverage)
    assert (together.missing(steps=True), together.missing()) == ([], [])


def test_a_changed_definition_is_found_by_its_scenario() -> None:
    changed = json.loads(json.dumps(NEWEST["moving-house"]))
    changed["steps"] = [step for step in changed["steps"] if step["id"] != "tell-complete"]
    report = rehearse(Definition(changed), read(SCENARIOS / "moving-house" / "all-agree.json"))
    assert report.differences == ["step tell-complete is not reached, not done"]


def test_faults_happen_where_they_are_chosen() -> None:
    both = definition(deliver("a"), deliver("b"))
    down = rehearse(both, scenario(faults=[{"step": "b", "fault": "down", "times": 3}]))
    assert (down.status, (down.ended_at - down.began_at).total_seconds()) == ("completed", 900)
    silent = rehearse(
        both, scenario(faults=[{"step": "b", "fault": "silent"}], expect={"status": "completed"})
    )
    assert silent.differences == ["it is open, not completed, and waits at b"]
    no = rehearse(both, scenario(faults=[{"step": "b", "fault": "rejected"}]))
    assert no.status == "refused"


def test_every_kind_that_waits_is_answered_and_time_flies() -> None:
    steps: list[dict[str, Any]] = [
        {
            "id": "e",
            "kind": "event",
            "from": "hos",
            "type": "b",
            "match": "=1",
            "within": "P90D",
            "into": "e",
        },
        {"id": "q", "kind": "questions", "pages": [], "within": "P90D", "into": "q"},
        {
            "id": "f",
            "kind": "payment",
            "amount": 9,
            "subject": "s",
            "unit": "u",
            "within": "P9D",
            "into": "f",
        },
        {"id": "v", "kind": "appointment", "unit": "u", "subject": "s", "within": "P9D", "into": "v"},
        {"id": "l", "kind": "link", "to": {}, "role": "r", "texts": {}, "within": "P9D", "into": "l"},
        {
            "id": "k",
            "kind": "task",
            "unit": "u",
            "task": "t",
            "outcomes": ["a"],
            "four_eyes": True,
            "into": "k",
        },
        {"id": "t", "kind": "timer", "for": {"years": 3}},
        {"id": "d", "kind": "document", "name": "n", "texts": {}},
    ]
    people = {"q": [{"value": {"name": "Eva"}}], "l": [{"silent": True}]}
    report = rehearse(definition(*steps), scenario(people=people))
    assert report.status == "completed"
    assert report.state["data"]["q"] == {"name": "Eva", "outcome": "answered"}
    assert report.state["data"]["l"] == {"timedOut": True}
    assert report.state["data"]["k"]["confirmedBy"] != report.state["data"]["k"]["officer"]
    assert (report.ended_at - report.began_at).days > 1095


def test_the_commands_rehearse_record_and_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(loading.HERE / "moving-house.v3.json")
    given = str(SCENARIOS / "moving-house" / "one-declines.json")
    (tmp_path / "moving-house").mkdir()
    kept = tmp_path / "moving-house" / "kept.json"
    assert service_cli.main(["rehearse", file, "--scenario", given, "--record", str(kept)]) == 0
    said = capsys.readouterr().out
    assert "Call  register-move  npr  register_move" in said
    assert '"moveDate": "2027-03-20"' in said
    assert service_cli.main(["scenarios", "--folder", str(tmp_path), "--gaps"]) == 0
    assert "ok    moving-house/kept: completed" in capsys.readouterr().out
    spoiled = json.loads(kept.read_text())
    spoiled["expect"]["status"] = "refused"
    kept.write_text(json.dumps(spoiled))
    assert service_cli.main(["scenarios", "--folder", str(tmp_path)]) == 1
    assert "it is completed, not refused" in capsys.readouterr().out
    kept.write_text('{"scenario": "x"}')
    assert service_cli.main(["scenarios", "--folder", str(tmp_path)]) == 1
    assert "Field required" in capsys.readouterr().out
    assert service_cli.main(["rehearse", file, "--json"]) in (0, 1)
    assert json.loads(capsys.readouterr().out)["scenario"] == "plain"


def test_a_file_that_is_no_scenario_says_where(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for text, why in [("{", "Expecting"), ('{"scenaro": 1}', "scenaro")]:
        path.write_text(text)
        with pytest.raises(ScenarioWrong, match=why):
            read(path)
