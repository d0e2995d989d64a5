"""What people answer: co-signatures, decisions of officers (by two where four eyes are wanted), repairs."""

from workflows.engine.effects import Call, CloseCoSign, OpenTask
from workflows.engine.events import Answered, CoSigned, TaskDecided
from workflows.engine.finishing import over
from workflows.engine.run import JSON, Run
from workflows.engine.undoing import free, undo_again
from workflows.engine.walking import again, step_over

CONFIRM, DISAGREE = "confirm", "disagree"
CONFIRMING = "confirm-decision"


class SamePerson(Exception):
    """Who decided cannot confirm the decision as well. Final for this person."""


def cosigned(run: Run, token: str, event: CoSigned) -> None:
    """One of those asked answered."""
    wait = run.state["waiting"][token]
    if event.person not in wait["asked"] or event.person in wait["agreed"] + wait["declined"]:
        return
    wait, answer = run.own("waiting", token), "agreed" if event.agrees else "declined"
    wait[answer] = [*wait[answer], event.person]
    run.record(token, "cosigned" if event.agrees else "cosign-declined", "Answered", {})
    if len(wait["agreed"]) + len(wait["declined"]) == len(wait["asked"]):
        cosign_over(run, token)


def cosign_over(run: Run, token: str) -> None:
    """All have answered, or the time is up."""
    wait = run.state["waiting"].pop(token)
    silent = [person for person in wait["asked"] if person not in wait["agreed"] + wait["declined"]]
    answers = {"agreed": wait["agreed"], "declined": wait["declined"], "silent": silent}
    run.keep(wait["frame"], wait["into"], answers)
    run.emit(CloseCoSign(token))
    run.mark(token, "done")
    step_over(run, wait["frame"])


def answered(run: Run, token: str, event: Answered) -> None:
    """What was asked for outside is there; a refund ends an undoing."""
    wait = run.state["waiting"][token]
    if wait["kind"] == "undo":
        done = event.outcome == "refunded"
        over(run, token, {}, str(event.value.get("reference", "")), "done" if done else "refused")
        return
    run.record(
        token,
        f"{wait['kind']}-answered",
        "An answer came in",
        {"step": wait["step"], "outcome": event.outcome},
    )
    over(run, token, {**event.value, "outcome": event.outcome}, str(event.value.get("reference", "")))


def task_decided(run: Run, token: str, event: TaskDecided) -> None:
    """An officer decided: a case, a repair, or whether a colleague's decision holds."""
    wait = run.state["waiting"][token]
    if wait["kind"] == "second" and event.value.get("officer") == wait["first"].get("officer"):
        raise SamePerson(token)
    run.record(token, "person-decided", "Decided by a person", {"outcome": event.outcome})
    if wait["kind"] == "repair":
        _repaired(run, token, wait, event)
    elif wait["kind"] == "second":
        _second(run, token, wait, event)
    elif _wants_second(run, wait, event.outcome):
        _ask_second(run, token, event)
    else:
        _decided(run, token, {"outcome": event.outcome, "reason": event.reason, **event.value})


def _decided(run: Run, token: str, value: JSON) -> None:
    wait = run.state["waiting"].pop(token)
    run.keep(wait["frame"], wait["into"], value)
    run.mark(token, "done")
    step_over(run, wait["frame"])


def _wants_second(run: Run, wait: JSON, outcome: str) -> bool:
    wanted = run.definition.block(wait["step"]).get("four_eyes", False)
    return outcome in wanted if isinstance(wanted, list) else bool(wanted)


def _ask_second(run: Run, token: str, event: TaskDecided) -> None:
    wait = run.own("waiting", token)
    block = run.definition.block(wait["step"])
    first = {"outcome": event.outcome, "reason": event.reason, **event.value}
    question = f"{token}!{CONFIRMING}"
    wait["task"] = question
    run.state["waiting"][question] = {**wait, "kind": "second", "of": token, "first": first}
    show = {**run.fill(wait["frame"], block.get("show", {})), "proposed": event.outcome, "why": event.reason}
    due_at = run.ends(block["within"]) if block.get("within") else None
    skills, priority = tuple(block.get("skills", ())), block.get("priority", 5)
    unit = run.fill(wait["frame"], block["unit"])
    offers = (CONFIRM, DISAGREE)
    run.emit(OpenTask(question, unit, CONFIRMING, event.reason, show, due_at, offers, skills, priority))


def _second(run: Run, token: str, wait: JSON, event: TaskDecided) -> None:
    """Confirmed, the decision stands; otherwise the question is put anew."""
    del run.state["waiting"][token]
    if event.outcome == CONFIRM:
        confirmed = {"confirmedBy": event.value.get("officer", "")}
        _decided(run, wait["of"], {**wait["first"], **confirmed})
        return
    first = run.state["waiting"].pop(wait["of"])
    run.mark(wait["of"], "replaced")
    again(run, first["frame"])


def _repaired(run: Run, token: str, wait: JSON, event: TaskDecided) -> None:
    """A person settled a step that stuck: do it anew, take it as done by other means, or give it up."""
    stuck = run.own("waiting", wait["of"])
    del run.state["waiting"][token]
    del stuck["task"]
    if event.outcome != "resend":
        state = "done" if event.outcome == "settled" else "refused"
        run.close(wait["of"])
        over(run, wait["of"], {"settled": event.outcome, "reason": event.reason}, state=state)
        return
    if stuck["kind"] == "settling":
        _send_settling(run, wait["of"], stuck)
        return
    run.forget(wait["of"], "replaced")
    if stuck["kind"] == "undo":
        undo_again(run, stuck)
    else:
        again(run, stuck["frame"])


def _send_settling(run: Run, token: str, wait: JSON) -> None:
    """A delivery whose case is ending, sent anew under a token of its own."""
    block = run.definition.block(wait["step"])
    value = run.definition.fill(block.get("input", {}), {**run.scope(""), **wait["local"]})
    fresh = free(run, token)
    del run.state["waiting"][token]
    run.mark(token, "replaced")
    run.state["waiting"][fresh] = {key: wait[key] for key in wait if key != "reference"}
    run.mark(fresh, "sending", step=wait["step"], connection=wait["connection"])
    run.emit(Call(fresh, wait["connection"], wait["operation"], value))
