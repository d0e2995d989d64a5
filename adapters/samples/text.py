"""A text for a simple type that keeps every facet: enumerations, patterns, lengths, bounds, digits."""

import random
from collections.abc import Iterator
from decimal import Decimal

from adapters.xsd.builtin import FLOATS, INTEGERS
from adapters.xsd.components import Facets, SimpleType
from adapters.xsd.fitting import NUMERIC, fits
from adapters.xsd.patterns import PatternError, example

TRIES = 200
_FORMS: dict[str, tuple[str, ...]] = {
    "boolean": ("true", "false"),
    "float": ("1.5",),
    "double": ("1.5",),
    "duration": ("P1D", "PT1H"),
    "dateTime": ("2026-01-15T09:30:00Z", "2026-01-15T09:30:00"),
    "time": ("09:30:00", "09:30:00Z"),
    "date": ("2026-01-15", "1985-03-12", "2026-01-15Z"),
    "gYearMonth": ("2026-01",),
    "gYear": ("2026",),
    "gMonthDay": ("--01-15",),
    "gDay": ("---15",),
    "gMonth": ("--01",),
    "anyURI": ("https://agency.example/resource",),
    "QName": ("example",),
    "NOTATION": ("example",),
    "language": ("en",),
}
_BYTES = b"An example, as bytes. "


class NoExample(Exception):
    """No example was found that keeps all that the contract says. Final for that contract and seed."""

    def __init__(self, name: str, reason: str = "") -> None:
        super().__init__(
            f"no example of {name or 'a type without a name'} was found{reason and f': {reason}'}"
        )
        self.reason = reason or str(self)


def text(type_: SimpleType, name: str, seed: random.Random) -> str:
    """A valid text; ``name`` is what strings without a pattern say. Raises NoExample."""
    for one in _candidates(type_, name, seed):
        if fits(type_, one):
            return one
    raise NoExample(type_.name)


def _candidates(type_: SimpleType, name: str, seed: random.Random) -> Iterator[str]:
    facets = type_.facets
    if facets.enumeration:
        yield from seed.sample(facets.enumeration, len(facets.enumeration))
    if type_.members:
        for member in type_.members:
            yield from _candidates(member, name, seed)
    elif type_.item is not None:
        size = facets.length or max(facets.min_length or 1, 1)
        yield " ".join(text(type_.item, name, seed) for _ in range(size))
    else:
        if type_.builtin in FLOATS:
            yield from (repr(float(one)) for one in _numbers(type_, seed) if "INF" not in one)
        elif type_.builtin in NUMERIC:
            yield from _numbers(type_, seed)
        yield from _FORMS.get(type_.builtin, ())
        if "dat" in name.lower():
            yield "20260115"  # what a date without its own type looks like as a rule
        yield next(word for word in _words(type_, name))
    yield from _by_pattern(facets, seed)
    yield from _words(type_, name)


def _by_pattern(facets: Facets, seed: random.Random) -> Iterator[str]:
    low = facets.length or facets.min_length or 0
    high = facets.length or facets.max_length or low + 12
    likely = min(max(low, 6), high)  # long enough to be read; shorter and longer ones follow
    for number in range(TRIES if facets.patterns else 0):
        wanted = low + (likely - low + number) % (high - low + 1)
        for step in reversed(facets.patterns):
            try:
                yield example(seed.choice(step), seed, wanted)
            except PatternError:
                continue


def _words(type_: SimpleType, name: str) -> Iterator[str]:
    facets = type_.facets
    low = facets.length if facets.length is not None else facets.min_length or 0
    high = facets.length if facets.length is not None else facets.max_length
    if type_.builtin in {"hexBinary", "base64Binary"}:
        from base64 import b64encode

        raw = (_BYTES * (low // len(_BYTES) + 1))[: max(low, min(12, 12 if high is None else high))]
        yield raw.hex().upper() if type_.builtin == "hexBinary" else b64encode(raw).decode()
        return
    word = name or "text"
    while len(word) < low:
        word += f"-{word}"
    yield word if high is None else word[:high]
    yield "x" * max(low, 1)
    yield "1" * max(low, 1)
    yield ""


def _numbers(type_: SimpleType, seed: random.Random) -> Iterator[str]:
    facets = type_.facets
    step = Decimal(1) if type_.builtin in INTEGERS else Decimal(1).scaleb(-(facets.fraction_digits or 0))
    low, high = facets.min_inclusive, facets.max_inclusive
    whole = type_.builtin in INTEGERS or facets.fraction_digits == 0
    if facets.total_digits and type_.builtin not in FLOATS:
        yield "".join(seed.choice("123456789") for _ in range(min(facets.total_digits, 4)))
    yield str(seed.randint(1, 99))
    if not whole:
        yield f"{seed.randint(1, 99)}.{seed.randint(10, 99)}"
    yield from (one for one in ("1", "0", "-1", low, high) if one is not None)
    if facets.min_exclusive is not None:
        yield format(Decimal(facets.min_exclusive) + step, "f")
    if facets.max_exclusive is not None:
        yield format(Decimal(facets.max_exclusive) - step, "f")
    if low is not None and high is not None and "INF" not in low + high:
        yield format((Decimal(low) + Decimal(high)) / 2, "f").partition(".")[0]
