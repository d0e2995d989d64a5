"""What agencies answer to calls: at once, later, with a no, or not at all."""

from workflows.engine.effects import Check, Timer
from workflows.engine.ending import end_with
from workflows.engine.events import CallFinished, CallSettled, StatusReceived
from workflows.engine.finishing import over
from workflows.engine.run import JSON, Run
from workflows.engine.stuck import ask_person
from workflows.engine.undoing import UNDO_FAILED


def finished(run: Run, token: str, event: CallFinished) -> None:
    """An answer to a call or a check."""
    wait = run.state["waiting"][token]
    if event.outcome == "pending":
        _pending(run, token, event)
    elif event.outcome == "rejected":
        _rejected(run, token, event)
    else:
        reference = event.reference or wait.get("reference", "")
        over(run, token, {**event.value, "reference": reference} if reference else event.value, reference)


def status_received(run: Run, token: str, event: StatusReceived) -> None:
    """What became of something that the agency had taken in."""
    reference = run.state["waiting"][token].get("reference", "")
    told = {"status": event.status, "reason": event.reason, "reasonCode": event.reason_code}
    over(run, token, {**told, "decidedAt": event.decided_at, "reference": reference}, reference)


def settled(run: Run, token: str, event: CallSettled) -> None:
    """A person says what became of a call that was given up."""
    run.record(token, "person-decided", "Decided by a person", {"outcome": event.outcome})
    state = "done" if event.outcome == "settled" else "refused"
    over(run, token, {"settled": event.outcome, "reason": event.reason}, state=state)


def chase(run: Run, token: str, every: str) -> None:
    """Ask an agency again what became of its reference, and again after a time."""
    wait = run.state["waiting"][token]
    run.emit(Check(token, wait["connection"], wait["operation"], wait["reference"], 0.0))
    run.emit(Timer(token, "chase", run.ends(every)))
    run.record(token, "chased", "Asked again", {"connection": wait["connection"]})


def _pending(run: Run, token: str, event: CallFinished) -> None:
    wait = run.own("waiting", token)
    first = "reference" not in wait
    wait["reference"] = event.reference or wait.get("reference", "")
    connection, operation = wait["connection"], wait["operation"]
    if first:
        run.mark(token, "received", reference=wait["reference"])
        run.record(token, "received", "Received", {"connection": connection, "reference": wait["reference"]})
    if event.check_after is not None:
        run.emit(Check(token, connection, operation, wait["reference"], event.check_after))
    elif first and (every := run.definition.block(wait["step"]).get("chase")):
        run.emit(Timer(token, "chase", run.ends(every)))


def _rejected(run: Run, token: str, event: CallFinished) -> None:
    wait = run.own("waiting", token)
    block = run.definition.block(wait["step"])
    why = {"code": event.code, "reason": event.reason}
    told = {"connection": wait["connection"], **why}
    handling: str | JSON = block.get("on_rejected", "end")
    if wait["kind"] == "undo":
        handling = {"unit": wait["connection"], "task": UNDO_FAILED}
    if handling == "continue" or wait["kind"] == "settling":
        state = "refused" if block["kind"] == "deliver" else "done"  # a register's "not found" is an answer
        over(run, token, {**event.value, "rejected": why}, wait.get("reference", ""), state)
        return
    run.record(token, "rejected", "Rejected", told)
    if isinstance(handling, dict):
        wait["rejected"] = why
        reason = f"{event.code}: {event.reason}".strip(": ")
        ask_person(run, token, handling["unit"], handling["task"], reason)
        return
    run.mark(token, "refused", **why)
    run.forget(token, "refused")
    end_with(run, "refused", undo=handling == "compensate")
