"""What a mapping leaves open: required fields of the agency that no rule fills."""

from collections.abc import Iterable, Iterator

from adapters.mapping.paths import plain
from adapters.mapping.rules import RuleBook, Rules


def filled(book: RuleBook, rules: Rules, prefix: str = "") -> Iterator[str]:
    """Every place of the agency's message that some rule fills."""
    for rule in rules:
        if not rule.agency:
            continue
        place = plain(rule.agency, "/")
        shape = book.shapes.get(rule.use or rule.each)
        if shape is None:
            yield f"{prefix}{place}"
        else:
            yield from filled(book, shape, f"{prefix}{place}/")


def unmapped(book: RuleBook, rules: Rules, required: Iterable[str]) -> list[str]:
    """The required places, as :func:`adapters.contracts.outline.required_paths` lists them, left empty."""
    known = set(filled(book, rules))
    return [path for path in required if path not in known]
