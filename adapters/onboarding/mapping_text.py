"""A ``mapping.toml`` written from proposals, ready to edit.

What is likely is a rule. What wants a look is a comment that becomes a rule when ``# Check`` is deleted; so
is what the standard does not have, unless the agency requires it: that is a rule with a name of our own.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.mapping.plan import CREDENTIALS
from adapters.onboarding import names
from adapters.onboarding.operations import Contract, Described
from adapters.onboarding.places import Place
from adapters.onboarding.suggest import CHECK, LIKELY, MISSING, Proposal, propose

MANY = 300  # places of a message of which nobody reads a comment each
ALWAYS = "(in every reply)"
UNLISTED = "# to do: the contract lists no codes"
_NOT_FOUND = {"nietsgevonden", "notfound", "nothingfound", "nohit", "nohits", "nichtgefunden", "ikkefunnet"}


@dataclass(frozen=True, slots=True)
class Codes:
    """A code list: the agency's codes, none where its contract lists none; live where a rule uses it."""

    codes: tuple[str, ...]
    is_live: bool


@dataclass(slots=True)
class Text:
    """The parts of the file as they come about."""

    shapes: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[str, Codes] = field(default_factory=dict)
    operations: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)  # the operations' tables
    live: set[str] = field(default_factory=set)  # shapes that a rule uses; the others are comments


def write(contract: Contract, operations: list[str]) -> str:
    """The file's text for these operations of a contract."""
    text = Text()
    fault = _fault(contract, operations)
    for name in operations:
        described = contract.find(name)
        if described is not None:
            _operation(text, contract.kind, described)
    parts = [
        "# Proposed by `onestop mapping suggest`; now yours. A rule is read in both directions. Delete",
        "# `# Check` or `# Missing` before a rule to use it. `onestop mapping check` says what is left open.",
        *fault,
    ]
    for name, codes in sorted(text.codes.items()):
        parts += ["", *_code_lines(name, codes)]
    if text.shapes:
        parts += ["", "[shapes]"]
        for name, lines in text.shapes.items():
            mark = "" if name in text.live else "# "
            parts += [f"{mark}{line}" for line in (f"{name} = [", *lines, "]")]
    return "\n".join([*parts, *text.operations, ""])


def _named(text: Text, call: str) -> str:
    """The name of an operation's table: two calls may be one word in small letters."""
    name, number = names.snake(call), 1
    while name in text.named:
        number += 1
        name = f"{names.snake(call)}_{number}"
    text.named.add(name)
    return name


def _operation(text: Text, kind: str, described: Described) -> None:
    request = _few(propose(described.request()))
    reply = _few(propose(described.reply(), is_reply=True))
    lines = ["", f"[operations.{_named(text, described.name)}]", f"call = {_quoted(described.name)}"]
    if kind == "xmlhttp":
        lines.append(f"answer = {_quoted(described.answer)}")
    if described.before:
        lines.append(f"before = {_quoted(described.before)}")
    if described.parameters:
        places = propose([Place(one, needed=True) for one in described.parameters])
        pairs = [
            f"{_key(one.place.path)} = {_quoted(one.canonical or names.camel(one.place.name))}"
            for one in places
        ]
        lines.append(f"path = {{ {', '.join(pairs)} }}")
    if described.headers:
        rules = [rule for name, places in described.headers for rule in _header(name, places())]
        lines += ["header = [", *rules, "]"]
    lines += _list("request", _rules(text, request, "", "", live=_wanted(request)))
    if kind == "records":
        text.operations += [*lines, *_acknowledged(text, described)]
        return
    lines += _list("reply", _rules(text, reply, "", "", live=_likely(reply)))
    text.operations += [*lines, *_outcome(reply)]


def _few(proposals: list[Proposal]) -> list[Proposal]:
    """Of a message with very many places those that somebody may want; suggest lists all."""
    if len(proposals) <= MANY:
        return proposals
    return [one for one in proposals if one.verdict != MISSING or one.place.needed and not one.place.lists]


def waiting(text: str) -> list[str]:
    """The lines of a proposed mapping that wait for the integrator."""
    marks = ("# Missing:", "# Check:", ALWAYS, UNLISTED)
    return [line.strip() for line in text.splitlines() if any(mark in line for mark in marks)]


