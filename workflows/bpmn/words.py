"""What people read of a flow: names of steps, conditions and times in plain words."""

import re
from typing import Any

JSON = dict[str, Any]
_TIMES = {"W": "week", "D": "day", "H": "hour", "M": "minute", "S": "second"}
_TERMS = {"years": "year", "months": "month", "days": "day", "working_days": "working day"}
_SIGNS = [
    (r"\banswers\.", ""),
    (r"\bcount\(([^()]*)\)", r"number of \1"),
    (r"!=\s*null", "is known"),
    (r"(?<![<>!])=\s*null", "is not known"),
    (r"!=\s*true|(?<![<>!])=\s*false", "is no"),
    (r"!=\s*false|(?<![<>!])=\s*true", "is yes"),
    (r"!=", "is not"),
    (r">=", "is at least"),
    (r"<=", "is at most"),
    (r">", "is more than"),
    (r"<", "is less than"),
    (r"=", "is"),
]


def name(block: JSON) -> str:
    """The title of a step; without one, its id as words."""
    return str(block.get("title") or sentence(block["id"]))


def sentence(identifier: str) -> str:
    """An id as words: ``tell-tax`` is "Tell tax"."""
    words = re.sub(r"[-_.\s]+", " ", identifier).strip()
    return words[:1].upper() + words[1:]


def condition(feel: str) -> str:
    """A condition of FEEL in words, as near as can be without knowing what its names mean."""
    pieces = re.split(r'("[^"]*")', feel.strip())
    shown = [_plain(piece) if number % 2 == 0 else f"“{piece[1:-1]}”" for number, piece in enumerate(pieces)]
    return re.sub(r"\s+", " ", "".join(shown)).strip()


def question(feel: str) -> str:
    """The condition as the question that a gateway asks."""
    words = condition(feel)
    return f"{words[:1].upper()}{words[1:]}?"


def _plain(feel: str) -> str:
    for sign, words in _SIGNS:
        feel = re.sub(sign, f" {words} ", feel)
    feel = re.sub(r"(?<=[A-Za-z_])[._](?=[A-Za-z])", " ", feel)
    feel = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", feel)
    return re.sub(r"\b[A-Z][a-z]+\b", lambda found: found[0].lower(), feel)


def time(stated: Any) -> str:
    """``P7D`` or ``{"working_days": 5}`` in words."""
    if isinstance(stated, dict):
        parts = [_many(stated[word], unit) for word, unit in _TERMS.items() if stated.get(word)]
        return " and ".join(parts)
    text = str(stated).removeprefix("-").removeprefix("P")
    days, _, clock = text.partition("T")
    found = [_many(int(number), _TIMES[unit]) for number, unit in re.findall(r"(\d+)([WD])", days)]
    found += [_many(int(number), _TIMES[unit]) for number, unit in re.findall(r"(\d+)([HMS])", clock)]
    return " and ".join(found) or str(stated)


def _many(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def shortened(text: str, most: int) -> str:
    """The text, cut at a word where it is longer than ``most``."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def unit(value: Any) -> str:
    """A unit, connection or person of a step: an expression says nothing that people could read."""
    text = str(value or "")
    return "" if text.startswith("=") else text


def detail(block: JSON) -> str:
    """The second line of a step: what it is, and who or how long."""
    return str(_DETAILS[block["kind"]](block))


def _within(block: JSON) -> str:
    return f", up to {time(block['within'])}" if block.get("within") else ""


def _agency(block: JSON) -> str:
    return unit(block["connection"]).upper() or "an agency"


def _timer(block: JSON) -> str:
    if "for" in block:
        return f"Wait {time(block['for'])}"
    offset = str(block.get("offset", ""))
    if not offset:
        return "Wait until a date"
    return f"Wait until {time(offset)} {'before' if offset.startswith('-') else 'after'} a date"


_DETAILS: dict[str, Any] = {
    "lookup": lambda block: f"Ask {_agency(block)}",
    "deliver": lambda block: f"Tell {_agency(block)}" + (" with consent" if "optional" in block else ""),
    "decide": lambda block: (
        f"Decision: table {block['table']}" if block.get("table") else "Decision by rules"
    ),
    "notify": lambda block: (
        "Message to people of the case" if block.get("to") else "Message to the applicant"
    ),
    "task": lambda block: f"Caseworker of {unit(block['unit']).upper() or 'a unit'}{_within(block)}",
    "cosign": lambda block: f"Others agree{_within(block)}",
    "link": lambda block: f"{block['role']} answers a link{_within(block)}",
    "questions": lambda block: f"Further questions{_within(block)}",
    "payment": lambda block: f"Fee: {block['subject']}{_within(block)}",
    "appointment": lambda block: f"Appointment: {block['subject']}{_within(block)}",
    "event": lambda block: f"News from {unit(block['from']).upper() or 'an agency'}{_within(block)}",
    "timer": _timer,
    "document": lambda block: f"Document: {block['name']}",
    "service": lambda block: f"Service: {sentence(block['service'])}{_within(block)}",
    "compensate": lambda _: "Take back what was told",
    "end": lambda block: "End: " + (sentence(block["result"]) if block.get("result") else block["outcome"]),
    "parallel": lambda block: {"all": "All of these", "any": "Until one is over"}.get(
        str(block.get("join", "all")), f"Until {block.get('join')} are over"
    ),
    "repeat": lambda block: f"For each of: {condition(block['for_each'].removeprefix('='))}",
    "loop": lambda block: f"Again until {condition(block['until'])}, at most {block['at_most']} times",
}
