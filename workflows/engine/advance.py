"""`advance(definition, state, event) -> (state, effects)`: take in one event until every frame waits again.

An event for a token that is gone changes nothing: duplicates, late answers and answers after the case has
ended are harmless by construction. The state given is not changed; the state returned is a new one.
"""

from collections.abc import Callable
from typing import Any

from workflows.definitions.model import Definition
from workflows.engine import calls, people, starting, waiting
from workflows.engine.consenting import withdrawn
from workflows.engine.effects import Effect, Notify
from workflows.engine.ending import end_with
from workflows.engine.events import (
    Answered,
    CallFinished,
    CallSettled,
    Cancelled,
    ConsentWithdrawn,
    CoSigned,
    Event,
    Repeated,
    Started,
    StatusReceived,
    TaskDecided,
    TimerFired,
)
from workflows.engine.finishing import over, timed_out
from workflows.engine.repeating import repeat_from
from workflows.engine.run import JSON, TASKS, Run, Starter
from workflows.engine.stuck import ask_person
from workflows.engine.walking import walk

STARTERS: dict[str, Starter] = {
    "lookup": starting.ask,
    "deliver": starting.ask,
    "repeat": starting.repeat,
    "parallel": starting.parallel,
    "loop": starting.loop,
    "decide": starting.decide,
    "notify": starting.notify,
    "compensate": starting.compensate,
    "end": starting.end,
    "cosign": waiting.cosign,
    "task": waiting.task,
    "timer": waiting.timer,
    "link": waiting.link,
    "event": waiting.await_event,
    "questions": waiting.questions,
    "payment": waiting.payment,
    "appointment": waiting.appointment,
    "service": waiting.service,
    "document": waiting.document,
}
CALLS = frozenset({"call", "undo", "settling"})
# which kinds of wait an event can end; one for another kind comes from elsewhere and changes nothing
ENDS: dict[type, frozenset[str]] = {
    CallFinished: CALLS,
    CallSettled: CALLS,
    StatusReceived: CALLS,
    CoSigned: frozenset({"cosign"}),
    TaskDecided: TASKS,
    Answered: frozenset(STARTERS) - frozenset({"cosign", "task", "timer"}) | {"undo"},
}


def advance(definition: Definition, state: JSON, event: Event) -> tuple[JSON, list[Effect]]:
    """Take in one event; return the new state, or the very state given, and what is to be done, in order.

    A fresh case begins from ``{"data": {…}}`` with :class:`Started`.
    """
    if isinstance(event, Started):
        return _start(definition, state, event)
    if state["status"] != "open":
        return state, []
    if isinstance(event, Cancelled | Repeated):
        run = Run(definition, state, event.now, STARTERS)
        _cancelled(run, event) if isinstance(event, Cancelled) else repeat_from(run, event)
        return run.state, run.effects
    if isinstance(event, ConsentWithdrawn):
        run = Run(definition, state, event.now, STARTERS)
        withdrawn(run, event)
        return run.state, run.effects
    wait = state["waiting"].get(event.token)
    if wait is None or wait["kind"] not in ENDS.get(type(event), (wait["kind"],)):
        return state, []
    run = Run(definition, state, event.now, STARTERS)
    _HANDLERS[type(event)](run, event.token, event)
    return run.state, run.effects


def _start(definition: Definition, state: JSON, event: Started) -> tuple[JSON, list[Effect]]:
    if "frames" in state:
        return state, []
    fresh = {"data": state["data"], "frames": {}, "waiting": {}, "steps": {}, "status": "open"}
    run = Run(definition, fresh, event.now, STARTERS)
    walk(run, run.open_frame("steps", ""))
    return run.state, run.effects


def _timer_fired(run: Run, token: str, event: TimerFired) -> None:
    wait = run.state["waiting"][token]
    block = run.definition.block(wait["step"])
    if event.name.startswith("remind."):
        _remind(run, token, wait, block["remind"][int(event.name[7:])])
    elif wait["kind"] == "cosign":
        _cosign_due(run, token, block)
    elif wait["kind"] == "timer":
        over(run, token, {})
    elif event.name == "due":
        timed_out(run, token)
    elif event.name == "chase" and "reference" in wait:
        calls.chase(run, token, block["chase"])
    elif event.name == "timeout":
        run.record(token, "overdue", "Overdue", {"connection": wait["connection"]})
        then = block["on_timeout"]
        ask_person(run, token, then["unit"], then["task"], f"no answer within {block['timeout']}")


def _cosign_due(run: Run, token: str, block: JSON) -> None:
    if block.get("on_timeout", "continue") == "continue":
        people.cosign_over(run, token)
    else:
        timed_out(run, token)


def _remind(run: Run, token: str, wait: JSON, reminder: JSON) -> None:
    """Tell whoever has not answered, or the applicant."""
    silent: Any = None
    if wait["kind"] == "cosign":
        silent = tuple(one for one in wait["asked"] if one not in wait["agreed"] + wait["declined"])
    elif wait.get("who"):
        silent = (wait["who"],)
    template = reminder.get("template", "reminder")
    name = f"{token}!remind.{template}.{run.now:%Y%m%dT%H%M}"
    run.emit(Notify(name, template, {"step": wait["step"]}, reminder.get("texts", {}), to=silent))
    run.record(token, "reminded", "A reminder was sent", {"step": wait["step"]})


def _cancelled(run: Run, event: Cancelled) -> None:
    run.record("", "cancelled", "Withdrawn", {"reason": event.reason})
    if event.compensate:
        end_with(run, "cancelled", undo=True)
        return
    for token in run.state["waiting"]:
        run.close(token)
    run.finish("cancelled")


_HANDLERS: dict[type, Callable[[Run, str, Any], None]] = {
    CallFinished: calls.finished,
    CallSettled: calls.settled,
    StatusReceived: calls.status_received,
    TimerFired: _timer_fired,
    CoSigned: people.cosigned,
    TaskDecided: people.task_decided,
    Answered: people.answered,
}
