"""What the steps do that wait for somebody, when a frame reaches them."""

from datetime import datetime
from typing import Any

from workflows.definitions.durations import duration, signed
from workflows.definitions.terms import moment
from workflows.engine.effects import AskCoSign, Effect, Open, OpenTask, Timer
from workflows.engine.run import JSON, Run


class NotPayable(Exception):
    """The amount of a fee is no amount. A person must look."""


def cosign(run: Run, frame: str, block: JSON) -> bool:
    """Ask the listed people to agree within a time; over when all have answered or the time is up."""
    people = run.fill(frame, block["people"]) or []
    if not people:
        return True
    due_at = run.ends(block["within"])
    token = run.token(frame, block)
    run.wait(token, "cosign", frame, block, asked=people, agreed=[], declined=[], into=block["into"])
    run.mark(token, "waiting", step=block["id"], dueAt=due_at.isoformat())
    run.emit(*(AskCoSign(token, person, due_at) for person in people), *_alarms(run, token, block, due_at))
    run.record(token, "cosign-asked", "We asked the other adults who move to agree", {"count": len(people)})
    return False


def task(run: Run, frame: str, block: JSON) -> bool:
    """Put a question before a unit; over when it is decided, and confirmed where four eyes are wanted."""
    unit, show = run.fill(frame, block["unit"]), run.fill(frame, block.get("show", {}))
    reason = run.fill(frame, block.get("reason", "")) or ""
    due_at = run.ends(block["within"]) if block.get("within") else None
    token = run.token(frame, block)
    run.wait(token, "task", frame, block, into=block["into"])
    run.mark(token, "person", step=block["id"], unit=unit)
    skills, priority = tuple(block.get("skills", ())), block.get("priority", 5)
    outcomes = tuple(block["outcomes"])
    run.emit(OpenTask(token, unit, block["task"], reason, show, due_at, outcomes, skills, priority))
    if due_at is not None and block.get("on_timeout"):
        run.emit(Timer(token, "due", due_at))
    run.record(token, "person", "An officer is looking at your case", {"unit": unit})
    return False


def timer(run: Run, frame: str, block: JSON) -> bool:
    """Wait for a stated time, or until a date; one that has passed is no wait."""
    if "for" in block:
        at = run.ends(block["for"])
    else:
        at = moment(run.fill(frame, block["until"]), run.definition.calendar)
        at += signed(block["offset"]) if block.get("offset") else at - at
    token = run.token(frame, block)
    run.wait(token, "timer", frame, block)
    run.mark(token, "waiting", step=block["id"])
    run.emit(Timer(token, "due", at))
    return False


def link(run: Run, frame: str, block: JSON) -> bool:
    """Send somebody without an account a link that answers once."""
    told = {key: block[key] for key in ("role", "texts")}
    told |= {"to": run.fill(frame, block["to"]), "show": run.fill(frame, block.get("show", {}))}
    return _open(run, frame, block, told)


def await_event(run: Run, frame: str, block: JSON) -> bool:
    """Wait for an agency to tell something about what ``match`` gives."""
    match = run.fill(frame, block["match"])
    if match is None or match == "":
        raise ValueError(f"{block['match']!r} gives nothing that an event could be matched by")
    told = {"from": run.fill(frame, block["from"]), "type": block["type"], "match": str(match)}
    return _open(run, frame, block, {**told, "by": block.get("by", "subject")})


def questions(run: Run, frame: str, block: JSON) -> bool:
    """Ask somebody of the case to answer further pages."""
    who = run.fill(frame, block["who"]) if "who" in block else None
    return _open(run, frame, block, {"who": who, "texts": block.get("texts", {})}, facts={"who": who})


def payment(run: Run, frame: str, block: JSON) -> bool:
    """Ask for a fee; a fee of nothing is paid."""
    amount = run.fill(frame, block["amount"])
    try:
        cents = round(float(amount) * 100)
    except (TypeError, ValueError) as error:
        raise NotPayable(f"{block['amount']!r} gives {amount!r}, which is no amount") from error
    if cents < 0:
        raise NotPayable(f"{block['amount']!r} gives {amount!r}, less than nothing")
    if cents == 0:
        token = run.token(frame, block)
        run.keep(frame, block["into"], {"outcome": "paid", "amount": "0.00"})
        run.mark(token, "done", step=block["id"])
        return True
    told = {"amount": f"{cents // 100}.{cents % 100:02}", "currency": block.get("currency", "EUR")}
    told |= {"subject": block["subject"], "provider": block.get("provider", "")}
    return _open(run, frame, block, {**told, "unit": run.fill(frame, block["unit"])})


def appointment(run: Run, frame: str, block: JSON) -> bool:
    """Ask for a time to be booked."""
    told = {"subject": block["subject"], "minutes": block.get("minutes", 30)}
    told |= {"provider": block.get("provider", ""), "unit": run.fill(frame, block["unit"])}
    return _open(run, frame, block, {**told, "place": run.fill(frame, block.get("place"))})


def service(run: Run, frame: str, block: JSON) -> bool:
    """Begin another service's case, and wait for its end or not."""
    told = {key: run.fill(frame, block.get(key, {})) for key in ("answers", "data")}
    told |= {"service": block["service"], "applicant": run.fill(frame, block.get("applicant"))}
    if block.get("waits", True):
        return _open(run, frame, block, told)
    token = run.token(frame, block)
    run.mark(token, "done", step=block["id"])
    run.emit(Open(token, "service", told))
    return True


def document(run: Run, frame: str, block: JSON) -> bool:
    """Have a PDF made; over when it is kept with the case."""
    told = {key: run.fill(frame, block.get(key, {})) for key in ("data", "attach")}
    told["facts"] = run.fill(frame, block.get("facts", []))
    told |= {"texts": block["texts"], "name": block["name"], "sign": block.get("sign", False)}
    return _open(run, frame, block, {**told, "author": run.fill(frame, block.get("author", ""))})


def _open(run: Run, frame: str, block: JSON, told: JSON, facts: JSON | None = None) -> bool:
    """Ask the outside, wait for its answer until the step's time is up."""
    due_at = run.ends(block["within"]) if block.get("within") else None
    alarms = _alarms(run, "", block, due_at)
    token = run.token(frame, block)
    run.wait(token, block["kind"], frame, block, **(facts or {}))
    run.mark(token, "waiting", step=block["id"], **({"dueAt": due_at.isoformat()} if due_at else {}))
    run.emit(Open(token, block["kind"], told, due_at))
    run.emit(*(Timer(token, one.name, one.at) for one in alarms))
    return False


def _alarms(run: Run, token: str, block: JSON, due_at: datetime | None) -> list[Any]:
    """The end of a wait, and the reminders before it."""
    found: list[Effect] = [] if due_at is None else [Timer(token, "due", due_at)]
    for number, reminder in enumerate(block.get("remind", [])):
        if "after" in reminder:
            at = run.ends(reminder["after"])
        elif due_at is not None:
            at = due_at - duration(reminder["before"])
        else:
            continue
        if at > run.now and (due_at is None or at < due_at):
            found.append(Timer(token, f"remind.{number}", at))
    return found
