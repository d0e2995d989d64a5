"""`advance(definition, state, event) -> (state, effects)`: take in one event until every frame waits again.

An event for a token that is gone changes nothing: duplicates, late answers and answers after the case has
ended are harmless by construction. The state given is not changed; the state returned is a new one.
"""

import copy
from typing import Any

from workflows.definitions.durations import after
from workflows.definitions.model import Definition
from workflows.engine.events import (
    CallFinished,
    CallSettled,
    Cancelled,
    Check,
    CloseCoSign,
    CloseTask,
    CoSigned,
    Effect,
    Event,
    OpenTask,
    Started,
    StatusReceived,
    TaskDecided,
    Timer,
    TimerFired,
)
from workflows.engine.run import JSON, Run
from workflows.engine.starting import STARTERS, call


def advance(definition: Definition, state: JSON, event: Event) -> tuple[JSON, list[Effect]]:
    """Take in one event; return the new state and what is to be done, in order.

    A fresh case begins from ``{"data": {…}}`` with :class:`Started`.
    """
    if isinstance(event, Started):
        return _start(definition, state, event)
    token = "" if isinstance(event, Cancelled) else event.token
    if state["status"] != "open" or (token and token not in state["waiting"]):
        return state, []
    run = Run(definition, copy.deepcopy(state), event.now, STARTERS)
    _HANDLERS[type(event)](run, token, event)
    return run.state, run.effects


def _start(definition: Definition, state: JSON, event: Started) -> tuple[JSON, list[Effect]]:
    if "frames" in state:
        return state, []
    fresh = {"data": state["data"], "frames": {}, "waiting": {}, "steps": {}, "status": "open"}
    run = Run(definition, copy.deepcopy(fresh), event.now, STARTERS)
    run.walk(run.open_frame("steps", ""))
    return run.state, run.effects


def _block(run: Run, wait: JSON) -> JSON:
    return run.definition.block(wait["step"])


def _call_finished(run: Run, token: str, event: CallFinished) -> None:
    wait = run.state["waiting"][token]
    if event.outcome == "pending":
        _pending(run, token, wait, event)
    elif event.outcome == "rejected":
        _rejected(run, token, event.code, event.reason, event.value)
    else:
        reference = event.reference or wait.get("reference", "")
        _over(run, token, {**event.value, "reference": reference} if reference else event.value, reference)


def _pending(run: Run, token: str, wait: JSON, event: CallFinished) -> None:
    first = "reference" not in wait
    wait["reference"] = event.reference or wait.get("reference", "")
    connection, operation = wait["connection"], wait["operation"]
    if first:
        run.mark(token, "received", reference=wait["reference"])
        run.record(token, "received", "Received", {"connection": connection, "reference": wait["reference"]})
    if event.check_after is not None:
        run.emit(Check(token, connection, operation, wait["reference"], event.check_after))
    elif first and (chase := _block(run, wait).get("chase")):
        run.emit(Timer(token, "chase", after(run.now, chase)))


def _rejected(run: Run, token: str, code: str, reason: str, value: JSON) -> None:
    wait = run.state["waiting"][token]
    block = _block(run, wait)
    told = {"connection": wait["connection"], "code": code, "reason": reason}
    handling = block.get("on_rejected", "end")
    if handling == "continue":
        state = "refused" if block["kind"] == "deliver" else "done"  # a register's "not found" is an answer
        rejected = {**value, "rejected": {"code": code, "reason": reason}}
        _over(run, token, rejected, wait.get("reference", ""), state)
        return
    run.record(token, "rejected", "Rejected", told)
    if handling == "end":
        run.mark(token, "refused", code=code, reason=reason)
        run.finish("refused")
        return
    wait["rejected"] = {"code": code, "reason": reason}
    _ask_person(run, token, handling["unit"], handling["task"], f"{code}: {reason}".strip(": "))


def _ask_person(run: Run, token: str, unit: Any, kind: str, reason: str) -> None:
    wait = run.state["waiting"][token]
    if "task" in wait:
        return
    wait["task"] = f"{token}!{kind}"
    unit = run.fill(wait["frame"], unit)
    run.state["waiting"][wait["task"]] = {**wait, "kind": "repair", "of": token}
    value = {"connection": wait["connection"], "operation": wait["operation"], "step": wait["step"]}
    run.mark(token, "person", unit=unit, reason=reason)
    run.emit(OpenTask(wait["task"], unit, kind, reason, value))


