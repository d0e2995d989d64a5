"""One operation as ``mapping.toml`` lays it out: what it calls, its rules, and what its answers mean.

``outcome`` is a list of conditions on the decoded answer, tried in order::

    outcome = [{ when = "status = refused", is = "rejected", code = "reasonCode", reason = "reason" }]

``is`` says accepted, pending, rejected or retry; ``code`` and ``reason`` are paths of the answer,
``code_constant`` and ``reason_constant`` fixed words. A decoded member named ``reference`` becomes the
result's reference. ``[fault]`` says which fields of the agency's own error carry code, reason and place.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adapters.mapping.conditions import condition
from adapters.mapping.paths import as_text, getter, plain
from adapters.mapping.rules import ORIGIN, MappingWrong, Rule, RuleBook, Rules, check_references
from adapters.ports import JSON, Accepted, Context, Pending, Rejected, Result, Retry

SETTINGS = (
    *("call", "header", "request", "reply", "outcome", "check", "answer", "acknowledged"),
    *("action", "path", "before", "get"),
)  # what an operation's table may say; a kind from elsewhere may read more
CREDENTIALS = "@credentials"  # what a header block may take from the connection: ``@credentials.username``
_ENDS = {"accepted", "pending", "rejected", "retry"}
_ARM = {"when", "is", "after", "code", "reason", "code_constant", "reason_constant", ORIGIN}


@dataclass(frozen=True, slots=True)
class Plan:
    """One operation. ``options`` are what only its kind understands (paths, methods, record codes)."""

    name: str
    call: str
    header: Rules
    request: Rules
    reply: Rules
    conclude: Callable[[JSON], Result]
    check: "Plan | None"
    options: dict[str, Any]

    @property
    def where(self) -> str:
        """Where it stands, for messages: file and line where known, and its name."""
        origin = self.options.get(ORIGIN)
        return f"{origin}: operations.{self.name}" if origin else f"operations.{self.name}"

    def answers(self, book: RuleBook, part: str) -> "dict[str, Plan]":
        """Plans of the operation's different answers, where it has several (``acknowledged.K1``)."""
        tables = self.options.get(part, {})
        return {code: _plan(book, f"{self.name}.{part}.{code}", table) for code, table in tables.items()}


def plans(book: RuleBook) -> dict[str, Plan]:
    """Every operation of a mapping; raises MappingWrong."""
    return {name: _plan(book, name, table) for name, table in book.operations.items()}


def _plan(book: RuleBook, name: str, table: dict[str, Any]) -> Plan:
    where = f"operations.{name}"

    def rules(part: str) -> Rules:
        return check_references(book, book.rules(table.get(part, []), f"{where}.{part}"), f"{where}.{part}")

    return Plan(
        name=name,
        call=str(table.get("call", "")),
        header=rules("header"),
        request=rules("request"),
        reply=rules("reply"),
        conclude=_conclusion(table.get("outcome", [{"is": "accepted"}]), where),
        check=_plan(book, f"{name}.check", table["check"]) if "check" in table else None,
        options=table,
    )


def source(value: JSON, context: Context, reference: str = "") -> JSON:
    """The canonical value with what rules may take from the call itself (``@idempotency_key`` …).

    A call without a key is a read that nobody repeats: it gets one of its own.
    """
    return {
        **value,
        "@idempotency_key": context.idempotency_key or uuid.uuid4().hex,
        "@correlation_id": context.correlation_id,
        "@reference": reference,
    }


def _conclusion(table: Any, where: str) -> Callable[[JSON], Result]:
    if not isinstance(table, list) or not all(isinstance(arm, dict) for arm in table):
        raise MappingWrong(f"{where}: outcome must be a list of tables")
    arms = []
    for number, arm in enumerate(table, start=1):
        place = f"{arm.get(ORIGIN) or where}: outcome {number}"
        unknown = set(arm) - _ARM
        if unknown:
            raise MappingWrong(f"{place} says {', '.join(sorted(unknown))}, which no outcome knows")
        try:
            holds = condition(arm["when"]) if "when" in arm else None
            arms.append((holds, _end(arm, place)))
        except (MappingWrong, TypeError, AttributeError) as error:
            raise MappingWrong(f"{place}: {error}") from error

    def conclude(value: JSON) -> Result:
        for holds, end in arms:
            if holds is None or holds(value):
                return end(value)
        raise MappingWrong(f"{where}: no outcome fits the answer")

    return conclude


