"""Questions to a person about a step: it cannot run, was rejected, or nobody answered in time."""

from typing import Any

from workflows.engine.effects import OpenTask
from workflows.engine.run import JSON, Run

REPAIRS = ("resend", "settled", "given-up")
STUCK = "step-stuck"
LONGEST = 500


def stop_at(run: Run, frame: str, block: JSON, error: Exception) -> None:
    """The step cannot run: the frame waits there until a person has it tried again, or settles it."""
    token = run.token(frame, block)
    why = f"{type(error).__name__}: {error}"[:LONGEST]
    run.wait(token, "stuck", frame, block, why=why)
    run.mark(token, "person", step=block["id"], reason=why)
    run.record(token, "stuck", "An officer is looking at your case", {"step": block["id"], "cause": why})
    ask_person(run, token, run.definition.stuck_unit, STUCK, f"step {block['id']!r} cannot run: {why}")


def ask_person(run: Run, token: str, unit: Any, kind: str, reason: str) -> None:
    """Open a question about a step that waits, once; the step goes on waiting meanwhile."""
    if "task" in run.state["waiting"][token]:
        return
    wait = run.own("waiting", token)
    unit = run.fill(wait["frame"], unit)
    question = f"{token}!{kind}"
    wait["task"] = question
    run.state["waiting"][question] = {**wait, "kind": "repair", "of": token}
    value: JSON = {key: wait[key] for key in ("connection", "operation", "step") if key in wait}
    run.mark(token, "person", unit=unit, reason=reason)
    run.emit(OpenTask(question, unit, kind, reason, value, outcomes=REPAIRS))
