"""Running a scenario: events in the order of their time, until nothing more is to come."""

import heapq
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from workflows.definitions.model import Definition
from workflows.engine import Call, Effect, Event, Notify, Open, OpenTask, Record, Started, advance
from workflows.rehearsal.coverage import Coverage
from workflows.rehearsal.scenario import Expected, Scenario
from workflows.rehearsal.world import World

JSON = dict[str, Any]
MOST_EVENTS = 20_000
SHOWN = (Call, Open, OpenTask, Notify, Record)


@dataclass(slots=True)
class Report:
    """What a rehearsal found. ``differences`` from what was expected is empty where it passed."""

    scenario: str
    status: str
    result: str
    began_at: datetime
    ended_at: datetime
    trace: list[JSON]  # {"at", "kind", "token", …} of everything that would have gone out, and the timeline
    calls: list[str]
    waiting: list[str]
    state: JSON
    coverage: Coverage
    differences: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether it ended as it must."""
        return not self.differences


def rehearse(definition: Definition, scenario: Scenario) -> Report:
    """Run a scenario to its end. Nothing leaves this function: no database, network or clock is used."""
    world, coverage = World(definition, scenario), Coverage(definition)
    now, order = scenario.begins, count()
    state: JSON = {"data": {"portal": {"agencies": "https://portal.example"}, **scenario.data}}
    due: list[tuple[datetime, int, Callable[[datetime], Event]]] = [(now, next(order), Started)]
    trace: list[JSON] = []
    calls: list[str] = []
    for _ in range(MOST_EVENTS):
        if not due:
            break
        at, _, made = heapq.heappop(due)
        event = made(at)
        before = state
        state, effects = advance(definition, state, event)
        if state is before:
            continue
        now = at
        coverage.saw(before, event)
        for effect in effects:
            calls += [effect.token] if isinstance(effect, Call) else []
            trace += [_shown(effect, now)] if isinstance(effect, SHOWN) else []
            for moment, answer in world.answers(effect, now):
                heapq.heappush(due, (moment, next(order), answer))
    coverage.ended(state)
    waiting = list(state.get("waiting", {}))
    result = str(state.get("result", ""))
    report = Report(
        scenario.scenario,
        state["status"],
        result,
        scenario.begins,
        now,
        trace,
        calls,
        waiting,
        state,
        coverage,
    )
    if scenario.expect is not None:
        report.differences = list(_differences(report, scenario.expect))
    return report


def expected(report: Report) -> Expected:
    """What a report found, as what must be found again."""
    steps = {token: str(step["state"]) for token, step in report.state["steps"].items()}
    status: Any = report.status
    return Expected(status=status, result=report.result, calls=report.calls, steps=steps)


def _shown(effect: Effect, now: datetime) -> JSON:
    told = {key: value for key, value in asdict(effect).items() if value not in (None, "", (), {}, [])}
    return {"at": now.isoformat(), "effect": type(effect).__name__, **told}


def _differences(report: Report, wanted: Expected) -> Any:
    if report.status != wanted.status:
        still = f", and waits at {', '.join(report.waiting)}" if report.waiting else ""
        yield f"it is {report.status}, not {wanted.status}{still}"
    if wanted.result is not None and report.result != wanted.result:
        yield f"its result is {report.result!r}, not {wanted.result!r}"
    if wanted.calls is not None and report.calls != wanted.calls:
        missing = [one for one in wanted.calls if one not in report.calls]
        further = [one for one in report.calls if one not in wanted.calls]
        yield f"calls differ: missing {missing}, further {further}, or another order"
    for token, state in wanted.steps.items():
        found = report.state["steps"].get(token, {}).get("state", "not reached")
        if found != state:
            yield f"step {token} is {found}, not {state}"
    for name, value in wanted.data.items():
        if report.state["data"].get(name) != value:
            yield f"{name} is {report.state['data'].get(name)!r}, not {value!r}"
