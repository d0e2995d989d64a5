"""`onestop service rehearse` and `scenarios`: run definitions in memory and say what happened."""

import argparse
import json
from pathlib import Path
from typing import Any

from workflows.definitions.checking import DefinitionRefused
from workflows.definitions.loading import HERE, read, shipped
from workflows.definitions.model import Definition
from workflows.rehearsal.coverage import Coverage
from workflows.rehearsal.running import Report, expected, rehearse
from workflows.rehearsal.scenario import Scenario, ScenarioWrong, write
from workflows.rehearsal.scenario import read as read_scenario

SCENARIOS = HERE / "scenarios"


def add_commands(commands: Any) -> None:
    """Add both commands to those of `onestop service`."""
    one = commands.add_parser("rehearse", help="run a definition in memory; nothing is sent")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--scenario", type=Path, help="who applies, what is answered, which faults")
    one.add_argument("--record", type=Path, metavar="FILE", help="write it as a scenario to be re-run")
    one.add_argument("--json", action="store_true", help="everything, with each message's value")
    one.set_defaults(run=run_rehearse)
    one = commands.add_parser("scenarios", help="run the recorded scenarios again, with coverage")
    one.add_argument("service", nargs="?", default="")
    one.add_argument("--folder", type=Path, default=SCENARIOS, help="where they lie, a folder a service")
    one.add_argument("--gaps", action="store_true", help="name every way that no scenario goes")
    one.set_defaults(run=run_scenarios)


def run_rehearse(options: argparse.Namespace) -> int:
    """Rehearse one file; 1 where it did not end as it must, or the files are not in order."""
    try:
        definition = Definition(read(options.file))
        scenario = read_scenario(options.scenario) if options.scenario else _plain(definition)
    except (DefinitionRefused, ScenarioWrong, OSError) as error:
        print(f"{error}")
        return 1
    report = rehearse(definition, scenario)
    if options.record:
        found = scenario.model_copy(update={"expect": expected(report)})
        write(found, options.record)
    _tell(report, as_json=options.json)
    return 0 if report.passed and (scenario.expect or report.status != "open") else 1


def run_scenarios(options: argparse.Namespace) -> int:
    """Run all scenarios of a service, or of all; 1 where one did not end as it must."""
    newest = {one["service"]: one for one in shipped()}
    failed, ran = 0, 0
    for folder in sorted(path for path in options.folder.iterdir() if path.is_dir()):
        if options.service not in ("", folder.name) or folder.name not in newest:
            continue
        definition = Definition(newest[folder.name])
        together = Coverage(definition)
        for path in sorted(folder.glob("*.json")):
            ran += 1
            try:
                report = rehearse(definition, read_scenario(path))
            except ScenarioWrong as error:
                print(f"WRONG {error}")
                failed += 1
                continue
            together.add(report.coverage)
            failed += not report.passed
            print(f"{'ok   ' if report.passed else 'FAIL '} {folder.name}/{path.stem}: {report.status}")
            for difference in report.differences:
                print(f"      {difference}")
        _cover(definition, together, options.gaps)
    print(f"{ran} scenarios, {failed} failed")
    return 1 if failed or not ran else 0


def _plain(definition: Definition) -> Scenario:
    """Where no scenario is given: a person with nothing but a number, and everything goes well."""
    person = {"identifier": {"notation": "19850312T4173"}, "givenName": "Maria", "familyName": "Lind"}
    data = {"applicant": person, "answers": {}}
    return Scenario(scenario="plain", title="Everything goes well", service=definition.service, data=data)


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        told = {
            key: getattr(report, key) for key in ("scenario", "status", "result", "calls", "waiting", "trace")
        }
        told["endedAt"] = report.ended_at.isoformat()
        told["missing"] = [
            list(way) for way in report.coverage.missing(steps=True) + report.coverage.missing()
        ]
        print(
            json.dumps({**told, "differences": report.differences}, indent=1, ensure_ascii=False, default=str)
        )
        return
    for entry in report.trace:
        facts = [entry["at"][:16], entry["effect"], entry.get("token", ""), entry.get("connection", "")]
        facts += [entry.get("operation", ""), entry.get("kind", ""), entry.get("reason", "")]
        print("  ".join(str(fact) for fact in facts if fact))
        if "value" in entry and entry["effect"] == "Call":
            print(f"    {json.dumps(entry['value'], ensure_ascii=False, default=str)}")
    still = f", waits at {', '.join(report.waiting)}" if report.waiting else ""
    print(
        f"{report.scenario}: {report.status} {report.result}after {report.ended_at - report.began_at}{still}"
    )
    for difference in report.differences:
        print(f"  differs: {difference}")
    _cover(report.coverage.definition, report.coverage, gaps=True)


def _cover(definition: Definition, coverage: Coverage, gaps: bool) -> None:
    steps, branches = coverage.share(steps=True), coverage.share(steps=False)
    print(f"{definition.service} v{definition.version}: {steps[0]} of {steps[1]} steps, ", end="")
    print(f"{branches[0]} of {branches[1]} branches")
    if gaps:
        for step, way in coverage.missing(steps=True) + coverage.missing():
            print(f"    not gone: {step}: {way}")
