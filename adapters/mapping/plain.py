"""Canonical values to plain objects and back: JSON bodies, and the fields of a record."""

from collections.abc import Callable
from typing import Any

from adapters.mapping import values
from adapters.mapping.paths import condition, getter, setter
from adapters.mapping.rules import Rule, RuleBook, Rules
from adapters.mapping.unfit import Unfit
from adapters.ports import JSON

Write = Callable[[JSON, Any], None]
Read = Callable[[JSON, JSON], None]


class PlainWriter:
    """Builds the agency's object from a canonical value."""

    def __init__(self, book: RuleBook, rules: Rules) -> None:
        self._writes = [_write(book, rule) for rule in rules if rule.agency]

    def build(self, source: Any) -> JSON:
        """The agency's object; raises Unfit with the canonical path."""
        out: JSON = {}
        for write in self._writes:
            write(out, source)
        return out


class PlainReader:
    """Builds a canonical value from the agency's object."""

    def __init__(self, book: RuleBook, rules: Rules) -> None:
        self._reads = [_read(book, rule) for rule in rules]

    def read(self, source: JSON) -> JSON:
        """The canonical value; raises Unfit with the agency's path."""
        out: JSON = {}
        for read in self._reads:
            read(out, source)
        return out


def _write(book: RuleBook, rule: Rule) -> Write:
    write = _plain_write(book, rule)
    if not rule.when:
        return write
    holds = condition(rule.when)

    def conditional(out: JSON, source: Any) -> None:
        if holds(source):
            write(out, source)

    return conditional


def _plain_write(book: RuleBook, rule: Rule) -> Write:
    put = setter(rule.agency.replace("/", "."))
    if rule.constant is not None:
        constant = rule.constant
        return lambda out, source: put(out, constant)
    if rule.use or rule.each:
        return _write_nested(book, rule, put)
    get, where = (
        (values.joiner(rule), rule.join[0]) if rule.join else (getter(rule.canonical), rule.canonical)
    )
    convert, default = _outward(book, rule), rule.default

    def write(out: JSON, source: Any) -> None:
        found = get(source)
        if found is None or found == "":
            if default is not None:
                put(out, default)
            return
        try:
            put(out, convert(found))
        except Unfit as fault:
            raise Unfit(where, fault.message) from None

    return write


def _outward(book: RuleBook, rule: Rule) -> Callable[[Any], Any]:
    """JSON knows numbers and booleans: a typed rule keeps them."""
    convert = values.outward(rule, book)
    if rule.type == "text":
        return convert
    typed = values.typed(rule)
    return convert if typed is None else lambda value: typed(convert(value))


def _write_nested(book: RuleBook, rule: Rule, put: Any) -> Write:
    get = getter(rule.canonical)
    if rule.each == "value":
        convert = _outward(book, rule)
        return lambda out, source: put(out, [convert(one) for one in get(source) or []])
    inner = PlainWriter(book, book.shapes[rule.use or rule.each])

    def write(out: JSON, source: Any) -> None:
        found = get(source)
        if found is None:
            return
        try:
            put(out, inner.build(found) if rule.use else [inner.build(one) for one in found])
        except Unfit as fault:
            raise fault.under(rule.canonical) from None

    return write


def _read(book: RuleBook, rule: Rule) -> Read:
    put: Any = values.splitter(rule) if rule.join else setter(rule.canonical)
    if not rule.agency:
        return lambda out, source: put(out, rule.constant)
    get = getter(rule.agency.replace("/", "."))
    if rule.use or (rule.each and rule.each != "value"):
        inner = PlainReader(book, book.shapes[rule.use or rule.each])

        def read_nested(out: JSON, source: JSON) -> None:
            found = get(source)
            if found is not None:
                put(out, inner.read(found) if rule.use else [inner.read(one) for one in found])

        return read_nested
    convert = values.inward(rule, book)

    def read(out: JSON, source: JSON) -> None:
        found = get(source)
        if found is None:
            return
        try:
            found = convert(found) if convert else found
        except Unfit as fault:
            raise Unfit(rule.agency, fault.message) from None
        if found is not None:
            put(out, found)

    return read
