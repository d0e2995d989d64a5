"""How a case ends: at once, or after what was delivered has been undone.

A delivery that is under way then may be done or not. If it could be undone, the end waits until the agency
has answered (a wait of kind ``settling``, which holds what the delivery's frame saw), and undoes it too.
"""

from workflows.engine.run import JSON, Run
from workflows.engine.undoing import begin_undoing, remember


def end_with(run: Run, outcome: str, *, undo: bool = False) -> None:
    """End the case, whatever is under way; with ``undo``, take back first what was delivered."""
    settling = _under_way(run) if undo else []
    if not undo or not (run.state.get("undo") or settling):
        run.finish(outcome)
        return
    for token in settling:
        _let_settle(run, token)
    for name in [name for name, frame in run.state["frames"].items() if not frame["parent"]]:
        run.drop(name)
    for token, wait in list(run.state["waiting"].items()):
        if wait["kind"] != "settling":
            run.forget(token)
    run.record("", "undoing", "What was done is taken back", {})
    if settling:
        run.state["ending"] = {"finish": outcome}
    else:
        begin_undoing(run, {"finish": outcome})


def after_settling(run: Run, token: str, wait: JSON, value: JSON, state: str) -> None:
    """A delivery that was under way is over: when all are, undo what was done, and end."""
    block = run.definition.block(wait["step"])
    if state == "done" and "settled" not in value:
        into = {block["into"]: value} if block.get("into") else {}
        remember(run, token, wait, block, {**run.scope(""), **wait["local"], **into})
    if any(other["kind"] == "settling" for other in run.state["waiting"].values()):
        return
    then = run.state.pop("ending")
    if begin_undoing(run, then):
        run.finish(then["finish"])


def _under_way(run: Run) -> list[str]:
    calls = [token for token, wait in run.state["waiting"].items() if wait["kind"] == "call"]
    return [token for token in calls if "undo" in run.definition.block(run.state["waiting"][token]["step"])]


def _let_settle(run: Run, token: str) -> None:
    wait = run.own("waiting", token)
    name: str = wait["frame"]
    local: JSON = {}
    while name:
        frame = run.frame(name)
        local = {**frame.get("local", {}), **local}
        name = frame["parent"]
    if "task" in wait:
        run.forget(wait.pop("task"))
    wait |= {"kind": "settling", "frame": "", "local": local}
