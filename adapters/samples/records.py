"""A record file that follows its layout: the shortest order of records, or one that shows every record."""

import random
from collections.abc import Iterator
from datetime import datetime

from adapters.contracts.layout import Field, FileLayout, Record
from adapters.contracts.violation import Violation
from adapters.samples.text import NoExample
from adapters.xsd.patterns import PatternError, example

MOMENT = datetime(2026, 1, 15, 9, 30)
TRIES = 60


def file(layout: FileLayout, *, full: bool = False, seed: int = 0) -> bytes:
    """The bytes of a file, read back before they are returned; raises NoExample."""
    chance = random.Random(seed)  # noqa: S311 - examples, not secrets
    rows = [
        (layout.records[code], record(layout, layout.records[code], chance, full=full))
        for code in _codes(layout, full=full)
    ]
    try:
        content = b"".join(layout.write(rows))
        layout.read(content)
    except Violation as error:
        raise NoExample(layout.name, f"{error.path}: {error.message}") from error
    return content


def _codes(layout: FileLayout, *, full: bool) -> list[str]:
    """Codes in a valid order: to the end as soon as may be, first passing each record where ``full``."""
    if not full:
        return _passing(layout, [])
    ways = [_passing(layout, [first, *layout.records]) for first in layout.records]
    return max(ways, key=lambda codes: (len(set(codes)), -len(codes)))


def _passing(layout: FileLayout, wanted: list[str]) -> list[str]:
    """A valid order that first goes to the first of those wanted, then to whichever is near."""
    order, states, found = layout.order, layout.order.start, []
    for code in _path(layout, states, set(wanted[:1])) or [] if wanted else []:
        states = order.after(states, code)
        found.append(code)
    missing = set(wanted) - set(found)
    while missing or not order.is_end(states):
        path = _path(layout, states, missing)
        if path is None:
            if not missing:
                raise NoExample(layout.name, "the order of records has no end")
            missing = set()  # what is left cannot stand after what has been written
            continue
        for code in path:
            states = order.after(states, code)
            missing.discard(code)
            found.append(code)
    return found


def _path(layout: FileLayout, states: frozenset[int], missing: set[str]) -> list[str] | None:
    """The fewest records to one that is missing, or to the end."""
    waiting: list[tuple[frozenset[int], list[str]]] = [(states, [])]
    seen = {states}
    while waiting:
        now, path = waiting.pop(0)
        if path and path[-1] in missing or not missing and layout.order.is_end(now):
            return path
        for code in layout.order.expected(now):
            after = layout.order.after(now, code)
            if after not in seen or code in missing:
                seen.add(after)
                waiting.append((after, [*path, code]))
    return None


def record(layout: FileLayout, one: Record, chance: random.Random, *, full: bool) -> dict[str, str]:
    """Values for a record's fields, totals aside; raises NoExample."""
    return {
        field.name: value(field, layout.encoding, chance)
        for field in one.fields
        if not field.total and (full or field.required or field.type == "const")
    }


def value(field: Field, encoding: str, chance: random.Random) -> str:
    """A value that the field can be written with; raises NoExample."""
    reason = ""
    for one in _candidates(field, chance):
        try:
            field.write(one, encoding)
            return one
        except Violation as error:
            reason = error.message
    raise NoExample(field.name, reason)


def _candidates(field: Field, chance: random.Random) -> Iterator[str]:
    if field.type in {"const", "blank"}:
        yield field.value if field.type == "const" else ""
        return
    if field.codes:
        yield from sorted(field.codes)
    if field.pattern is not None:
        for _ in range(TRIES):
            try:
                yield example(field.pattern.pattern.removeprefix("^").removesuffix("$"), chance, 0)
            except PatternError:
                break
    if field.form:
        yield MOMENT.strftime(field.form)
    width = field.width or 20
    if field.number is not None or field.type == "number":
        yield str(chance.randint(1, 99))
        yield str(chance.randint(1, 9))
        yield "1" * width
    yield (field.title or field.name)[:width]
    yield "x" * width
