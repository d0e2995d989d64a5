"""Single values over the border: code lists, dates, types, transformations, groups, joins and splits.

Each direction of a rule becomes one function. Outward: canonical JSON scalar to the agency's text. Inward:
the agency's text to a canonical scalar. One that only passes text through is None, so that hot loops skip it.
"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters.mapping import dates, transforms
from adapters.mapping.paths import Getter, as_text, getter, setter
from adapters.mapping.rules import CodeList, MappingWrong, Rule, RuleBook
from adapters.mapping.unfit import Unfit

Convert = Callable[[Any], Any]


def outward(rule: Rule, book: RuleBook) -> Convert:
    """The function from a canonical scalar to the agency's text; it raises Unfit with an empty path."""
    change = transforms.forth(rule.transform)
    first = _outward(rule, book)
    return first if change is None else lambda value: change(first(value))


def _outward(rule: Rule, book: RuleBook) -> Convert:
    if rule.codes:
        return _to_code(book.codes[rule.codes])
    if rule.date:
        return dates.outward(rule.date, rule.partial, rule.zone)
    if rule.group:
        return lambda value: _scalar(value).replace(" ", "")
    return _scalar


def inward(rule: Rule, book: RuleBook) -> Convert | None:
    """The function from the agency's text to a canonical scalar, None where text passes as it is."""
    change = transforms.back(rule.transform)
    then = _inward(rule, book)
    if change is None or then is None:
        return change or then
    return lambda text: then(change(as_text(text)))


def _inward(rule: Rule, book: RuleBook) -> Convert | None:
    to_type = typed(rule)
    if rule.codes:
        decode = _from_code(book.codes[rule.codes])
        return decode if to_type is None else lambda text: to_type(decode(text) or "")
    if rule.date:
        return dates.inward(rule.date, rule.zone)
    if rule.group:
        return _grouped(rule.group)
    return to_type


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        raise Unfit("", "is not a single value")
    return as_text(value)


def _to_code(codes: CodeList) -> Convert:
    known, default = codes.to_agency, codes.default

    def convert(value: Any) -> str:
        word = as_text(value)
        code = known.get(word, default)
        if code is None:
            raise Unfit("", f"{word!r} is not in the code list {codes.name}")
        return code

    return convert


def _from_code(codes: CodeList) -> Convert:
    known, default = codes.to_canonical, codes.default_canonical

    def convert(code: Any) -> str | None:
        word = known.get(as_text(code), default)
        if word is None:
            raise Unfit("", f"{code!r} is not in the code list {codes.name}")
        return word or None  # a code that stands for nothing known leaves the field out

    return convert


def typed(rule: Rule) -> Convert | None:
    """The function from text to the JSON type of a rule, None for text; raises MappingWrong."""
    if rule.type == "text":
        return None
    if rule.type == "int":
        return _integer
    if rule.type == "number":
        return _number
    if rule.type == "bool":
        return _boolean
    if rule.type == "present":
        return lambda text: True
    raise MappingWrong(f"{rule}: there is no type {rule.type!r}; say text, int, number, bool or present")


def _integer(text: Any) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Unfit("", f"{text!r} is not a whole number") from error


def _number(text: Any) -> int | float:
    try:
        number = Decimal(as_text(text))
    except InvalidOperation as error:
        raise Unfit("", f"{text!r} is not a number") from error
    if not number.is_finite():
        raise Unfit("", f"{text!r} is not a number")
    return int(number) if number == number.to_integral_value() else float(number)


def _boolean(text: Any) -> bool:
    if text in {True, "true", "1"}:
        return True
    if text in {False, "false", "0"}:
        return False
    raise Unfit("", f"{text!r} is not true or false")


def _grouped(sizes: tuple[int, ...]) -> Convert:
    def convert(text: str) -> str:
        parts, at = [], 0
        for size in sizes:
            parts.append(text[at : at + size])
            at += size
        return " ".join(part for part in [*parts, text[at:]] if part)

    return convert


def source(rule: Rule) -> Getter:
    """The function that takes a rule's value from a canonical object; None where there is none to send.

    A join is its parts in one text, a part of a split is its own piece of the value.
    """
    if rule.join:
        join = joiner(rule)
        return lambda value: join(value) or None
    if rule.part is None:
        return getter(rule.canonical)
    get, pieces, index = getter(rule.canonical), _pieces(rule, rule.part.count), rule.part.index

    def get_part(value: Any) -> str | None:
        found = get(value)
        return None if found is None else pieces(_scalar(found))[index] or None

    return get_part


def joiner(rule: Rule) -> Callable[[Any], str]:
    """The function that joins several canonical fields to the agency's one; "" where all are absent."""
    getters = [getter(path) for path in rule.join]
    glue = rule.glue

    def join(value: Any) -> str:
        return glue.join(text for text in [as_text(get(value)) for get in getters] if text)

    return join


def splitter(rule: Rule) -> Callable[[dict[str, Any], str], None]:
    """The reverse of a join: each piece of the agency's text into its own canonical field."""
    setters = [setter(path) for path in rule.join]
    pieces = _pieces(rule, len(setters))

    def split(out: dict[str, Any], text: str) -> None:
        for put, piece in zip(setters, pieces(text), strict=True):
            if piece:
                put(out, piece)

    return split


def _pieces(rule: Rule, count: int) -> Callable[[str], list[str]]:
    """A text in ``count`` pieces, "" for one that is not there.

    By the rule's pattern, one group each; without one the last pieces are single words and the first takes
    the rest (``Long Street 12``). A text that the pattern does not fit is all of it the first piece.
    """
    if rule.pattern:
        match = re.compile(rule.pattern).fullmatch

        def by_pattern(text: str) -> list[str]:
            found = match(text)
            return [text] + [""] * (count - 1) if found is None else [group or "" for group in found.groups()]

        return by_pattern
    glue = rule.glue
    if not glue:
        raise MappingWrong(f"{rule}: with = '' cannot be taken apart; give a pattern")

    def by_glue(text: str) -> list[str]:
        parts = text.rsplit(glue, count - 1)
        return parts + [""] * (count - len(parts))

    return by_glue


def collector(rule: Rule) -> Callable[[dict[str, Any], str], None]:
    """Keeps one piece of a split as it is read, until :func:`finisher` puts them together."""
    part = rule.part
    if part is None:
        raise MappingWrong(f"{rule}: is no part of a split")
    key, count, index = f"\0{rule.canonical}", part.count, part.index

    def collect(out: dict[str, Any], text: str) -> None:
        out.setdefault(key, [""] * count)[index] = text

    return collect


def finisher(rule: Rule) -> Callable[[dict[str, Any]], None]:
    """What is done to a canonical object once all of the agency's is read: splits joined, defaults put."""
    put, get, glue, key = setter(rule.canonical), getter(rule.canonical), rule.glue, f"\0{rule.canonical}"
    default = rule.default_canonical

    def finish(out: dict[str, Any]) -> None:
        parts = out.pop(key, None)
        if parts:
            put(out, glue.join(part for part in parts if part))
        if default is not None and get(out) is None:
            put(out, default)

    return finish


def finishers(rules: tuple[Rule, ...]) -> list[Callable[[dict[str, Any]], None]]:
    """The finishers that a list of rules needs; one for each split and each default."""
    needed = [rule for rule in rules if rule.part or rule.default_canonical is not None]
    wanted = [rule for rule in needed if rule.part is None or rule.part.index == 0]
    return [finisher(rule) for rule in wanted]
