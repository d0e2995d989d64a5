"""Moving a case to another version of its service: which waits go on where, and what is impossible and why.

Steps are the same where their ids are. A frame goes on at the step of its name, if that step still has its
kind and stands inside the same step as before; a wait keeps its token, so that what is under way at an agency
still finds the case. ``instead`` names another step for one that is gone or changed: the wait is then given
up, and the step begun anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows.definitions.model import Definition, every_block
from workflows.engine.advance import STARTERS
from workflows.engine.effects import Effect
from workflows.engine.run import JSON, Run
from workflows.engine.walking import walk


@dataclass(frozen=True, slots=True)
class Move:
    """One frame: the step it stands at, the step it will stand at, and whether that begins anew."""

    frame: str
    step: str
    to: str
    anew: bool
    tokens: list[str]


@dataclass(slots=True)
class Plan:
    """What moving would do; possible where ``impossible`` is empty. ``notes`` is what will not happen."""

    moves: list[Move] = field(default_factory=list)
    impossible: list[tuple[str, str]] = field(default_factory=list)  # the step, and why
    notes: list[str] = field(default_factory=list)


class CannotMove(Exception):
    """The case cannot move to the version. ``plan`` says at which steps, and why. Final for this version."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("; ".join(f"step {step!r}: {why}" for step, why in plan.impossible))
        self.plan = plan


def plan(old: Definition, new: Definition, state: JSON, instead: Mapping[str, str] | None = None) -> Plan:
    """What moving a case's state to another version means; changes nothing."""
    found, chosen = Plan(), instead or {}
    if "frames" not in state:  # not begun: it begins on the new version
        return found
    if state["status"] != "open":
        found.impossible.append(("", "the case has ended"))
        return found
    for name in [name for name, frame in state["frames"].items() if not frame["parent"]]:
        _plan_frame(old, new, state, chosen, name, "", found)
    for wait in state["waiting"].values():
        if wait["kind"] in ("undo", "settling") and not new.has(wait["step"]):
            found.impossible.append((wait["step"], "is being taken back, and is not in the new version"))
    for entry in state.get("undo", []):
        if not new.has(entry["step"]):
            found.impossible.append((entry["step"], "can be taken back, and is not in the new version"))
    found.notes += _passed(old, new, found)
    return found


def migrate(
    old: Definition,
    new: Definition,
    state: JSON,
    now: datetime,
    *,
    instead: Mapping[str, str] | None = None,
    reason: str = "",
) -> tuple[JSON, list[Effect]]:
    """The state on the new version, and what is to be done; raises CannotMove."""
    found = plan(old, new, state, instead)
    if found.impossible:
        raise CannotMove(found)
    if "frames" not in state:
        return state, []
    run = Run(new, state, now, STARTERS)
    told = {"from": old.version, "to": new.version, "reason": reason}
    run.record("", "version-changed", "The rules of the case were brought up to date", told)
    anew = [move for move in found.moves if move.anew]
    for move in found.moves:
        path, position = new.place(move.to)
        frame = run.own("frames", move.frame)
        frame["at"], frame["pc"] = path, position
    for move in anew:
        for child in [key for key, one in run.state["frames"].items() if one["parent"] == move.frame]:
            run.drop(child, "replaced")
        for token in [key for key, wait in run.state["waiting"].items() if wait["frame"] == move.frame]:
            run.forget(token, "replaced")
        run.own("frames", move.frame).pop("join", None)
    walk(run, *(move.frame for move in anew))
    return run.state, run.effects


def _plan_frame(
    old: Definition,
    new: Definition,
    state: JSON,
    instead: Mapping[str, str],
    name: str,
    around: str,
    found: Plan,
) -> None:
    """One frame, and those below it unless it begins anew; ``around`` is the step that holds it."""
    frame = state["frames"][name]
    block = old.blocks(frame["at"])[frame["pc"]]
    step, to = block["id"], instead.get(block["id"], block["id"])
    why = _obstacle(new, block, to, around, chosen=step in instead)
    if why:
        found.impossible.append((step, why))
        return
    tokens = [token for token, wait in state["waiting"].items() if wait["frame"] == name]
    anew = step in instead
    found.moves.append(Move(name, step, to, anew, tokens))
    if anew:
        return
    for child in [key for key, one in state["frames"].items() if one["parent"] == name]:
        _plan_frame(old, new, state, instead, child, step, found)


def _obstacle(new: Definition, block: JSON, to: str, around: str, *, chosen: bool) -> str:
    """Why a frame cannot stand at a step of the new version, or ""."""
    if not new.has(to):
        return "the new version does not have it" + ("" if chosen else "; name another step to go on from")
    holder = new.holder(to)
    if holder != around:
        where = f"inside {holder!r}" if holder else "at the top"
        return f"{to!r} stands {where} now" + (f", not inside {around!r}" if around else "")
    if not chosen and new.block(to)["kind"] != block["kind"]:
        kind = new.block(to)["kind"]
        return f"it was a {block['kind']} and is a {kind} now; name a step to begin anew"
    return ""


def _passed(old: Definition, new: Definition, found: Plan) -> list[str]:
    """Steps that the new version adds where the case has already been: they will not run."""
    known = {block["id"] for block in every_block(old.document["steps"])}
    notes = []
    for move in found.moves:
        path, position = new.place(move.to)
        for block in every_block(new.blocks(path)[:position]):
            if block["id"] not in known:
                notes.append(f"step {block['id']!r} is new and lies behind the case: it will not run")
    return notes


def as_json(found: Plan) -> dict[str, Any]:
    """A plan for programs."""
    moves = [{"step": one.step, "to": one.to, "anew": one.anew, "tokens": one.tokens} for one in found.moves]
    impossible = [{"step": step, "why": why} for step, why in found.impossible]
    return {"moves": moves, "impossible": impossible, "notes": found.notes}
