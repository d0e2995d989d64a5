"""Taking back what was delivered: remembered at completion, undone one by one, the last first.

``state["undo"]`` lists what can be taken back, in order of completion; its values were filled when the
delivery was done, since a repetition forgets its values when it ends. A wait of kind ``undo`` carries what is
left to undo and what comes ``then``: another frame, or the case's end.
"""

from typing import Any

from workflows.engine.effects import Call, Open
from workflows.engine.run import JSON, Run
from workflows.engine.stuck import ask_person

UNDO_FAILED = "undo-failed"


def remember(run: Run, token: str, wait: JSON, block: JSON, scope: JSON) -> None:
    """Note how a delivery that is done can be taken back, if the definition says how."""
    undo = block.get("undo")
    if undo is None:
        return
    entry, definition = {"token": token, "step": block["id"]}, run.definition
    try:
        if "when" in undo and definition.compiled(undo["when"])(scope) is not True:
            return
        entry["connection"] = definition.fill(undo.get("connection", wait["connection"]), scope)
        entry |= {"operation": undo["operation"], "value": definition.fill(undo.get("input", {}), scope)}
    except Exception as error:  # the delivery is done; a person will have to undo it, and is told why
        entry["error"] = f"{type(error).__name__}: {error}"
    run.state["undo"] = [*run.state.get("undo", []), entry]


def remember_payment(run: Run, token: str, block: JSON) -> None:
    """Note that a fee was paid, which is refunded when the case is undone."""
    run.state["undo"] = [*run.state.get("undo", []), {"token": token, "step": block["id"], "refund": True}]


def begin_undoing(run: Run, then: JSON, only: list[str] | None = None) -> bool:
    """Undo what was delivered, or the steps of ``only``; True where there is nothing to undo."""
    known = run.state.get("undo", [])
    chosen = [entry for entry in known if not only or entry["step"] in only]
    if not chosen:
        return True
    run.state["undo"] = [entry for entry in known if entry not in chosen]
    _undo_last(run, chosen, then)
    return False


def undone(run: Run, token: str, wait: JSON, state: str) -> JSON | None:
    """One thing is undone: undo the one before it; at the end, return what comes then."""
    run.mark(token, state)
    if state == "done":
        run.mark(wait["of"], "undone")
        run.record(token, "undone", "Taken back", {"connection": wait.get("connection", "")})
    if wait["left"]:
        _undo_last(run, wait["left"], wait["then"])
        return None
    then: JSON = wait["then"]
    return then


def undo_again(run: Run, wait: JSON) -> None:
    """Ask for the same thing to be undone, under a token of its own."""
    _undo_last(run, [*wait["left"], wait["entry"]], wait["then"])


def _undo_last(run: Run, entries: list[JSON], then: JSON) -> None:
    entry, block = entries[-1], run.definition.block(entries[-1]["step"])
    token = free(run, f"{entry['token']}^undo")
    called = {key: entry[key] for key in ("connection", "operation") if key in entry}
    facts: dict[str, Any] = {"left": entries[:-1], "then": then, "entry": entry, "of": entry["token"]}
    run.wait(token, "undo", then.get("frame", ""), block, **facts, **called)
    run.mark(token, "sending", step=block["id"], undo=True, **called)
    if "error" in entry:
        ask_person(run, token, run.definition.stuck_unit, UNDO_FAILED, entry["error"])
    elif "refund" in entry:
        run.emit(Open(token, "refund", {"of": entry["token"]}))
    else:
        run.emit(Call(token, entry["connection"], entry["operation"], entry["value"]))


def free(run: Run, base: str) -> str:
    """A token that was never used, of a name."""
    token, attempt = base, 1
    while token in run.state["steps"]:
        attempt += 1
        token = f"{base}~{attempt}"
    return token
