"""`onestop security scoreboard`: run the tests of every attack case and print yes or no for each.

A case is *yes* when tests carry its number and all of them pass, *no* when one fails or could not run, and
*not built* when no test carries it. Runs in a checkout with the tools for tests (`make test` installs them).
"""

import argparse
import json
import re
import tomllib
from collections.abc import Iterable
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
CASES = Path(__file__).with_name("cases.toml")
PAGE = ROOT / "docs" / "security-scoreboard.md"
YES, NO, NOT_BUILT = "yes", "no", "not built"
_OF_NAME = re.compile(r"::test_((?:a\d+_)+)")
_OF_PARAMETER = re.compile(r"\[.*?\bA(\d+) ")


@dataclass(slots=True)
class Case:
    """One attack and what the tests say of it."""

    number: str
    group: str
    attack: str
    passed: int = 0
    failed: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """yes, no or not built."""
        return NO if self.failed else YES if self.passed else NOT_BUILT


def cases() -> dict[str, Case]:
    """Every case by its number, in order."""
    groups = tomllib.loads(CASES.read_text(encoding="utf-8"))
    return {
        number: Case(number, group, attack)
        for group, attacks in groups.items()
        for number, attack in attacks.items()
    }


def numbers_of(node: str) -> list[str]:
    """The numbers that a test carries: in its function's name, or at the start of its parameter."""
    named = _OF_NAME.search(node)
    found = [one.upper() for one in named[1].strip("_").split("_")] if named else []
    parameter = _OF_PARAMETER.search(node)
    return [*found, f"A{parameter[1]}"] if parameter else found


def run(known: dict[str, Case], arguments: Iterable[str] = (), root: Path = ROOT / "tests") -> list[str]:
    """Run the tests that carry a number and enter what became of them; return numbers nobody knows."""
    import pytest

    unknown: list[str] = []

    class Recorder:
        def pytest_collection_modifyitems(self, items: list[Any], config: Any) -> None:
            chosen = [item for item in items if numbers_of(item.nodeid)]
            config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
            items[:] = chosen

        def pytest_runtest_logreport(self, report: Any) -> None:
            bad = report.failed or report.skipped
            if report.when != "call" and not bad:
                return
            for number in numbers_of(report.nodeid):
                if number not in known:
                    unknown.append(number)
                elif bad:
                    known[number].failed.append(report.nodeid)
                else:
                    known[number].passed += 1

    with redirect_stdout(StringIO()):
        pytest.main(["-q", "-p", "no:randomly", str(root), *arguments], plugins=[Recorder()])
    return unknown


def page(known: dict[str, Case]) -> str:
    """The scoreboard as a page of the documentation."""
    held = list(known.values())
    built = [one for one in held if one.verdict != NOT_BUILT]
    refused = [one for one in built if one.verdict == YES]
    lines = [
        "# Security scoreboard",
        "",
        f"Of {len(held)} attacks, {len(built)} concern what is built, and {len(refused)} of those are "
        "refused, each by tests that carry its number. "
        "`onestop security scoreboard --write` makes this page.",
    ]
    for group in dict.fromkeys(one.group for one in held):
        lines += ["", f"## {group}", "", "| | Attack | Refused | Tests |", "|---|---|---|---|"]
        lines += [
            f"| {one.number} | {one.attack} | {one.verdict} | {one.passed or ''} |"
            for one in held
            if one.group == group
        ]
    return "\n".join([*lines, ""])


def main(arguments: list[str]) -> int:
    """Print the scoreboard; 1 where an attack is not refused, 2 where it cannot be run."""
    parser = argparse.ArgumentParser(prog="onestop security", description="Which attacks are refused.")
    parser.add_argument("action", choices=["scoreboard"])
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--write", action="store_true", help=f"also write {PAGE.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    try:
        import pytest  # noqa: F401
    except ImportError:
        print("The scoreboard runs the tests: install their tools first (make test).")
        return 2
    known = cases()
    unknown = run(known)
    if options.json:
        print(json.dumps([{**asdict(one), "verdict": one.verdict} for one in known.values()], indent=1))
    else:
        for one in known.values():
            print(f"{one.number:<5} {one.verdict:<10} {one.attack}")
            for node in one.failed:
                print(f"      {node}")
    if options.write:
        PAGE.write_text(page(known), encoding="utf-8")
    for number in sorted(set(unknown)):
        print(f"{number} is carried by a test, but is no case")
    count = {
        verdict: sum(one.verdict == verdict for one in known.values()) for verdict in (YES, NO, NOT_BUILT)
    }
    print(f"refused {count[YES]}, not refused {count[NO]}, not built {count[NOT_BUILT]}")
    return 1 if count[NO] or unknown else 0
