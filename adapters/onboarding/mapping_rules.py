"""The rules of a proposed mapping: a line for each place, a shape for each part that repeats."""

import json
from dataclasses import dataclass, field

from adapters.onboarding import names
from adapters.onboarding.suggest import LIKELY, MISSING, Proposal

ALWAYS = "(in every reply)"
NOT_FOUND = {"nietsgevonden", "notfound", "nothingfound", "nohit", "nohits", "nichtgefunden", "ikkefunnet"}


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


def wanted(proposals: list[Proposal]) -> set[str]:
    """The places of a request that get a rule: likely ones, required ones, and what those bring with them."""
    live = {one.place.path for one in proposals if one.verdict == LIKELY or one.place.required}
    for one in proposals:
        within = one.place.within
        if one.place.needed and within and any(path.startswith(f"{within}/") for path in live):
            live.add(one.place.path)
    return live


def likely(proposals: list[Proposal]) -> set[str]:
    """The places of a reply that get a rule."""
    return {one.place.path for one in proposals if one.verdict == LIKELY}


def table_list(name: str, rules: list[str]) -> list[str]:
    """A list of an operation's table, a line for each rule."""
    return [f"{name} = [", *rules, "]"] if rules else [f"{name} = []"]


def rule_lines(text: Text, proposals: list[Proposal], scope: str, kind: str, *, live: set[str]) -> list[str]:
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
        parts = ["content" if part == "." else part for part in parts]
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
    name = "items" if around == "." else around.rpartition("/")[2].partition("[")[0]
    own = names.type_of(name)
    shape = _free(text, names.snake(name))
    text.shapes[shape] = []  # its place is taken before what stands inside of it
    text.shapes[shape] = rule_lines(text, inside, around, own or kind, live=live)
    root = taken.give(own[:1].lower() + own[1:] if own and not kind else "", around)
    place, called = quoted(_below(around, scope)), quoted(root)
    rule = f"{{ agency = {place}, canonical = {called}, each = {quoted(shape)} }},"
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
    is_empty_sign = names.joined(names.tokens(place.name)) in NOT_FOUND
    parts = [f"agency = {quoted(_below(place.path, scope))}"]
    if place.lists and place.lists[-1] == place.path != scope:
        holder = place.path.rpartition("/")[0] or place.path
        parts += [f"canonical = {quoted(taken.give('', holder))}", 'each = "value"']
    else:
        parts.append(f"canonical = {quoted(taken.give(_inside(one.canonical, kind), place.path))}")
    if live and place.required and len(place.codes) == 1:
        return f"  {{ {parts[0]}, constant = {quoted(place.codes[0])} }},"
    if one.codes:
        parts.append(f"codes = {quoted(_code_list(text, one, live))}")
    if one.date:
        parts.append(f"date = {quoted(one.date)}")
    if is_empty_sign:
        return f'  {{ {", ".join(parts)}, type = "present" }},'
    if not one.codes and not one.date and place.type in {"int", "number", "bool"} and one.verdict == MISSING:
        parts.append(f"type = {quoted(place.type)}")
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


def _below(path: str, scope: str) -> str:
    if path == scope:
        return "."  # the text of the element itself
    return path.removeprefix(f"{scope}/") if scope else path


def toml_key(text: str) -> str:
    """A TOML key, bare where it may be."""
    return (
        text
        if text and all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in text)
        else quoted(text)
    )


def quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's too."""
    return json.dumps(text, ensure_ascii=False)
