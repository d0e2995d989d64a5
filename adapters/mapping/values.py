"""Single values over the border: code lists, dates (also partial), types, groups, joins.

Each direction of a rule becomes one function. Outward: canonical JSON scalar to the agency's text. Inward:
the agency's text to a canonical scalar. One that only passes text through is None, so that hot loops skip it.
"""

import re
from collections.abc import Callable
from typing import Any

from adapters.mapping.paths import as_text, getter, setter
from adapters.mapping.rules import CodeList, MappingWrong, Rule, RuleBook
from adapters.mapping.unfit import Unfit

Convert = Callable[[Any], Any]
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")
_ZONE = re.compile(r"(Z|[+-]\d{2}:\d{2})\Z")  # xsd:date may carry a zone; a calendar day has none


def outward(rule: Rule, book: RuleBook) -> Convert:
    """The function from a canonical scalar to the agency's text; it raises Unfit with an empty path."""
    if rule.codes:
        return _to_code(book.codes[rule.codes])
    if rule.date:
        return _to_date(rule.date)
    if rule.group:
        return lambda value: _scalar(value).replace(" ", "")
    return _scalar


def inward(rule: Rule, book: RuleBook) -> Convert | None:
    """The function from the agency's text to a canonical scalar, None where text passes as it is."""
    to_type = typed(rule)
    if rule.codes:
        decode = _from_code(book.codes[rule.codes])
        return decode if to_type is None else lambda text: to_type(decode(text) or "")
    if rule.date:
        return _from_date(rule.date)
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

    def convert(code: str) -> str | None:
        word = known.get(code, default)
        if word is None:
            raise Unfit("", f"{code!r} is not in the code list {codes.name}")
        return word or None  # a code that stands for nothing known leaves the field out

    return convert


def _to_date(pattern: str) -> Convert:
    def convert(value: Any) -> str:
        found = _PARTIAL.match(as_text(value))
        if found is None:
            raise Unfit("", "is not a date (year, year-month or year-month-day)")
        if pattern == "iso":
            return found[0]
        year, month, day = found[1], found[2] or "00", found[3] or "00"
        return pattern.replace("YYYY", year).replace("MM", month).replace("DD", day)

    return convert


def _from_date(pattern: str) -> Convert:
    if pattern == "iso":
        return lambda text: _ZONE.sub("", text) if len(text) > 10 or text.endswith("Z") else text
    expression = re.escape(pattern).replace("YYYY", r"(?P<y>\d{4})").replace("MM", r"(?P<m>\d{2})")
    shape = re.compile(expression.replace("DD", r"(?P<d>\d{2})") + r"\Z")

    def convert(text: str) -> str:
        found = shape.match(text)
        if found is None:
            raise Unfit("", f"{text!r} is not a date written {pattern}")
        parts = [part for part in (found["y"], found["m"], found["d"]) if part != "00"]
        return "-".join(parts)

    return convert


def typed(rule: Rule) -> Convert | None:
    """The function from text to the JSON type of a rule, None for text; raises MappingWrong."""
    if rule.type == "text":
        return None
    if rule.type == "int":
        return _integer
    if rule.type == "bool":
        return _boolean
    raise MappingWrong(f"{rule}: there is no type {rule.type!r}; say text, int or bool")


def _integer(text: Any) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Unfit("", f"{text!r} is not a whole number") from error


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


def joiner(rule: Rule) -> Convert:
    """The function that joins several canonical fields to the agency's one; "" where all are absent."""
    getters = [getter(path) for path in rule.join]
    glue = rule.glue

    def join(value: Any) -> str:
        return glue.join(text for text in [as_text(get(value)) for get in getters] if text)

    return join


def splitter(rule: Rule) -> Callable[[dict[str, Any], str], None]:
    """The reverse: the last parts are single words, the first takes the rest (``Long Street 12``)."""
    setters = [setter(path) for path in rule.join]
    glue = rule.glue

    def split(out: dict[str, Any], text: str) -> None:
        parts = text.rsplit(glue, len(setters) - 1)
        for put, part in zip(setters, parts, strict=False):
            put(out, part)

    return split
