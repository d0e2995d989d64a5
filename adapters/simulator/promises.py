"""What a connection's folder says of answers that take a while: who gets one, how it comes, what it says.

The mapping says most of it: an operation is promised an answer where it has a ``check``, ends ``pending``, or
says ``answer = "later"``; the outcomes of the check say by which words the agency means received, refused and
done. ``[later]`` of ``connection.toml`` adds how the portal is told (``by``: ``status``, ``notice`` or
``poll``) and which words an acceptance means (``accepted``) where the mapping leaves several.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.errors import Misconfigured
from adapters.mapping import conditions
from adapters.mapping.paths import plain
from adapters.mapping.plan import Plan
from adapters.mapping.rules import Rule, RuleBook, Rules
from adapters.simulator.json_answers import place

JSON = dict[str, Any]
ACCEPTED, REJECTED, PENDING = "accepted", "rejected", "pending"
REASON = "refused, as the simulator was told"
_KNOWN = {"by", "accepted"}


@dataclass(frozen=True, slots=True)
class Ending:
    """What an agency says of a job: ``words`` in the portal's language, ``reply`` in its own.

    ``reply`` is put over a sample of the answer; ``avoid`` are values, by path, that would say otherwise;
    members at ``absent`` are left out; ``reason`` is the path at which it says why.
    """

    words: dict[str, str]
    reply: JSON
    avoid: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)
    absent: tuple[tuple[str, ...], ...] = ()
    reason: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """One operation whose answer comes later. Fields of messages are known by their own (local) names."""

    name: str
    call: str
    key: str  # the field or header block that carries the sender's own key, "" where the protocol has one
    reference: str  # the field of the first answer that carries the agency's number; "": the sender's key
    callback: str  # the field that says where the portal wants to be told, "" where none does
    by_letter: bool  # the answer is posted to ReplyTo
    endings: Mapping[str, Ending]
    ask: str = ""  # the operation that asks after it, "" where none does
    asked: str = ""  # the field of that request with the number
    place: re.Pattern[str] | None = None  # the address that is asked, where there is no operation
    element: str = ""  # what answers there

    def asks(self, operation: str, path: str, known: Mapping[str, Any]) -> str:
        """The number that a request asks after, "" where it asks something else."""
        if self.place is not None:
            found = self.place.fullmatch(path)
            return found[1] if found is not None else ""
        return str(known.get(self.asked, "")) if self.ask and self.ask == operation else ""


def promises(
    key: str, book: RuleBook, plans: Mapping[str, Plan], table: Any
) -> tuple[str, dict[str, Promise]]:
    """How the portal is told, and what is promised, by the agency's operation; raises Misconfigured."""
    table = table if isinstance(table, dict) else {"": table}
    by, accepted = table.get("by", "poll"), table.get("accepted", {})
    if set(table) - _KNOWN or by not in {"status", "notice", "poll"} or not isinstance(accepted, dict):
        said = "by = status, notice or poll, and accepted = { … }"
        raise Misconfigured(key, f"[later] of connection.toml says {said}, nothing else")
    words = {str(name): str(word) for name, word in accepted.items()}
    found = {plan.call: _promise(book, plan, words) for plan in plans.values() if _is_promised(plan)}
    return by, found


def _is_promised(plan: Plan) -> bool:
    arms = plan.options.get("outcome", ())
    is_pending = any(arm.get("is") == PENDING for arm in arms)
    return plan.check is not None or is_pending or plan.options.get("answer") == "later"


def _promise(book: RuleBook, plan: Plan, accepted: dict[str, str]) -> Promise:
    by_letter, check = plan.options.get("answer") == "later", plan.check
    asking = check or plan
    place = str(asking.options.get("get", "")) if check else ""
    fields = {path: name for name, path in asking.options.get("path", {}).items()}
    return Promise(
        name=plan.name,
        call=plan.call,
        key=_field((*plan.request, *plan.header), "@idempotency_key"),
        reference="" if by_letter else _field(plan.reply, "reference"),
        callback=_field(plan.request, "callback"),
        by_letter=by_letter,
        endings=_endings(book, asking, accepted),
        ask=check.call if check else "",
        asked=fields.get("@reference") or _field(asking.request, "@reference"),
        place=re.compile(re.escape(place).replace(r"\{reference\}", "([^/]+)")) if place else None,
        element=str(asking.options.get("answer", "")) if place else "",
    )


