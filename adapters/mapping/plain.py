"""Canonical values to plain objects and back: JSON bodies, and the fields of a record."""

from collections.abc import Callable
from typing import Any

from adapters.mapping import values
from adapters.mapping.conditions import condition
from adapters.mapping.paths import (
    Getter,
    agency_steps,
    appender,
    getter,
    getter_of,
    lister,
    setter,
    setter_of,
    starter,
)
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
        self._reads = [_read(book, rule) for rule in rules if rule.constant is None or not rule.agency]
        self._finish = values.finishers(rules)

    def read(self, source: JSON) -> JSON:
        """The canonical value; raises Unfit with the agency's path."""
        out: JSON = {}
        for read in self._reads:
            read(out, source)
        for finish in self._finish:
            finish(out)
        return out


def agency_getter(path: str) -> Getter:
    """A getter of a path of the agency's."""
    return getter_of(agency_steps(path), path)


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
    put = setter_of(agency_steps(rule.agency))
    if rule.constant is not None:
        constant = rule.constant
        return lambda out, source: put(out, constant)
    if rule.use or rule.each:
        return _write_nested(book, rule, put)
    get, where = values.source(rule), rule.source
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
    """JSON knows numbers and booleans: a typed rule keeps them, unless a code or transform makes text."""
    convert = values.outward(rule, book)
    typed = None if rule.codes or rule.transform else values.typed(rule)
    return convert if typed is None else lambda value: typed(convert(value))


def _write_nested(book: RuleBook, rule: Rule, put: Any) -> Write:
    if rule.each == "value":
        return _write_values(book, rule, put)
    get = getter(rule.canonical) if rule.use else lister(rule.canonical)
    inner, path = PlainWriter(book, book.shapes[rule.use or rule.each]), rule.canonical

    def write(out: JSON, source: Any) -> None:
        found = get(source)
        if found is None:
            return
        try:
            put(out, inner.build(found) if rule.use else _each(inner.build, found, path))
        except Unfit as fault:
            raise fault if rule.each else fault.under(path) from None

    return write


def _write_values(book: RuleBook, rule: Rule, put: Any) -> Write:
    get, convert, path = lister(rule.canonical), _outward(book, rule), rule.canonical

    def write(out: JSON, source: Any) -> None:
        found = get(source)
        if found is not None:
            put(out, _each(convert, found, path))

    return write


def _each(convert: Callable[[Any], Any], found: Any, path: str) -> list[Any]:
    """Every item of a list converted; raises Unfit with the item's place."""
    if not isinstance(found, list):
        raise Unfit(path, "is not a list")
    made = []
    for index, one in enumerate(found):
        try:
            made.append(convert(one))
        except Unfit as fault:
            raise fault.under(f"{path}[{index}]") from None
    return made


def _read(book: RuleBook, rule: Rule) -> Read:
    read = _plain_read(book, rule)
    if not rule.when_agency:
        return read
    holds = condition(rule.when_agency, agency_getter)

    def conditional(out: JSON, source: JSON) -> None:
        if holds(source):
            read(out, source)

    return conditional


def _plain_read(book: RuleBook, rule: Rule) -> Read:
    if not rule.agency:
        put_constant = setter(rule.canonical)
        return lambda out, source: put_constant(out, rule.constant)
    get = agency_getter(rule.agency)
    if rule.each:
        return _read_list(book, rule, get)
    if rule.use:
        inner, put = PlainReader(book, book.shapes[rule.use]), setter(rule.canonical)

        def read_nested(out: JSON, source: JSON) -> None:
            found = get(source)
            if found is not None:
                put(out, inner.read(found))

        return read_nested
    return _read_single(book, rule, get)


def _read_list(book: RuleBook, rule: Rule, get: Getter) -> Read:
    start, append = starter(rule.canonical), appender(rule.canonical)
    convert: Any = (
        values.inward(rule, book) if rule.each == "value" else PlainReader(book, book.shapes[rule.each]).read
    )

    def read(out: JSON, source: JSON) -> None:
        found = get(source)
        if found is None:
            return
        start(out)
        for one in found:
            try:
                append(out, convert(one) if convert else one)
            except Unfit as fault:
                raise fault.under(rule.agency) from None

    return read


def _read_single(book: RuleBook, rule: Rule, get: Getter) -> Read:
    put: Any = setter(rule.canonical) if rule.canonical else values.splitter(rule)
    if rule.part:
        put = values.collector(rule)
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
