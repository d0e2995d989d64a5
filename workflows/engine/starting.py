"""What the steps do that the engine takes by itself, when a frame reaches them.

A starter finds out everything that can go wrong before it writes anything.
"""

from workflows.engine.effects import Call, Notify, Timer
from workflows.engine.ending import end_with
from workflows.engine.run import JSON, Run
from workflows.engine.undoing import begin_undoing
from workflows.expressions import CLOCK


def ask(run: Run, frame: str, block: JSON) -> bool:
    """Read from an agency or tell it something; over when the answer is final."""
    connection = run.fill(frame, block["connection"])
    value = run.fill(frame, block.get("input") or {})
    until = run.ends(block["timeout"]) if block.get("timeout") else None
    if not isinstance(connection, str) or not connection:
        raise NoConnection(block["connection"])
    token, operation = run.token(frame, block), block["operation"]
    run.wait(token, "call", frame, block, connection=connection, operation=operation)
    run.mark(token, "sending", step=block["id"], connection=connection)
    run.emit(Call(token, connection, operation, value))
    if until is not None:
        run.emit(Timer(token, "timeout", until))
    return False


def repeat(run: Run, frame: str, block: JSON) -> bool:
    """Walk the steps once for each item of a list, all at once; over when all have ended."""
    items = run.fill(frame, block["for_each"]) or []
    if not isinstance(items, list):
        items = [items]
    if len(items) > block.get("at_most", 500):
        raise TooMany(len(items), block.get("at_most", 500))
    path = f"{run.frame(frame)['at']}/{run.frame(frame)['pc']}/steps"
    return _open(
        run, frame, [(path, {"local": {block["as"]: item}, "number": n}) for n, item in enumerate(items)]
    )


def parallel(run: Run, frame: str, block: JSON) -> bool:
    """Walk all branches at once; over when all, any, or the stated number of them have ended."""
    here = f"{run.frame(frame)['at']}/{run.frame(frame)['pc']}"
    join = block.get("join", "all")
    wanted = {"all": len(block["branches"]), "any": 1}.get(join, join)
    return _open(run, frame, [(f"{here}/branches/{n}", {}) for n in range(len(block["branches"]))], wanted)


def loop(run: Run, frame: str, block: JSON) -> bool:
    """Walk the steps, round after round."""
    path = f"{run.frame(frame)['at']}/{run.frame(frame)['pc']}/steps"
    run.fresh.append(run.open_frame(path, frame, round=1, number=0))
    return False


def _open(run: Run, frame: str, branches: list[tuple[str, JSON]], wanted: int | None = None) -> bool:
    if not branches:
        return True
    opened = [run.open_frame(path, frame, **extra) for path, extra in branches]
    run.own("frames", frame)["join"] = {"left": list(opened), "wanted": wanted or len(opened)}
    run.fresh += opened
    return False


def decide(run: Run, frame: str, block: JSON) -> bool:
    """Take the first rule that holds, or what the table says; keep what it sets and why."""
    if "table" in block:
        return _decide_by_table(run, frame, block)
    for number, rule in enumerate(block["rules"]):
        if run.holds(frame, rule.get("when")):
            because = rule.get("because", "")
            value = {**run.fill(frame, rule["set"]), "rule": number, "because": because}
            token = run.token(frame, block)
            run.keep(frame, block["into"], value)
            run.mark(token, "done", step=block["id"], rule=number)
            if because:
                run.record(token, "decided", because)
            return True
    raise NoRuleHolds(block["id"])


def _decide_by_table(run: Run, frame: str, block: JSON) -> bool:
    scope = {**run.scope(frame), **run.fill(frame, block.get("given", {}))}
    scope.pop(CLOCK)
    decided = run.definition.tables[block["table"]].decide(scope, now=run.now)
    outputs = decided.outputs if isinstance(decided.outputs, dict) else {"rows": decided.outputs}
    rows = [row["id"] for row in decided.why.get("rows", []) if row["id"] in decided.why.get("took", [])]
    token = run.token(frame, block)
    run.keep(frame, block["into"], {**outputs, "rule": rows})
    run.mark(token, "done", step=block["id"], rule=rows)
    run.record(token, "decided", "Decided by a table of rules", {"why": decided.why})
    return True


def notify(run: Run, frame: str, block: JSON) -> bool:
    """Tell somebody, and go on."""
    data = run.fill(frame, block.get("data", {}))
    to = run.fill(frame, block["to"]) if "to" in block else None
    people = None if to is None else tuple(to if isinstance(to, list) else [to])
    token = run.token(frame, block)
    texts, channels = block.get("texts", {}), tuple(block.get("channels", ["portal"]))
    run.emit(Notify(token, block.get("template", ""), data, texts, channels, people))
    run.mark(token, "done", step=block["id"])
    return True


def compensate(run: Run, frame: str, block: JSON) -> bool:
    """Take back what was delivered, the last first."""
    token = run.token(frame, block)
    run.mark(token, "done", step=block["id"])
    return begin_undoing(run, {"frame": frame}, block.get("only"))


def end(run: Run, frame: str, block: JSON) -> bool:
    """End the case with an outcome, whatever else was under way."""
    token = run.token(frame, block)
    run.mark(token, "done", step=block["id"])
    run.record(token, "ended", block.get("because", ""))
    if block.get("result"):
        run.state["result"] = block["result"]
    end_with(run, block["outcome"], undo=block.get("compensate", False))
    return False


class NoRuleHolds(Exception):
    """A decision has no rule for this case. Final until the definition is mended; a person must look."""


class NoConnection(Exception):
    """The definition's expression names no agency for this case. A person must look."""

    def __init__(self, expression: str) -> None:
        super().__init__(f"{expression!r} gives no agency for this case")


class TooMany(Exception):
    """A repetition has more items than the definition allows. A person must look."""

    def __init__(self, count: int, most: int) -> None:
        super().__init__(f"{count} items, and the definition allows {most}")