def _field(rules: Rules, canonical: str) -> str:
    """The agency's own name of the field that a canonical path goes to."""
    return next((_steps(rule)[-1] for rule in rules if rule.canonical == canonical and rule.agency), "")


def _steps(rule: Rule) -> tuple[str, ...]:
    return tuple(one.lstrip("@") for one in plain(rule.agency, "/").split("/"))


def _endings(book: RuleBook, plan: Plan, accepted: dict[str, str]) -> dict[str, Ending]:
    arms = [arm for arm in plan.options.get("outcome", ()) if isinstance(arm, dict)]
    rules = {rule.canonical: rule for rule in plan.reply if rule.agency and rule.canonical}
    by_kind = {str(arm.get("is")): arm for arm in reversed(arms)}
    told = {kind: _words(by_kind.get(kind, {})) for kind in (PENDING, REJECTED)}
    refusing = by_kind.get(REJECTED, {})
    said = [rules[path] for name in ("code", "reason") if (path := refusing.get(name, name)) in rules]
    absent = tuple(_steps(rule) for rule in said)
    good, avoid = dict(accepted), {}
    for name, taken in _tested(told).items():
        if name in good or name not in rules:
            continue
        codes = book.codes.get(rules[name].codes)
        left = [word for word in codes.to_agency if word not in taken] if codes else []
        if left:
            good[name] = left[-1]
        else:
            avoid[_steps(rules[name])] = frozenset(_agency(book, rules[name], word) for word in taken)
    reason = rules.get(str(refusing.get("reason", "reason")))
    return {
        PENDING: Ending(told[PENDING], _reply(book, rules, told[PENDING]), absent=absent),
        ACCEPTED: Ending(good, _reply(book, rules, good), avoid, absent),
        REJECTED: Ending(
            told[REJECTED],
            _reply(book, rules, told[REJECTED]),
            reason=_steps(reason) if reason is not None else (),
        ),
    }


def _words(arm: Mapping[str, Any]) -> dict[str, str]:
    """The words by which an outcome's condition holds."""
    found = {}
    for path, operator, words in conditions.split(str(arm["when"])) if "when" in arm else ():
        if operator in {"=", "in"}:
            found[path] = words[0]
    return found


def _tested(told: Mapping[str, Mapping[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for words in told.values():
        for name, word in words.items():
            found.setdefault(name, set()).add(word)
    return found


def _agency(book: RuleBook, rule: Rule, word: str) -> str:
    codes = book.codes.get(rule.codes)
    return codes.to_agency.get(word, word) if codes else word


def _reply(book: RuleBook, rules: Mapping[str, Rule], words: Mapping[str, str]) -> JSON:
    reply: JSON = {}
    for name, word in words.items():
        if name in rules:
            place(reply, _steps(rules[name]), _agency(book, rules[name], word))
    return reply


def known_words(book: RuleBook, plans: Mapping[str, Plan]) -> dict[str, frozenset[str]]:
    """The agency's fields that carry codes, each with the codes that the mapping has a word for."""
    found: dict[str, frozenset[str]] = {}
    replies = [one.reply for plan in plans.values() for one in (plan, plan.check) if one is not None]
    for rule in (rule for rules in (*book.shapes.values(), *replies) for rule in rules):
        codes = book.codes.get(rule.codes)
        if codes is not None and codes.to_canonical and rule.agency:
            name = _steps(rule)[-1]
            found[name] = found.get(name, frozenset()) | frozenset(codes.to_canonical)
    return found


def answering(plans: Mapping[str, Plan]) -> dict[str, str]:
    """Which element answers which, where the mapping says so (XML over HTTP)."""
    named = {plan.call: str(plan.options.get("answer", "")) for plan in plans.values()}
    return {call: element for call, element in named.items() if element not in {"", "later"}}
