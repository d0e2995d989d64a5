"""A ``mapping.toml`` written from proposals, ready to edit.

What is likely is a rule. What wants a look is a comment that becomes a rule when ``# Check`` is deleted; so
is what the standard does not have, unless the agency requires it: that is a rule with a name of our own.
"""

from collections.abc import Iterator

from adapters.mapping.plan import CREDENTIALS
from adapters.onboarding import names
from adapters.onboarding.mapping_rules import (
    ALWAYS,
    NOT_FOUND,
    Codes,
    Text,
    likely,
    quoted,
    rule_lines,
    table_list,
    toml_key,
    wanted,
)
from adapters.onboarding.operations import Contract, Described
from adapters.onboarding.places import Place
from adapters.onboarding.suggest import MISSING, Proposal, propose

MANY = 300  # places of a message of which nobody reads a comment each
UNLISTED = "# to do: the contract lists no codes"


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
    lines = ["", f"[operations.{_named(text, described.name)}]", f"call = {quoted(described.name)}"]
    if kind == "xmlhttp":
        lines.append(f"answer = {quoted(described.answer)}")
    if described.before:
        lines.append(f"before = {quoted(described.before)}")
    if described.parameters:
        places = propose([Place(one, needed=True) for one in described.parameters])
        pairs = [
            f"{toml_key(one.place.path)} = {quoted(one.canonical or names.camel(one.place.name))}"
            for one in places
        ]
        lines.append(f"path = {{ {', '.join(pairs)} }}")
    if described.headers:
        rules = [rule for name, places in described.headers for rule in _header(name, places())]
        lines += ["header = [", *rules, "]"]
    lines += table_list("request", rule_lines(text, request, "", "", live=wanted(request)))
    if kind == "records":
        text.operations += [*lines, *_acknowledged(text, described)]
        return
    lines += table_list("reply", rule_lines(text, reply, "", "", live=likely(reply)))
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
        canonical = quoted(found or f"{CREDENTIALS}.{names.snake(asked)}")
        rule = f"{{ agency = {quoted(path)}, canonical = {canonical} }},"
        if found:
            yield f"  {rule}"
        elif place.required:
            yield f"  {rule}  # Check: a credential of the connection; or say constant instead of canonical"
        else:
            yield f"  # Check {rule}"


def _outcome(reply: list[Proposal]) -> list[str]:
    """An element that says that nothing was found is the agency's no."""
    found = next((one for one in reply if names.joined(names.tokens(one.place.name)) in NOT_FOUND), None)
    if found is None:
        return []
    path, said = quoted(names.camel(found.place.name)), 'code_constant = "not-found"'
    return [
        "outcome = [",
        f'  {{ when = {path}, is = "rejected", {said}, reason_constant = "Nothing was found" }},',
        '  { is = "accepted" },',
        "]",
    ]


def _code_lines(name: str, codes: Codes) -> list[str]:
    mark = "" if codes.is_live else "# "
    unlisted = UNLISTED if codes.is_live else "# the contract lists no codes"
    listed = [f"{mark}{toml_key(code)} = {quoted(code)}" for code in codes.codes]
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
    return ["", "[fault]", *(f"{key} = {quoted(value)}" for key, value in sorted(found.items()))]


def _acknowledged(text: Text, described: Described) -> list[str]:
    """One reading of each acknowledging record; one that gives a reason is a rejection."""
    lines: list[str] = []
    for code, places in described.answers:
        proposals = propose(places, is_reply=True)
        lines += ["", f"[operations.{names.snake(described.name)}.acknowledged.{toml_key(code)}]"]
        lines += table_list("reply", rule_lines(text, proposals, "", "", live=likely(proposals)))
        if any(one.canonical in {"code", "reason"} for one in proposals):
            lines.append('outcome = [{ is = "rejected" }]')
    return lines
