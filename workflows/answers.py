"""Answers: checked at their field by the rules of its kind, and kept under their canonical path.

A field's problem is a code, see :data:`CODES`; pages turn it into words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from workflows.definitions.durations import duration

JSON = dict[str, Any]
CODES = (
    *("required", "too-long", "control-characters", "not-a-date", "too-early", "too-late", "not-an-email"),
    *("not-a-telephone", "not-a-postcode", "not-an-address", "not-yes-or-no", "unknown-choice"),
    *("not-in-household", "not-yours-to-change", "too-many-files", "not-a-file-of-this"),
)
LONGEST = 200
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)  # what XML forbids, and what turns the letters after it round
MARKUP = re.compile(r"[<>]")
TELEPHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{3,28}[0-9]", re.ASCII)
POSTCODE = re.compile(r"[0-9]{5}", re.ASCII)
ADDRESS_ID = re.compile(r"AU-[0-9]{8}", re.ASCII)
ADDRESS_PARTS = (
    *("fullAddress", "thoroughfare", "locatorDesignator", "locatorName", "postCode", "postName"),
    *("adminUnitL1", "adminUnitL2", "addressID"),
)


class AnswersInvalid(Exception):
    """Answers that do not fit. ``problems`` maps a field's name to a code of :data:`CODES`."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(str(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Asked:
    """What rules need to know besides the answer: the day, who may move (by personal number), files sent."""

    today: date
    household: dict[str, JSON] = field(default_factory=dict)
    uploads: dict[str, JSON] = field(default_factory=dict)  # what was sent along, by public id


class _Problem(Exception):
    """One answer does not fit; the argument is a code."""


def clean_page(page: JSON, given: JSON, asked: Asked) -> JSON:
    """Return one page's answers in canonical form by field name; raises AnswersInvalid with every problem."""
    cleaned, problems = {}, {}
    for spec in page["fields"]:
        try:
            cleaned[spec["name"]] = _clean(spec, given.get(spec["name"]), asked)
        except _Problem as problem:
            problems[spec["name"]] = str(problem)
    if problems:
        raise AnswersInvalid(problems)
    return cleaned


def place(answers: JSON, page: JSON, cleaned: JSON) -> JSON:
    """Return the answers with a page's values put at their paths; an empty value takes its name away."""
    placed = {name: dict(value) if isinstance(value, dict) else value for name, value in answers.items()}
    for spec in page["fields"]:
        *way, last = spec.get("path", spec["name"]).split(".")
        target = placed
        for name in way:
            target = target.setdefault(name, {})
        target.pop(last, None)
        if cleaned[spec["name"]] is not None:
            target[last] = cleaned[spec["name"]]
    return placed


def _clean(spec: JSON, value: Any, asked: Asked) -> Any:
    if isinstance(value, str):
        value = value.strip()
    if value in (None, "", [], {}):
        if spec.get("required", True):
            raise _Problem("required")
        return None
    return _RULES[spec["kind"]](spec, value, asked)


def _text(spec: JSON, value: Any, _asked: Asked) -> str:
    if not isinstance(value, str) or CONTROL.search(value):
        raise _Problem("control-characters")
    if len(value) > spec.get("longest", LONGEST):
        raise _Problem("too-long")
    return value


def _date(spec: JSON, value: Any, asked: Asked) -> str:
    try:
        day = date.fromisoformat(str(value))
    except ValueError as error:
        raise _Problem("not-a-date") from error
    if "earliest" in spec and day < asked.today + _span(spec["earliest"]):
        raise _Problem("too-early")
    if "latest" in spec and day > asked.today + _span(spec["latest"]):
        raise _Problem("too-late")
    return day.isoformat()


def _span(text: str) -> timedelta:
    return -duration(text[1:]) if text.startswith("-") else duration(text)


def _yes_no(_spec: JSON, value: Any, _asked: Asked) -> bool:
    if not isinstance(value, bool):
        raise _Problem("not-yes-or-no")
    return value


def _choice(spec: JSON, value: Any, _asked: Asked) -> str:
    if not isinstance(value, str) or value not in spec.get("choices", {}):
        raise _Problem("unknown-choice")
    return value


def _choices(spec: JSON, value: Any, asked: Asked) -> list[str]:
    if not isinstance(value, list):
        raise _Problem("unknown-choice")
    return [_choice(spec, item, asked) for item in value]


def _email(spec: JSON, value: Any, asked: Asked) -> str:
    text = _text({**spec, "longest": 254}, value, asked)
    try:
        EmailValidator()(text)
    except ValidationError as error:
        raise _Problem("not-an-email") from error
    return text


def _telephone(spec: JSON, value: Any, asked: Asked) -> str:
    text = _text({**spec, "longest": 30}, value, asked)
    if not TELEPHONE.fullmatch(text):
        raise _Problem("not-a-telephone")
    return text


def _address(spec: JSON, value: Any, asked: Asked) -> JSON:
    if not isinstance(value, dict):
        raise _Problem("not-an-address")
    parts = {name: _text(spec, value[name], asked) for name in ADDRESS_PARTS if value.get(name)}
    if any(MARKUP.search(part) for part in parts.values()):
        raise _Problem("not-an-address")
    if not POSTCODE.fullmatch(parts.get("postCode", "")):
        raise _Problem("not-a-postcode")
    if "addressID" in parts and not ADDRESS_ID.fullmatch(parts["addressID"]):
        raise _Problem("not-an-address")
    if not parts.get("thoroughfare") or not parts.get("adminUnitL2"):
        raise _Problem("not-an-address")
    return parts


def _household(_spec: JSON, value: Any, asked: Asked) -> list[JSON]:
    """Personal numbers, or objects with a ``notation``, become movers with what the register says."""
    items = value if isinstance(value, list) else [value]
    notations = [str(item.get("notation") if isinstance(item, dict) else item) for item in items]
    if not all(notation in asked.household for notation in notations):
        raise _Problem("not-in-household")
    return [asked.household[notation] for notation in dict.fromkeys(notations)]


def _upload(spec: JSON, value: Any, asked: Asked) -> list[JSON]:
    """Public ids of files sent along become what a case says of each: its name, kind and digest."""
    items = value if isinstance(value, list) else [value]
    if len(items) > spec.get("most", 5):
        raise _Problem("too-many-files")
    if not all(isinstance(item, str) and item in asked.uploads for item in items):
        raise _Problem("not-a-file-of-this")
    return [asked.uploads[item] for item in dict.fromkeys(items)]


_RULES: dict[str, Callable[[JSON, Any, Asked], Any]] = {
    "text": _text,
    "date": _date,
    "yes-no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "email": _email,
    "telephone": _telephone,
    "address": _address,
    "household": _household,
    "upload": _upload,
}
