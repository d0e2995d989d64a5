"""What the simulated world answers to each effect: events, each at its time."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from workflows.definitions.durations import duration
from workflows.definitions.model import Definition
from workflows.engine import (
    Answered,
    AskCoSign,
    Call,
    CallFinished,
    Check,
    CoSigned,
    Effect,
    Event,
    Open,
    OpenTask,
    StatusReceived,
    TaskDecided,
    Timer,
    TimerFired,
)
from workflows.engine.people import CONFIRMING
from workflows.engine.stuck import REPAIRS
from workflows.rehearsal.scenario import Act, Fault, Reply, Scenario

Told = tuple[datetime, Callable[[datetime], Event]]
PAUSE = timedelta(minutes=5)  # before an agency that is down is tried again
USUAL = {
    "link": "confirmed",
    "event": "received",
    "questions": "answered",
    "payment": "paid",
    "refund": "refunded",
}
USUAL |= {"appointment": "booked", "service": "completed", "document": "made"}


class World:
    """Agencies and people as a scenario has them; everything it does not say goes well."""

    def __init__(self, definition: Definition, scenario: Scenario) -> None:
        self._definition = definition
        self._scenario = scenario
        self._asked: Counter[str] = Counter()

    def answers(self, effect: Effect, now: datetime) -> Iterator[Told]:
        """Yield what follows from an effect, each with its moment."""
        match effect:
            case Timer():
                name, token = effect.name, effect.token
                yield effect.at, lambda at: TimerFired(at, token, name)
            case Call():
                yield from self._called(effect, now)
            case Check():
                pass  # asked again: what the agency says comes when the scenario has it
            case AskCoSign():
                yield from self._cosigned(effect, now)
            case OpenTask():
                yield from self._decided(effect, now)
            case Open():
                yield from self._opened(effect, now)

    def step_of(self, token: str) -> str:
        """The step of a token."""
        return str(self._definition.block_of(token)["id"])

    def _called(self, effect: Call, now: datetime) -> Iterator[Told]:
        step, token = self.step_of(effect.token), effect.token
        fault = next((one for one in self._scenario.faults if one.step == step), None)
        replies = self._scenario.agencies.get(step) or self._scenario.agencies.get(
            f"{effect.connection}.{effect.operation}", [Reply()]
        )
        reply = self._next(f"call:{step}", replies)
        at = now + duration(reply.after)
        if fault is not None and self._happens(fault):
            if fault.fault == "silent":
                return
            if fault.fault == "rejected":
                code, reason = fault.code, fault.reason
                yield at, lambda at: CallFinished(at, token, "rejected", code=code, reason=reason)
                return
            at += PAUSE * fault.times
        if reply.outcome == "silent":
            return
        yield at, lambda at: _finished(at, token, reply)
        if reply.outcome == "pending" and reply.then is not None:
            then = reply.then
            yield (
                at + duration(then.after),
                lambda at: StatusReceived(
                    at, token, then.status, then.reason, then.reason_code, at.isoformat()
                ),
            )

    def _happens(self, fault: Fault) -> bool:
        if fault.fault == "down":
            return self._asked[f"call:{fault.step}"] == 1
        return self._asked[f"call:{fault.step}"] <= fault.times

    def _cosigned(self, effect: AskCoSign, now: datetime) -> Iterator[Told]:
        act = self._last(self.step_of(effect.token))
        person, token = effect.person, effect.token
        if not act.silent and person not in act.ignores:
            agrees = person not in act.declines
            yield now + duration(act.after), lambda at: CoSigned(at, token, person, agrees)

    def _decided(self, effect: OpenTask, now: datetime) -> Iterator[Told]:
        step, token = self.step_of(effect.token), effect.token
        if effect.kind == CONFIRMING:
            step = f"{step}-confirm"
        elif effect.outcomes == REPAIRS:
            step = f"{step}-repair"
        act = self._next(f"person:{step}", self._scenario.people.get(step, [Act()]))
        if act.silent:
            return
        outcome = act.outcome or effect.outcomes[0]
        number = self._asked[f"person:{step}"]
        value = {**act.value, "officer": f"officer:{step}.{number}"}
        yield now + duration(act.after), lambda at: TaskDecided(at, token, outcome, act.reason, value)

    def _opened(self, effect: Open, now: datetime) -> Iterator[Told]:
        step, token, kind = self.step_of(effect.token), effect.token, effect.kind
        act = self._next(f"person:{step}", self._scenario.people.get(step, [Act()]))
        if act.silent and kind != "refund":
            return
        outcome = act.outcome if act.outcome and kind != "refund" else USUAL[kind]
        yield now + duration(act.after), lambda at: Answered(at, token, outcome, act.value)

    def _next(self, key: str, given: list[Any]) -> Any:
        number = self._asked[key]
        self._asked[key] += 1
        return given[min(number, len(given) - 1)]

    def _last(self, step: str) -> Act:
        return self._scenario.people.get(step, [Act()])[-1]


def _finished(at: datetime, token: str, reply: Reply) -> CallFinished:
    outcome: Any = reply.outcome
    return CallFinished(
        at, token, outcome, reply.value, reference=reply.reference, code=reply.code, reason=reply.reason
    )
