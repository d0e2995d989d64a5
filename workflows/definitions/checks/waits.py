"""Times: waits that may last for ever, times that cannot be read, calendars that are not there."""

from collections.abc import Iterator
from typing import Any

from workflows.definitions import calendars
from workflows.definitions.checks.problem import Problem, at, did_you_mean
from workflows.definitions.durations import duration, signed
from workflows.definitions.model import every_block

JSON = dict[str, Any]
TIMES = ("timeout", "chase", "within", "for")


def check(document: JSON) -> Iterator[Problem]:
    """Every fault about time."""
    usual = document.get("calendar", "national")
    if usual not in calendars.names():
        yield Problem("calendar", f"there is no calendar {usual!r}", did_you_mean(usual, calendars.names()))
    for block in every_block(document["steps"]):
        yield from _for_ever(block)
        for stated in _stated(block):
            yield from _time(block, stated)


def _for_ever(block: JSON) -> Iterator[Problem]:
    kind = block["kind"]
    if block.get("timeout") and "on_timeout" not in block:
        yield Problem(at(block), "has a timeout but says nowhere who looks then", "add on_timeout")
    if block.get("on_timeout") and kind in ("lookup", "deliver") and not block.get("timeout"):
        yield Problem(at(block), "says who looks after a timeout but has none", "add timeout, as P5D")
    if kind == "deliver" and not block.get("timeout") and not block.get("chase"):
        why = "waits without a timeout: an agency that never answers holds the case for ever"
        hint = "add timeout and on_timeout, or chase"
        yield Problem(at(block), why, hint, "warning")
    if kind == "task" and not block.get("within"):
        why = "waits without a timeout: the question is due on no day"
        yield Problem(at(block), why, "add within, as P14D", "warning")
    if kind == "task" and block.get("on_timeout") and not block.get("within"):
        yield Problem(at(block), "says what comes after a timeout but has none", "add within, as P14D")
    if kind == "service" and block.get("waits", True) and not block.get("within"):
        why = "waits without a timeout for another service's case"
        yield Problem(at(block), why, 'add within, as P60D, or "waits": false')


def _stated(block: JSON) -> Iterator[Any]:
    yield from (block[key] for key in TIMES if key in block)
    for reminder in block.get("remind", []):
        yield from (reminder[key] for key in ("after", "before") if key in reminder)
    if "offset" in block:
        yield block["offset"]


def _time(block: JSON, stated: Any) -> Iterator[Problem]:
    if isinstance(stated, dict):
        name = stated.get("calendar")
        if name and name not in calendars.names():
            hint = did_you_mean(name, calendars.names())
            yield Problem(at(block), f"there is no calendar {name!r}", hint)
        return
    try:
        signed(stated) if stated == block.get("offset") else duration(stated)
    except ValueError as error:
        yield Problem(at(block), str(error))
