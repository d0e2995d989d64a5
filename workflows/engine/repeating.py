"""Going on from a step that was reached before: what came after it is done again, under tokens of its own."""

from dataclasses import dataclass

from workflows.definitions.model import Definition, every_block
from workflows.engine.events import Repeated
from workflows.engine.run import JSON, Run
from workflows.engine.walking import walk


class CannotRepeat(Exception):
    """The case cannot go on from this step. ``why`` says what to do instead; final for this state."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"step {step!r}: {why}")
        self.step = step
        self.why = why


@dataclass(frozen=True, slots=True)
class RepeatPlan:
    """What repeating would do: which frame, deliveries that are made again, waits that are given up."""

    frame: str
    position: int
    again: list[str]
    given_up: list[str]


def plan(definition: Definition, state: JSON, step: str) -> RepeatPlan:
    """What going on from a step means for a case; raises CannotRepeat."""
    try:
        path, position = definition.place(step)
    except KeyError as error:
        raise CannotRepeat(step, "the case's version has no such step") from error
    if state.get("status") != "open" or "frames" not in state:
        raise CannotRepeat(step, "the case is not under way")
    if any(wait["kind"] in ("undo", "settling") for wait in state["waiting"].values()):
        raise CannotRepeat(step, "what was done is being taken back")
    frames = [name for name, frame in state["frames"].items() if frame["at"] == path]
    if len(frames) != 1:
        where = "is not inside" if not frames else "is several times inside"
        instead = _around(definition, path)
        raise CannotRepeat(step, f"the case {where} the steps around it; go on from {instead}")
    if state["frames"][frames[0]]["pc"] < position:
        raise CannotRepeat(step, "the case has not come so far, and what lies between is not skipped")
    after = {block["id"]: block for block in every_block(definition.blocks(path)[position:])}
    done = {
        token for token, made in state["steps"].items() if made["step"] in after and made["state"] == "done"
    }
    again = sorted(token for token in done if after[state["steps"][token]["step"]]["kind"] == "deliver")
    given_up = [token for token, wait in state["waiting"].items() if wait["step"] in after]
    return RepeatPlan(frames[0], position, again, given_up)


def repeat_from(run: Run, event: Repeated) -> None:
    """Go on from a step; raises CannotRepeat."""
    found = plan(run.definition, run.state, event.step)
    path = run.frame(found.frame)["at"]
    for child in [key for key, frame in run.state["frames"].items() if frame["parent"] == found.frame]:
        run.drop(child, "replaced")
    for token in [key for key, wait in run.state["waiting"].items() if wait["frame"] == found.frame]:
        run.forget(token, "replaced")
    after = {block["id"] for block in every_block(run.definition.blocks(path)[found.position :])}
    for token, made in list(run.state["steps"].items()):
        if made["step"] in after and made["state"] != "skipped":
            run.mark(token, "replaced")
    frame = run.own("frames", found.frame)
    frame.pop("join", None)
    frame["pc"] = found.position
    run.record(
        "", "repeated", "An officer had a step done again", {"step": event.step, "reason": event.reason}
    )
    walk(run, found.frame)


def _around(definition: Definition, path: str) -> str:
    """The step that holds a list of steps."""
    parts = path.split("/")
    while len(parts) > 1:
        parts = parts[: -2 if parts[-2] == "branches" else -1]
        if parts[-1].isdigit():
            holder = definition.blocks("/".join(parts[:-1]))[int(parts[-1])]
            return repr(holder["id"])
    return "a step that the case has reached"
