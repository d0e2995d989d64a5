"""``python -m bench.dmn_tck FOLDER [-v] [NAME...]``: run the DMN Technology Compatibility Kit, from a copy.

FOLDER holds ``compliance-level-2`` and ``compliance-level-3``, each with folders of a model (``.dmn``) and
tests (``.xml``), as the kit's ``TestCases``. Prints what passed, by level; ``-v`` adds each failure.
The kit's files are not part of this project: their licence asks for sharing alike.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from onestop.lib.markup import Element, read_markup
from workflows.decisions.dmn import Model, ModelRefused, Run, read_model
from workflows.expressions import Budget, BudgetSpent
from workflows.expressions.moments_text import read_date, read_date_time, read_duration, read_time
from workflows.expressions.numbers import number, parse_number
from workflows.expressions.values import equal, kind_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEAR = Decimal("0.00000001")  # as the kit's own runner compares: many expected numbers are floats
READERS = {"date": read_date, "time": read_time, "dateTime": read_date_time, "duration": read_duration}


@dataclass
class Score:
    """What passed of one level."""

    passed: int = 0
    all: int = 0
    cases: int = 0
    whole: int = 0
    failures: list[str] = field(default_factory=list)


def value_of(one: Element | None) -> Any:
    """A value of a test: ``<value xsi:type>``, ``<list>`` of items, or components."""
    if one is None:
        return None
    found = one.first("list")
    if found is not None:
        return None if _is_nil(found) else [value_of(item) for item in found.elements("item")]
    components = list(one.elements("component"))
    if components:
        return {component.get("name"): value_of(component) for component in components}
    simple = one.first("value")
    if simple is None or _is_nil(simple):
        return None
    kind = next((v for k, v in simple.attributes.items() if k.endswith(":type")), "").rpartition(":")[2]
    text = simple.words()
    if not kind:  # older files say no types
        return _untyped(text.strip())
    if kind == "boolean":
        return text.strip() == "true"
    if kind in {"decimal", "double", "float", "integer", "int", "long"}:
        return parse_number(text.strip())
    if kind in READERS:
        return READERS[kind](text.strip())
    return text


def _untyped(text: str) -> Any:
    if text in {"true", "false"}:
        return text == "true"
    found = parse_number(text) if text[:1].isdigit() or text[:1] in {"-", "."} else None
    return found if found is not None else text or None


def _is_nil(one: Element) -> bool:
    return any(name.endswith(":nil") and value == "true" for name, value in one.attributes.items())


def same(expected: Any, found: Any) -> bool:
    """Whether a result is what a test expects."""
    one, other = number(expected), number(found)
    if one is not None and other is not None and kind_of(found) == "number" == kind_of(expected):
        return abs(Decimal(one) - Decimal(other)) <= NEAR
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(same(expected[key], found[key]) for key in expected)
    return equal(expected, found, Budget(100_000)) is True and kind_of(expected) == kind_of(found)


def models(folder: Path) -> dict[str, Model]:
    """The models of a folder by file name, those that others import first."""
    waiting = {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}
    made: dict[str, Model] = {}
    for _ in range(len(waiting) + 1):
        for name, body in waiting.items():
            made[name] = read_model(body, made.values())
    return made


def run_case(model: Model, case: Element) -> Iterator[tuple[str, bool, str]]:
    """Each result of a test case: its name, whether it is as expected, and what was there instead."""
    inputs = {" ".join(one.get("name").split()): value_of(one) for one in case.elements("inputNode")}
    kind, invocable = case.get("type", "decision"), case.get("invocableName")
    for result in case.elements("resultNode"):
        name = " ".join(result.get("name").split())
        run = Run(model, inputs, now=NOW)
        expected = value_of(result.first("expected", "computed"))
        try:
            found = run.call(invocable, inputs) if kind in {"bkm", "decisionService"} else run.decide(name)
            if kind == "decisionService" and isinstance(found, dict) and name in found:
                found = found[name]
        except (KeyError, BudgetSpent) as error:
            yield name, False, f"{type(error).__name__} {error}"
            continue
        problems = f" ({'; '.join(run.problems[:2])})" if run.problems else ""
        yield name, same(expected, found), f"expected {expected!r}, got {found!r}{problems}"


def run_folder(folder: Path, score: Score) -> None:
    """All tests of one folder."""
    try:
        known = models(folder)
    except ModelRefused as refused:
        known = {}
        score.failures.append(f"{folder.name}: refused: {refused}")
    score.cases += 1
    all_passed = True
    for path in sorted(folder.glob("*.xml")):
        tests = read_markup(path.read_bytes()).root
        if tests.local != "testCases":
            continue
        model = known.get(tests.words_of("modelName")) or (
            next(iter(known.values())) if len(known) == 1 else None
        )
        for case in tests.elements("testCase"):
            if model is None:
                score.all += len(list(case.elements("resultNode")))
                all_passed = False
                continue
            for name, passed, told in run_case(model, case):
                score.all += 1
                score.passed += passed
                if not passed:
                    all_passed = False
                    score.failures.append(f"{folder.name} {path.stem} {case.get('id')} {name}: {told}")
    score.whole += all_passed


def main(arguments: list[str]) -> int:
    """Run the kit and print the levels; 1 where something did not pass."""
    names = [one for one in arguments if not one.startswith("-")]
    if not names:
        print(__doc__)
        return 2
    root, wanted = Path(names[0]), names[1:]
    failed = False
    for level in sorted(root.glob("compliance-level-*")):
        score = Score()
        for folder in sorted(path for path in level.iterdir() if path.is_dir()):
            if not wanted or any(folder.name.startswith(one) for one in wanted):
                run_folder(folder, score)
        if score.all:
            share = 100 * score.passed / score.all
            whole = f"{score.whole} of {score.cases} cases whole"
            print(f"{level.name}: {score.passed} of {score.all} results ({share:.1f} %), {whole}")
        if "-v" in arguments:
            print(*score.failures, sep="\n")
        failed = failed or score.passed < score.all
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