def _header(name: str, places: list[Place]) -> Iterator[str]:
    """Rules for a header block: the call's own words, else what the connection knows and no case does."""
    for place in places or [Place("", needed=True)]:
        path = f"{name}/{place.path}" if place.path else name
        asked = place.name or name
        found = names.of_call().get(names.joined(names.tokens(asked)), ("", True))[0]
        found = found or ("" if place.path else "@idempotency_key")
        canonical = _quoted(found or f"{CREDENTIALS}.{names.snake(asked)}")
        rule = f"{{ agency = {_quoted(path)}, canonical = {canonical} }},"
        if found:
            yield f"  {rule}"
        elif place.required:
            yield f"  {rule}  # Check: a credential of the connection; or say constant instead of canonical"
        else:
            yield f"  # Check {rule}"


def _wanted(proposals: list[Proposal]) -> set[str]:
    """The places of a request that get a rule: likely ones, required ones, and what those bring with them."""
    live = {one.place.path for one in proposals if one.verdict == LIKELY or one.place.required}
    for one in proposals:
        within = one.place.within
        if one.place.needed and within and any(path.startswith(f"{within}/") for path in live):
            live.add(one.place.path)
    return live


def _likely(proposals: list[Proposal]) -> set[str]:
    return {one.place.path for one in proposals if one.verdict == LIKELY}


def _outcome(reply: list[Proposal]) -> list[str]:
    """An element that says that nothing was found is the agency's no."""
    found = next((one for one in reply if names.joined(names.tokens(one.place.name)) in _NOT_FOUND), None)
    if found is None:
        return []
    path, said = _quoted(names.camel(found.place.name)), 'code_constant = "not-found"'
    return [
        "outcome = [",
        f'  {{ when = {path}, is = "rejected", {said}, reason_constant = "Nothing was found" }},',
        '  { is = "accepted" },',
        "]",
    ]


def _list(name: str, rules: list[str]) -> list[str]:
    return [f"{name} = [", *rules, "]"] if rules else [f"{name} = []"]


def _rules(text: Text, proposals: list[Proposal], scope: str, kind: str, *, live: set[str]) -> list[str]:
    """The rules for places inside of ``scope``; each repeating part becomes a shape."""
    lines: list[str] = []
    done: set[str] = set()
    taken = _Taken({_inside(one.canonical, kind) for one in proposals if one.canonical})
    for one in proposals:
        around = next((path for path in one.place.lists if len(path) > len(scope)), "")
        if around and (around != one.place.path or _has_attributes(proposals, around)):
            if around not in done:
                done.add(around)
                inside = [other for other in proposals if around in other.place.lists]
                lines.append(_each(text, inside, around, scope, kind, live, taken))
            continue
        lines.append(_rule(text, one, scope, kind, one.place.path in live, taken))
    return lines


def _has_attributes(proposals: list[Proposal], path: str) -> bool:
    return any(one.place.path.startswith(f"{path}/@") for one in proposals)


class _Taken:
    """The canonical paths of one object, each given once: two rules for one path would undo each other."""

    def __init__(self, proposed: set[str]) -> None:
        self.roots = {path.partition(".")[0] for path in proposed if "." in path}
        self.given: set[str] = set()

    def give(self, wanted: str, path: str) -> str:
        """``wanted`` where it is free, else a name made of the place's path, from its end."""
        if wanted and ("." in wanted or wanted not in self.roots) and wanted not in self.given:
            self.given.add(wanted)
            return wanted
        parts = [part.partition("[")[0].lstrip("@") for part in path.split("/")]
        for size in (*range(1, len(parts) + 1), *range(2, 100)):
            number = "" if size <= len(parts) else str(size)
            name = names.camel(" ".join(parts[-size:])) + number
            if name not in self.given and name not in self.roots:
                self.given.add(name)
                return name
        raise ValueError(f"{path}: no name is free")  # a message has no hundred places of one path


def _each(
    text: Text, inside: list[Proposal], around: str, scope: str, kind: str, live: set[str], taken: _Taken
) -> str:
    name = around.rpartition("/")[2].partition("[")[0]
    own = names.type_of(name)
    shape = _free(text, names.snake(name))
    text.shapes[shape] = []  # its place is taken before what stands inside of it
    text.shapes[shape] = _rules(text, inside, around, own or kind, live=live)
    root = taken.give(own[:1].lower() + own[1:] if own and not kind else "", around)
    place, called = _quoted(_below(around, scope)), _quoted(root)
    rule = f"{{ agency = {place}, canonical = {called}, each = {_quoted(shape)} }},"
    is_live = any(one.place.path in live for one in inside)
    text.live |= {shape} if is_live else set()
    return f"  {rule}" if is_live else f"  # Missing {rule}"


def _free(text: Text, name: str) -> str:
    number = 1
    while name in text.shapes or (number > 1 and f"{name}_{number}" in text.shapes):
        number += 1
        if f"{name}_{number}" not in text.shapes:
            return f"{name}_{number}"
    return name


