"""A script in a file: answers that are pinned, in TOML, tried from the top; the rest is sampled.

::

    [[answer]]
    operation = "GetHousehold"
    when = { PersonNumber = "19850312T4240" }   # fields of the request by name, all must agree
    reply = { Household = { HouseholdNumber = "HH-0001" } }
    delay_ms = 200
    times = 1                                   # how often; without it always

Instead of ``reply``: ``fault = "NotFound"`` (SOAP; ``value`` pins its members), ``status = 404`` (REST; with
``reply`` its body), ``file = "answer.xml"`` (the bytes of a file beside the script, sent as they are),
``element = "AddressList"`` (XML over HTTP: the element that answers).
"""

import threading
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_KNOWN = {
    "operation",
    "when",
    "reply",
    "value",
    "fault",
    "status",
    "file",
    "element",
    "delay_ms",
    "times",
    "full",
}


class ScriptWrong(Exception):
    """A script cannot be read. Final until the file is mended."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """One rule."""

    operation: str = ""
    when: dict[str, Any] = field(default_factory=dict)
    reply: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    status: int = 0
    content: bytes | None = None
    delay_ms: int = 0
    element: str = ""
    times: int = 0  # 0: always
    full: bool = False
    absent: tuple[tuple[str, ...], ...] = ()  # members that are left out, by path

    def fits(self, operation: str, known: dict[str, Any]) -> bool:
        """Whether the rule is for this request."""
        return self.operation in {"", operation} and all(
            str(known.get(name)) == str(wanted) for name, wanted in self.when.items()
        )


PLAIN = Pinned()


class Pins:
    """The rules of one run, counted. Safe for several threads."""

    def __init__(self, rules: list[Pinned]) -> None:
        self.rules = rules
        self._used = [0] * len(rules)
        self._lock = threading.Lock()

    def rule(self, operation: str, known: dict[str, Any]) -> Pinned:
        """The first rule that fits and is not used up; PLAIN where there is none."""
        with self._lock:
            for index, rule in enumerate(self.rules):
                if rule.fits(operation, known) and (not rule.times or self._used[index] < rule.times):
                    self._used[index] += 1
                    return rule
        return PLAIN


def read(path: Path | None) -> Pins:
    """The script of a file; raises ScriptWrong naming the rule."""
    if path is None:
        return Pins([])
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScriptWrong(f"{path.name}: {error}") from error
    rules = document.get("answer", [])
    if set(document) - {"answer"} or not isinstance(rules, list):
        raise ScriptWrong(f"{path.name}: a script is a list of [[answer]] and nothing else")
    return Pins([_rule(table, number, path) for number, table in enumerate(rules, start=1)])


def _rule(table: dict[str, Any], number: int, path: Path) -> Pinned:
    where = f"{path.name}, answer {number}"
    unknown = set(table) - _KNOWN
    if unknown:
        raise ScriptWrong(
            f"{where} says {', '.join(sorted(unknown))}; it may say {', '.join(sorted(_KNOWN))}"
        )
    content = None
    if "file" in table:
        try:
            content = (path.parent / str(table["file"])).read_bytes()
        except OSError as error:
            raise ScriptWrong(f"{where}: {error}") from error
    for name, kind in (("when", dict), ("reply", dict), ("status", int), ("delay_ms", int), ("times", int)):
        if not isinstance(table.get(name, kind()), kind):
            raise ScriptWrong(f"{where}: {name} is not a {'table' if kind is dict else 'whole number'}")
    return Pinned(
        operation=str(table.get("operation", "")),
        when=table.get("when", {}),
        reply=table.get("reply", table.get("value", {})),
        fault=str(table.get("fault", "")),
        status=table.get("status", 0),
        content=content,
        element=str(table.get("element", "")),
        delay_ms=table.get("delay_ms", 0),
        times=table.get("times", 0),
        full=bool(table.get("full", False)),
    )
