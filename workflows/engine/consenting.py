"""What depends on the applicant's consent: not begun without it, and dropped when it is taken back."""

from workflows.engine.effects import CloseTask
from workflows.engine.events import ConsentWithdrawn
from workflows.engine.run import JSON, Run
from workflows.engine.walking import step_over


def withdrawn(run: Run, event: ConsentWithdrawn) -> None:
    """What was not sent yet is not sent; the frames that waited for it go on."""
    consents: JSON = run.state["data"].get("consents", {})
    run.state["data"]["consents"] = {**consents, event.step: "withdrawn"}
    kind = "consent-withdrawn-late" if event.may_have_arrived else "consent-withdrawn"
    told = {"step": event.step, "connection": event.connection}
    run.record("", kind, "You withdrew your consent", told)
    waiting: JSON = run.state["waiting"]
    mine = [
        name
        for name, wait in waiting.items()
        if wait["step"] == event.step and wait["kind"] in ("call", "stuck")
    ]
    for token in mine:
        wait = run.state["waiting"].pop(token, None)
        if wait is None:  # the frame around it ended when another one went on
            continue
        if "task" in wait and run.state["waiting"].pop(wait["task"], None):
            run.emit(CloseTask(wait["task"]))
        run.mark(token, "skipped", code="consent-withdrawn")
        step_over(run, wait["frame"])