def _rule(text: Text, one: Proposal, scope: str, kind: str, live: bool, taken: _Taken) -> str:
    place = one.place
    is_empty_sign = names.joined(names.tokens(place.name)) in _NOT_FOUND
    parts = [f"agency = {_quoted(_below(place.path, scope))}"]
    if place.lists and place.lists[-1] == place.path != scope:
        holder = place.path.rpartition("/")[0] or place.path
        parts += [f"canonical = {_quoted(taken.give('', holder))}", 'each = "value"']
    else:
        parts.append(f"canonical = {_quoted(taken.give(_inside(one.canonical, kind), place.path))}")
    if live and place.required and len(place.codes) == 1:
        return f"  {{ {parts[0]}, constant = {_quoted(place.codes[0])} }},"
    if one.codes:
        parts.append(f"codes = {_quoted(_code_list(text, one, live))}")
    if one.date:
        parts.append(f"date = {_quoted(one.date)}")
    if is_empty_sign:
        return f'  {{ {", ".join(parts)}, type = "present" }},'
    if not one.codes and not one.date and place.type in {"int", "number", "bool"} and one.verdict == MISSING:
        parts.append(f"type = {_quoted(place.type)}")
    rule = f"{{ {', '.join(parts)} }},"
    note = "" if one.verdict == LIKELY else f"  # {one.verdict}: {one.reason}"
    always = f" {ALWAYS}" if one.place.required and not live else ""
    return f"  {rule}{note}" if live else f"  # {one.verdict} {rule}  # {one.reason}{always}"


def _inside(canonical: str, kind: str) -> str:
    """A canonical path as seen from the object that a shape fills."""
    roots = {"Person": ("person.",), "Address": ("person.domicile.", "address."), "Vehicle": ("vehicle.",)}
    for root in roots.get(kind, ()):
        if canonical.startswith(root):
            return canonical.removeprefix(root)
    return canonical


def _code_list(text: Text, one: Proposal, live: bool) -> str:
    """Note a code list; one that only comments use is a comment itself, and other codes are another list."""
    name, number = one.codes, 1
    while name in text.codes and text.codes[name].codes != one.place.codes:
        number += 1
        name = f"{one.codes}_{number}"
    known = text.codes.get(name)
    text.codes[name] = Codes(one.place.codes, live or (known is not None and known.is_live))
    return name


def _code_lines(name: str, codes: Codes) -> list[str]:
    mark = "" if codes.is_live else "# "
    unlisted = UNLISTED if codes.is_live else "# the contract lists no codes"
    listed = [f"{mark}{_key(code)} = {_quoted(code)}" for code in codes.codes]
    return [
        f"{mark}[codes.{name}]  # left: our word, right: the agency's code",
        *(listed or [f'{mark}{unlisted} for {name}; write them so: word = "code"']),
        f'{mark}default = "refuse"',
    ]


def _fault(contract: Contract, operations: list[str]) -> list[str]:
    """The ``[fault]`` table: which fields of the agency's own error carry code and reason."""
    if contract.kind == "rest":  # a problem document (RFC 9457) says it where everybody looks
        return []
    found: dict[str, str] = {}
    for described in filter(None, map(contract.find, operations)):
        if described.fault:
            found["element"] = described.fault
        for place in described.faults():
            path = names.of_answer().get(names.joined(names.tokens(place.name)), ("", True))[0]
            if path in {"code", "reason"} and "/" not in place.path:
                found.setdefault(path, place.name)
    if not found:
        return []
    return ["", "[fault]", *(f"{key} = {_quoted(value)}" for key, value in sorted(found.items()))]


def _acknowledged(text: Text, described: Described) -> list[str]:
    """One reading of each acknowledging record; one that gives a reason is a rejection."""
    lines: list[str] = []
    for code, places in described.answers:
        proposals = propose(places, is_reply=True)
        lines += ["", f"[operations.{names.snake(described.name)}.acknowledged.{_key(code)}]"]
        lines += _list("reply", _rules(text, proposals, "", "", live=_likely(proposals)))
        if any(one.canonical in {"code", "reason"} for one in proposals):
            lines.append('outcome = [{ is = "rejected" }]')
    return lines


def _below(path: str, scope: str) -> str:
    if path == scope:
        return "."  # the text of the element itself
    return path.removeprefix(f"{scope}/") if scope else path


def _key(text: str) -> str:
    return (
        text
        if text and all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in text)
        else _quoted(text)
    )


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's too."""
    return json.dumps(text, ensure_ascii=False)


__all__ = ["CHECK", "LIKELY", "MISSING", "write"]