def _over(run: Run, token: str, value: JSON, reference: str = "", state: str = "done") -> None:
    wait = run.state["waiting"].pop(token)
    if "task" in wait and run.state["waiting"].pop(wait["task"], None):
        run.emit(CloseTask(wait["task"]))
    into = _block(run, wait).get("into")
    if into:
        run.keep(wait["frame"], into, value)
    run.mark(token, state, **({"reference": reference} if reference else {}))
    if "connection" in wait and _block(run, wait)["kind"] == "deliver":
        told = {"connection": wait["connection"], "reference": reference}
        if "status" in value:  # a decision, which may be a no or a perhaps: not "done" yet
            run.record(token, "answered", "Answered", {**told, "status": value["status"]})
        else:
            text = "Done" if state == "done" else "Not accepted"
            run.record(token, state, text, told)
    run.step_over(wait["frame"])


def _status_received(run: Run, token: str, event: StatusReceived) -> None:
    reference = run.state["waiting"][token].get("reference", "")
    told = {"status": event.status, "reason": event.reason, "reasonCode": event.reason_code}
    _over(run, token, {**told, "decidedAt": event.decided_at, "reference": reference}, reference)


def _timer_fired(run: Run, token: str, event: TimerFired) -> None:
    wait = run.state["waiting"][token]
    block = _block(run, wait)
    if wait["kind"] == "cosign":
        _cosign_over(run, token)
    elif event.name == "due":
        _over(run, token, {})
    elif event.name == "chase" and "reference" in wait:
        run.emit(Check(token, wait["connection"], wait["operation"], wait["reference"], 0.0))
        run.emit(Timer(token, "chase", after(run.now, block["chase"])))
        run.record(token, "chased", "Asked again", {"connection": wait["connection"]})
    elif event.name == "timeout":
        run.record(token, "overdue", "Overdue", {"connection": wait["connection"]})
        overdue = block["on_timeout"]
        _ask_person(run, token, overdue["unit"], overdue["task"], f"no answer within {block['timeout']}")


def _cosigned(run: Run, token: str, event: CoSigned) -> None:
    wait = run.state["waiting"][token]
    if event.person not in wait["asked"] or event.person in wait["agreed"] + wait["declined"]:
        return
    wait["agreed" if event.agrees else "declined"].append(event.person)
    run.record(token, "cosigned" if event.agrees else "cosign-declined", "Answered", {})
    if len(wait["agreed"]) + len(wait["declined"]) == len(wait["asked"]):
        _cosign_over(run, token)


def _cosign_over(run: Run, token: str) -> None:
    wait = run.state["waiting"].pop(token)
    silent = [person for person in wait["asked"] if person not in wait["agreed"] + wait["declined"]]
    run.keep(
        wait["frame"],
        wait["into"],
        {"agreed": wait["agreed"], "declined": wait["declined"], "silent": silent},
    )
    run.emit(CloseCoSign(token))
    run.mark(token, "done")
    run.step_over(wait["frame"])


def _task_decided(run: Run, token: str, event: TaskDecided) -> None:
    wait = run.state["waiting"][token]
    run.record(token, "person-decided", "Decided by a person", {"outcome": event.outcome})
    if wait["kind"] == "repair":
        _repaired(run, token, wait, event)
        return
    del run.state["waiting"][token]
    run.keep(wait["frame"], wait["into"], {"outcome": event.outcome, "reason": event.reason, **event.value})
    run.mark(token, "done")
    run.step_over(wait["frame"])


def _repaired(run: Run, token: str, wait: JSON, event: TaskDecided) -> None:
    """A person settled a delivery that stuck: send it anew, take it as done by other means, or give it up."""
    stuck = run.state["waiting"][wait["of"]]
    del run.state["waiting"][token]
    del stuck["task"]
    if event.outcome == "resend":
        del run.state["waiting"][wait["of"]]
        run.mark(wait["of"], "replaced")
        call(run, stuck["frame"], _block(run, stuck), stuck["attempt"] + 1)
    else:
        state = "done" if event.outcome == "settled" else "refused"
        _over(run, wait["of"], {"settled": event.outcome, "reason": event.reason}, state=state)


def _call_settled(run: Run, token: str, event: CallSettled) -> None:
    run.record(token, "person-decided", "Decided by a person", {"outcome": event.outcome})
    state = "done" if event.outcome == "settled" else "refused"
    _over(run, token, {"settled": event.outcome, "reason": event.reason}, state=state)


def _cancelled(run: Run, _token: str, event: Cancelled) -> None:
    for token, wait in run.state["waiting"].items():
        if wait["kind"] == "cosign":
            run.emit(CloseCoSign(token))
        elif wait["kind"] in {"task", "repair"}:
            run.emit(CloseTask(token))
    run.record("", "cancelled", "Withdrawn", {"reason": event.reason})
    run.finish("cancelled")


_HANDLERS: dict[type, Any] = {
    CallFinished: _call_finished,
    CallSettled: _call_settled,
    StatusReceived: _status_received,
    TimerFired: _timer_fired,
    CoSigned: _cosigned,
    TaskDecided: _task_decided,
    Cancelled: _cancelled,
}
