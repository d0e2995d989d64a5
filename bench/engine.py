"""The engine in memory: a case of 16 nodes against SpiffWorkflow, and a step at 60 nodes against one at 20.

SpiffWorkflow is no dependency of this project. ``pip install --target FOLDER SpiffWorkflow`` and
``PYTHONPATH=FOLDER python -m bench engine`` measure against it; without it only our own figures are taken.
"""

import json
from datetime import UTC, datetime
from typing import Any

from bench.measuring import Figure, compare
from workflows.definitions.model import Definition
from workflows.engine import Call, CallFinished, Started, advance

JSON = dict[str, Any]
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
DATA: JSON = {"age": 20, "applicant": {"identifier": {"notation": "1"}}}


def measure() -> list[Figure]:
    """All figures; those against the peer only where it is installed."""
    return [*_against_spiff(), _by_size()]


def flow() -> Definition:
    """The flow of 16 nodes: tasks that wait, a choice, three branches, a rule."""
    rule = {"id": "rule", "kind": "decide", "into": "decided", "rules": [{"set": {"yes": True}}]}
    branches = [[_task(name)] for name in "cde"]
    steps = [
        _task("a"),
        {**_task("b"), "when": "age > 17"},
        {"id": "p", "kind": "parallel", "branches": branches},
    ]
    return _definition([*steps, rule, *(_task(name) for name in "fghi")])


def _task(name: str) -> JSON:
    return {"id": name, "kind": "deliver", "connection": "x", "operation": "do"}


def _definition(steps: list[JSON]) -> Definition:
    return Definition({"service": "x", "version": 1, "pages": [], "steps": steps})


def run(definition: Definition, most: int = 1000) -> JSON:
    """Run one case to its end, or so many answers far."""
    state, effects = advance(definition, {"data": DATA}, Started(NOW))
    calls = [effect.token for effect in effects if isinstance(effect, Call)]
    while calls and most:
        most -= 1
        state, effects = advance(definition, state, CallFinished(NOW, calls.pop(0), "accepted"))
        calls += [effect.token for effect in effects if isinstance(effect, Call)]
    return state


def _against_spiff() -> list[Figure]:
    from bench import spiff_flow

    try:
        peer, size = spiff_flow.runner()
    except ImportError:
        print("SpiffWorkflow is not installed: no figures against it (see bench/engine.py)")
        return []
    definition = flow()
    if run(definition)["status"] != "completed":
        raise RuntimeError("the flow did not come to its end")
    found = compare(
        "a case of 16 nodes in memory",
        lambda: run(definition),
        peer,
        against="SpiffWorkflow",
        goal=0.01,
        rounds=9,
        calls=5,
    )
    own, theirs = len(json.dumps(run(definition, 3))), size()
    state = Figure("bytes of a case half way", own / theirs, 0.05, float(own), float(theirs), "SpiffWorkflow")
    return [found, state]


def _by_size() -> Figure:
    """One step in the middle of a definition of 60 nodes, and of 20."""
    long, short = (_definition([_task(f"t{n}") for n in range(count)]) for count in (60, 20))
    states = {id(one): run(one, most) for one, most in ((long, 50), (short, 15))}

    def step(definition: Definition) -> object:
        state = states[id(definition)]
        return advance(definition, state, CallFinished(NOW, next(iter(state["waiting"])), "accepted"))

    return compare(
        "a step at 60 nodes",
        lambda: step(long),
        lambda: step(short),
        against="a step at 20 nodes",
        goal=1.2,
        rounds=15,
        calls=400,
    )
