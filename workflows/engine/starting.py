"""What each kind of block does when a frame reaches it."""

from workflows.definitions.durations import after
from workflows.engine.events import AskCoSign, Call, Notify, OpenTask, Timer
from workflows.engine.run import JSON, Run, Starter


def call(run: Run, frame: str, block: JSON, attempt: int = 1) -> bool:
    """Ask an agency; the block is over when its answer is final."""
    token = run.token(frame, block, attempt)
    connection = run.fill(frame, block["connection"])
    run.state["waiting"][token] = {
        **{"kind": "call", "step": block["id"], "frame": frame, "attempt": attempt},
        **{"connection": connection, "operation": block["operation"]},
    }
    run.mark(token, "sending", step=block["id"], connection=connection, operation=block["operation"])
    run.emit(Call(token, connection, block["operation"], run.fill(frame, block.get("input", {}))))
    if block.get("timeout"):
        run.emit(Timer(token, "timeout", after(run.now, block["timeout"])))
    return False


def ask(run: Run, frame: str, block: JSON) -> bool:
    """Read from an agency or tell it something."""
    return call(run, frame, block)


def repeat(run: Run, frame: str, block: JSON) -> bool:
    """Walk the steps once for each item of a list, all at once; over when all have ended."""
    here = f"{run.frame(frame)['at']}/{run.frame(frame)['pc']}/steps"
    items = run.fill(frame, block["for_each"]) or []
    return _open(
        run, frame, [(here, {"local": {block["as"]: item}, "number": n}) for n, item in enumerate(items)]
    )


def parallel(run: Run, frame: str, block: JSON) -> bool:
    """Walk all branches at once; over when all, any, or the stated number of them have ended."""
    here = f"{run.frame(frame)['at']}/{run.frame(frame)['pc']}"
    join = block.get("join", "all")
    wanted = {"all": len(block["branches"]), "any": 1}.get(join, join)
    return _open(run, frame, [(f"{here}/branches/{n}", {}) for n in range(len(block["branches"]))], wanted)


def _open(run: Run, frame: str, branches: list[tuple[str, JSON]], wanted: int | None = None) -> bool:
    if not branches:
        return True
    opened = [run.open_frame(path, frame, **extra) for path, extra in branches]
    run.frame(frame)["join"] = {"left": list(opened), "wanted": wanted or len(opened)}
    for name in opened:
        run.walk(name)
    return False


def cosign(run: Run, frame: str, block: JSON) -> bool:
    """Ask the listed people to agree within a time; over when all have answered or the time is up."""
    people = run.fill(frame, block["people"]) or []
    if not people:
        return True
    token, due_at = run.token(frame, block), after(run.now, block["within"])
    run.state["waiting"][token] = {
        **{"kind": "cosign", "step": block["id"], "frame": frame},
        **{"asked": people, "agreed": [], "declined": [], "into": block["into"]},
    }
    run.mark(token, "waiting", step=block["id"], dueAt=due_at.isoformat())
    run.emit(*(AskCoSign(token, person, due_at) for person in people), Timer(token, "due", due_at))
    run.record(token, "cosign-asked", "We asked the other adults who move to agree", {"count": len(people)})
    return False


def task(run: Run, frame: str, block: JSON) -> bool:
    """Put a question before a unit; over when it is decided."""
    token, unit = run.token(frame, block), run.fill(frame, block["unit"])
    run.state["waiting"][token] = {"kind": "task", "step": block["id"], "frame": frame, "into": block["into"]}
    run.mark(token, "person", step=block["id"], unit=unit)
    due_at = after(run.now, block["within"]) if block.get("within") else None
    reason = run.fill(frame, block.get("reason", ""))
    run.emit(
        OpenTask(token, unit, block["task"], reason or "", run.fill(frame, block.get("show", {})), due_at)
    )
    run.record(token, "person", "An officer is looking at your case", {"unit": unit})
    return False


def timer(run: Run, frame: str, block: JSON) -> bool:
    """Wait for a stated time."""
    token = run.token(frame, block)
    run.state["waiting"][token] = {"kind": "timer", "step": block["id"], "frame": frame}
    run.mark(token, "waiting", step=block["id"])
    run.emit(Timer(token, "due", after(run.now, block["for"])))
    return False


def decide(run: Run, frame: str, block: JSON) -> bool:
    """Take the first rule that holds; keep what it sets and why."""
    for number, rule in enumerate(block["rules"]):
        if run.holds(frame, rule.get("when")):
            because = rule.get("because", "")
            run.keep(
                frame, block["into"], {**run.fill(frame, rule["set"]), "rule": number, "because": because}
            )
            run.mark(run.token(frame, block), "done", step=block["id"])
            if because:
                run.record(run.token(frame, block), "decided", because)
            return True
    raise NoRuleHolds(block["id"])


class NoRuleHolds(Exception):
    """A decision has no rule for this case. Final until the definition is mended; a person must look."""


def notify(run: Run, frame: str, block: JSON) -> bool:
    """Tell the applicant, and go on."""
    token = run.token(frame, block)
    run.emit(Notify(token, block["template"], run.fill(frame, block.get("data", {}))))
    run.mark(token, "done", step=block["id"])
    return True


def end(run: Run, frame: str, block: JSON) -> bool:
    """End the case with an outcome, whatever else was under way."""
    run.record(run.token(frame, block), "ended", block.get("because", ""))
    run.finish(block["outcome"])
    return False


STARTERS: dict[str, Starter] = {
    "lookup": ask,
    "deliver": ask,
    "repeat": repeat,
    "parallel": parallel,
    "cosign": cosign,
    "task": task,
    "timer": timer,
    "decide": decide,
    "notify": notify,
    "end": end,
}
