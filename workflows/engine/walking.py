"""The walk: every frame goes on until it waits; what cannot run stops there, before a person."""

from workflows.engine.run import JSON, Run
from workflows.engine.stuck import stop_at


class BoundReached(Exception):
    """A loop went its last round and its condition does not hold. A person must look."""

    def __init__(self, rounds: int) -> None:
        super().__init__(f"the condition does not hold after {rounds} rounds, the definition allows no more")


def walk(run: Run, *names: str) -> None:
    """Walk frames, the first one first, until each waits or ends; an ended one lets its parent go on."""
    todo = list(reversed(names))
    while todo and run.state["status"] == "open":
        _walk(run, todo.pop(), todo)


def step_over(run: Run, name: str) -> None:
    """The block a frame waited at is over: walk on."""
    run.own("frames", name)["pc"] += 1
    walk(run, name)


def again(run: Run, name: str) -> None:
    """Begin the block that a frame stands at anew, whatever its condition says now."""
    todo: list[str] = []
    _walk(run, name, todo, anyhow=True)
    walk(run, *reversed(todo))


def _walk(run: Run, name: str, todo: list[str], *, anyhow: bool = False) -> None:
    frames, blocks_at = run.state["frames"], run.definition.blocks
    while name in frames and run.state["status"] == "open":
        frame = frames[name]
        blocks = blocks_at(frame["at"])
        if frame["pc"] >= len(blocks):
            name = _leave(run, name)
            continue
        block, written = blocks[frame["pc"]], len(run.effects)
        try:
            over = run.begin(name, block, anyhow=anyhow)
        except Exception as error:  # the edge of a step: what goes wrong in it becomes a person's question
            del run.effects[written:]
            run.fresh = []
            stop_at(run, name, block, error)
            return
        if not over:
            todo += reversed(run.fresh)
            run.fresh = []
            return
        anyhow = False
        run.own("frames", name)["pc"] += 1


def _leave(run: Run, name: str) -> str:
    """Close an ended frame; return the frame to walk next, or "" where its parent still waits."""
    frame = run.state["frames"].pop(name)
    parent = frame["parent"]
    if not parent:
        run.finish("completed")
        return ""
    if "round" in frame:
        return _next_round(run, frame)
    held = run.own("frames", parent)
    left = [one for one in held["join"]["left"] if one != name]
    wanted = held["join"]["wanted"] - 1
    held["join"] = {"left": left, "wanted": wanted}
    if wanted > 0 and left:
        return ""
    for sibling in left:
        run.drop(sibling)
    del held["join"]
    held["pc"] += 1
    return str(parent)


def _next_round(run: Run, frame: JSON) -> str:
    """After a round of a loop: another one, or on."""
    parent = frame["parent"]
    held = run.own("frames", parent)
    block = run.definition.blocks(held["at"])[held["pc"]]
    try:
        if run.holds(parent, block["until"]):
            held["pc"] += 1
            return str(parent)
        if frame["round"] < block["at_most"]:
            number = frame["number"] + 1
            return run.open_frame(frame["at"], parent, round=frame["round"] + 1, number=number)
        if block.get("on_bound", "stop") == "continue":
            held["pc"] += 1
            return str(parent)
        raise BoundReached(block["at_most"])
    except Exception as error:  # as above: a condition that cannot be asked stops the case, in sight
        stop_at(run, parent, block, error)
        return ""
