"""The end of a wait: what it gave is kept, the timeline told, and its frame walks on."""

from workflows.engine.effects import CloseTask
from workflows.engine.ending import after_settling, end_with
from workflows.engine.run import JSON, Run
from workflows.engine.stuck import ask_person
from workflows.engine.undoing import remember, remember_payment, undone
from workflows.engine.walking import step_over


def over(run: Run, token: str, value: JSON, reference: str = "", state: str = "done") -> None:
    """End a wait with what it gave."""
    wait = run.state["waiting"].pop(token)
    if "task" in wait and run.state["waiting"].pop(wait["task"], None):
        run.emit(CloseTask(wait["task"]))
    if wait["kind"] == "undo":
        then = undone(run, token, wait, state)
        if then is not None:
            _then(run, then)
        return
    block = run.definition.block(wait["step"])
    run.mark(token, state, **({"reference": reference} if reference else {}))
    if wait["kind"] == "settling":
        after_settling(run, token, wait, value, state)
        return
    if block.get("into"):
        run.keep(wait["frame"], block["into"], value)
    if block["kind"] == "deliver" and "connection" in wait:
        _told(run, token, wait, value, reference, state)
        if "undo" in block and state == "done" and "settled" not in value:
            remember(run, token, wait, block, run.scope(wait["frame"]))
    elif block["kind"] == "payment" and value.get("outcome") == "paid" and block.get("refund_on_undo", True):
        remember_payment(run, token, block)
    step_over(run, wait["frame"])


def timed_out(run: Run, token: str) -> None:
    """Nobody answered in time: the step says what comes then."""
    wait = run.state["waiting"][token]
    block = run.definition.block(wait["step"])
    then = block.get("on_timeout") or "continue"
    run.record(token, "time-up", "The time to answer is over", {"step": wait["step"]})
    if isinstance(then, dict):
        ask_person(run, token, then["unit"], then["task"], "no answer in time")
        return
    if then == "continue":
        run.close(token)
        over(run, token, {"timedOut": True})
        return
    run.forget(token, "refused")
    end_with(run, "refused", undo=then == "compensate")


def _told(run: Run, token: str, wait: JSON, value: JSON, reference: str, state: str) -> None:
    told = {"connection": wait["connection"], "reference": reference}
    if "status" in value:  # a decision, which may be a no or a perhaps: not "done" yet
        run.record(token, "answered", "Answered", {**told, "status": value["status"]})
    else:
        text = "Done" if state == "done" else "Not accepted"
        run.record(token, state, text, told)


def _then(run: Run, then: JSON) -> None:
    if "finish" in then:
        run.finish(then["finish"])
    else:
        step_over(run, then["frame"])