def _end(arm: dict[str, Any], where: str) -> Callable[[JSON], Result]:
    kind = arm.get("is")
    if kind not in _ENDS:
        raise MappingWrong(f"an outcome is accepted, pending, rejected or retry, not {kind!r}")
    after = timedelta(seconds=arm["after"]) if "after" in arm else None
    code, reason = _said(arm, "code"), _said(arm, "reason")

    def end(value: JSON) -> Result:
        reference = as_text(value.pop("reference", ""))
        if kind == "accepted":
            return Accepted(value, reference)
        if kind == "pending":
            return Pending(reference, after, value)
        if kind == "rejected":
            return Rejected(as_text(code(value)), as_text(reason(value)), value=value)
        return Retry(as_text(reason(value)), after)

    return end


def _said(arm: dict[str, Any], name: str) -> Callable[[JSON], Any]:
    """What an outcome says for its code or reason: a constant, or what stands at a path of the answer."""
    constant = arm.get(f"{name}_constant")
    return getter(arm.get(name, name)) if constant is None else lambda value: constant


@dataclass(frozen=True, slots=True)
class FaultTable:
    """How the agency's own error reads: which fields carry what, and what its codes mean."""

    code: str
    reason: str
    field: str
    codes: dict[str, str]
    retry: frozenset[str]

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "FaultTable":
        """From the ``[fault]`` table of a mapping."""
        return cls(
            code=table.get("code", "code"),
            reason=table.get("reason", "reason"),
            field=table.get("field", ""),
            codes={str(key): str(value) for key, value in table.get("codes", {}).items()},
            retry=frozenset(str(code) for code in table.get("retry", ())),
        )

    def result(self, fields: Mapping[str, str], locate: Callable[[str], str]) -> Result:
        """A fault's fields as Rejected, or Retry where its code says so."""
        code, reason = fields.get(self.code, ""), fields.get(self.reason, "")
        if code in self.retry:
            return Retry(reason)
        place = fields.get(self.field, "") if self.field else ""
        return Rejected(self.codes.get(code, code), reason, field=locate(place) if place else "")


def locate(book: RuleBook, rules: Rules, path: str) -> str:
    """The canonical path behind a place in the agency's message (``Movers/PersonNumber[2]``), "" if none.

    A bare name finds the first rule that ends in it, however deep.
    """
    names = [part for part in path.split("/") if part]
    found = _walk(book, rules, names)
    return found or (_search(book, rules, names[-1]) if len(names) == 1 else "")


def _walk(book: RuleBook, rules: Rules, parts: list[str]) -> str:
    names = [part.partition("[")[0] for part in parts]
    for rule in rules:
        own = plain(rule.agency, "/").split("/")
        if not rule.agency or names[: len(own)] != own:
            continue
        canonical, rest = _canonical(rule), parts[len(own) :]
        if rule.each:
            _, bracket, index = parts[len(own) - 1].partition("[")
            canonical += f"[{int(index.rstrip(']')) - 1 if bracket else 0}]"
        inner = _walk(book, book.shapes.get(rule.use or rule.each, ()), rest) if rest else ""
        return f"{canonical}.{inner}" if inner else canonical
    return ""


def _search(book: RuleBook, rules: Rules, name: str, prefix: str = "") -> str:
    for rule in rules:
        if plain(rule.agency, "/").rpartition("/")[2].lstrip("@") == name:
            return prefix + _canonical(rule)
        inner = _search(book, book.shapes.get(rule.use, ()), name, f"{prefix}{rule.canonical}.")
        if inner:
            return inner
    return ""


def _canonical(rule: Rule) -> str:
    return rule.canonical or (rule.join[0] if rule.join else "")
